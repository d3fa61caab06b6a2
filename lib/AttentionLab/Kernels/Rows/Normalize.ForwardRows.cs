using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>The fast forward, row by row.</content>
public static partial class Normalize
{
    /// <summary>Two rows at a time: while the mean or the root of one is waited for, the machine works at the other.</summary>
    private readonly unsafe struct ForwardRows(
        float* x, float* gamma, float* beta, float* y, float* mean, float* inverse, int columns, float epsilon, int ahead) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            for (int row = first; row < end; row += 2)
            {
                int next = Math.Min(row + 1, end - 1);
                double exact = V.SumInDouble(From(row), columns) / columns, nextExact = V.SumInDouble(From(next), columns) / columns;
                RowFactors factors = Factors<V>(row, exact), nextFactors = Factors<V>(next, nextExact);
                if (factors.IsSafe && nextFactors.IsSafe)
                {
                    Write<V>(row, factors, next, nextFactors);
                }
                else
                {
                    WriteAlone<V>(row, factors);
                    if (next > row)
                    {
                        WriteAlone<V>(next, nextFactors);
                    }
                }
            }
        }

        private float* From(int row) => x + (nint)row * columns;

        private float* To(int row) => y + (nint)row * columns;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private RowFactors Factors<V>(int row, double exact)
            where V : struct, ILanes<V>
        {
            float mu = (float)exact, rest = (float)(exact - mu);
            float square = Reduce.Over<V, Squares>(new(From(row), mu, 2 * ahead), columns) / columns - rest * rest + epsilon;
            float r = 1 / MathF.Sqrt(square);
            return new(mu, r, -rest * r, Normalize.IsSafe(square));
        }

        private void WriteAlone<V>(int row, RowFactors factors)
            where V : struct, ILanes<V>
        {
            if (factors.IsSafe)
            {
                Write<V>(row, factors, row, factors);
                return;
            }

            int n = columns;
            Span<float> ownMean = mean == null ? default : new(mean + row, 1), ownInverse = inverse == null ? default : new(inverse + row, 1);
            Reference<float>(new(From(row), n), new(gamma, n), new(beta, n), new(To(row), n), ownMean, ownInverse, n, epsilon);
        }

        /// <summary>Two rows, or one twice: each number is read for both before it is written.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Write<V>(int row, RowFactors factors, int next, RowFactors nextFactors)
            where V : struct, ILanes<V>
        {
            int n = columns, i = 0;
            float* a = From(row), b = From(next), toA = To(row), toB = To(next), gain = gamma, shift = beta;
            V meanA = V.All(factors.Mean), meanB = V.All(nextFactors.Mean), factorA = V.All(factors.Inverse), factorB = V.All(nextFactors.Inverse);
            V offsetA = V.All(factors.Offset), offsetB = V.All(nextFactors.Offset);
            for (; i <= n - V.Count; i += V.Count)
            {
                Prefetch.Lines<V>(2 * ahead, i, toA, toB);
                V gains = V.Load(gain + i), shifts = V.Load(shift + i);
                V resultA = V.MultiplyAdd(V.MultiplyAdd(V.Load(a + i) - meanA, factorA, offsetA), gains, shifts);
                V resultB = V.MultiplyAdd(V.MultiplyAdd(V.Load(b + i) - meanB, factorB, offsetB), gains, shifts);
                V.Store(resultA, toA + i);
                V.Store(resultB, toB + i);
            }

            for (; i < n; i++)
            {
                float resultA = ((a[i] - factors.Mean) * factors.Inverse + factors.Offset) * gain[i] + shift[i];
                float resultB = ((b[i] - nextFactors.Mean) * nextFactors.Inverse + nextFactors.Offset) * gain[i] + shift[i];
                (toA[i], toB[i]) = (resultA, resultB);
            }

            Keep(row, factors);
            Keep(next, nextFactors);
        }

        private void Keep(int row, RowFactors factors)
        {
            if (mean != null)
            {
                mean[row] = factors.Mean;
            }

            if (inverse != null)
            {
                inverse[row] = factors.Inverse;
            }
        }
    }

    /// <summary>A row becomes (x − <see cref="Mean"/>)·<see cref="Inverse"/> + <see cref="Offset"/>, which is what the mean lost as a float.</summary>
    /// <param name="Mean">μ.</param>
    /// <param name="Inverse">1/√(σ² + ε).</param>
    /// <param name="Offset">−(what μ lost)·<see cref="Inverse"/>.</param>
    /// <param name="IsSafe">Whether the squares stayed within the range of a float.</param>
    private readonly record struct RowFactors(float Mean, float Inverse, float Offset, bool IsSafe);

    /// <summary>Σ (x − μ)², a second pass over a row that lies in the first cache: Σ x² − n·μ² would cancel where |μ| is far above σ.</summary>
    private readonly unsafe struct Squares(float* x, float mean, int ahead) : ISummand
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V>(int i, V sum)
            where V : struct, ILanes<V>
        {
            if (ahead != 0 && V.Count >= Lanes8.Count)
            {
                Prefetch.Line(x + ahead + i);
            }

            V deviation = V.Load(x + i) - V.All(mean);
            return V.MultiplyAdd(deviation, deviation, sum);
        }
    }
}
