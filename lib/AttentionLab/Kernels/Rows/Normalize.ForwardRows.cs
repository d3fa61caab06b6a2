using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>The fast forward, row by row.</content>
public static partial class Normalize
{
    private readonly unsafe struct ForwardRows(
        float* x, float* gamma, float* beta, float* y, float* mean, float* inverse, int columns, float epsilon, int ahead) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            int n = columns;
            float* gain = gamma, shift = beta;
            for (int row = first; row < end; row++)
            {
                float* from = x + (nint)row * n, to = y + (nint)row * n;
                double exact = V.SumInDouble(from, n) / n;
                float mu = (float)exact, rest = (float)(exact - mu), square = Reduce.Over<V, Squares>(new(from, mu), n) / n - rest * rest + epsilon;
                if (!IsSafe(square))
                {
                    Span<float> ownMean = mean == null ? default : new(mean + row, 1), ownInverse = inverse == null ? default : new(inverse + row, 1);
                    Reference<float>(new(from, n), new(gain, n), new(shift, n), new(to, n), ownMean, ownInverse, n, epsilon);
                    continue;
                }

                float r = 1 / MathF.Sqrt(square), offset = -rest * r;
                V means = V.All(mu), factor = V.All(r), offsets = V.All(offset);
                int i = 0;
                for (; i <= n - V.Count; i += V.Count)
                {
                    Prefetch.Lines<V>(ahead, i, from, to);
                    V.Store(V.MultiplyAdd(V.MultiplyAdd(V.Load(from + i) - means, factor, offsets), V.Load(gain + i), V.Load(shift + i)), to + i);
                }

                for (; i < n; i++)
                {
                    to[i] = ((from[i] - mu) * r + offset) * gain[i] + shift[i];
                }

                if (mean != null)
                {
                    mean[row] = mu;
                }

                if (inverse != null)
                {
                    inverse[row] = r;
                }
            }
        }
    }

    /// <summary>Σ (x − μ)², a second pass over a row that lies in the first cache: Σ x² − n·μ² would cancel where |μ| is far above σ.</summary>
    private readonly unsafe struct Squares(float* x, float mean) : ISummand
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V>(int i, V sum)
            where V : struct, ILanes<V>
        {
            V deviation = V.Load(x + i) - V.All(mean);
            return V.MultiplyAdd(deviation, deviation, sum);
        }
    }
}
