using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>The fast backward: ∂L/∂γ and ∂L/∂β are sums over rows, ∂L/∂x needs two means of its row.</content>
public static partial class Normalize
{
    /// <summary>
    /// Two rows at a time, so that ∂L/∂γ and ∂L/∂β are read and written half as often. Each part of the rows has its own sums,
    /// unless there is one part only.
    /// </summary>
    private readonly unsafe struct BackwardRows(
        float* x, float* gamma, float* mean, float* inverse, float* dy, float* dx, float* dGamma, float* dBeta, float* sums, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            int n = columns;
            float* gains = dGamma, shifts = dBeta;
            if (sums != null)
            {
                gains = sums + (nint)part * 2 * n;
                shifts = gains + n;
                new Span<float>(gains, 2 * n).Clear();
            }

            int row = first;
            for (; row <= end - 2; row += 2)
            {
                Pair<V>(row, gains, shifts);
            }

            if (row < end)
            {
                Single<V>(row, gains, shifts);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Pair<V>(int row, float* gains, float* shifts)
            where V : struct, ILanes<V>
        {
            int n = columns, i = 0;
            float* x0 = x + (nint)row * n, x1 = x0 + n, dy0 = dy + (nint)row * n, dy1 = dy0 + n, gain = gamma;
            float mu0 = mean[row], mu1 = mean[row + 1], r0 = inverse[row], r1 = inverse[row + 1], offset0 = Offset<V>(row), offset1 = Offset<V>(row + 1);
            V means0 = V.All(mu0), means1 = V.All(mu1), factor0 = V.All(r0), factor1 = V.All(r1), offsets0 = V.All(offset0), offsets1 = V.All(offset1);
            V g0 = V.All(0), g1 = g0, gx0 = g0, gx1 = g0;
            for (; i <= n - V.Count; i += V.Count)
            {
                V up0 = V.Load(dy0 + i), up1 = V.Load(dy1 + i), weight = V.Load(gain + i);
                V hat0 = V.MultiplyAdd(V.Load(x0 + i) - means0, factor0, offsets0), hat1 = V.MultiplyAdd(V.Load(x1 + i) - means1, factor1, offsets1);
                V product0 = up0 * weight, product1 = up1 * weight;
                g0 += product0;
                g1 += product1;
                gx0 = V.MultiplyAdd(product0, hat0, gx0);
                gx1 = V.MultiplyAdd(product1, hat1, gx1);
                V.Store(V.MultiplyAdd(up1, hat1, V.MultiplyAdd(up0, hat0, V.Load(gains + i))), gains + i);
                V.Store(V.Load(shifts + i) + up0 + up1, shifts + i);
            }

            float sum0 = V.Sum(g0), sum1 = V.Sum(g1), sumX0 = V.Sum(gx0), sumX1 = V.Sum(gx1);
            for (; i < n; i++)
            {
                float hat0 = (x0[i] - mu0) * r0 + offset0, hat1 = (x1[i] - mu1) * r1 + offset1;
                sum0 += dy0[i] * gain[i];
                sum1 += dy1[i] * gain[i];
                sumX0 += dy0[i] * gain[i] * hat0;
                sumX1 += dy1[i] * gain[i] * hat1;
                gains[i] = gains[i] + dy0[i] * hat0 + dy1[i] * hat1;
                shifts[i] = shifts[i] + dy0[i] + dy1[i];
            }

            Input<V>(row, offset0, sum0 / n, sumX0 / n);
            Input<V>(row + 1, offset1, sum1 / n, sumX1 / n);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Single<V>(int row, float* gains, float* shifts)
            where V : struct, ILanes<V>
        {
            int n = columns, i = 0;
            float* from = x + (nint)row * n, upstream = dy + (nint)row * n, gain = gamma;
            float mu = mean[row], r = inverse[row], offset = Offset<V>(row);
            V means = V.All(mu), factor = V.All(r), offsets = V.All(offset), g = V.All(0), gx = g;
            for (; i <= n - V.Count; i += V.Count)
            {
                V up = V.Load(upstream + i), hat = V.MultiplyAdd(V.Load(from + i) - means, factor, offsets), product = up * V.Load(gain + i);
                g += product;
                gx = V.MultiplyAdd(product, hat, gx);
                V.Store(V.MultiplyAdd(up, hat, V.Load(gains + i)), gains + i);
                V.Store(V.Load(shifts + i) + up, shifts + i);
            }

            float sum = V.Sum(g), sumX = V.Sum(gx);
            for (; i < n; i++)
            {
                float hat = (from[i] - mu) * r + offset;
                sum += upstream[i] * gain[i];
                sumX += upstream[i] * gain[i] * hat;
                gains[i] += upstream[i] * hat;
                shifts[i] += upstream[i];
            }

            Input<V>(row, offset, sum / n, sumX / n);
        }

        /// <summary>What a float lost of the mean, times −r: the mean of (x − μ)·r is 0.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private float Offset<V>(int row)
            where V : struct, ILanes<V> => -Reduce.Over<V, Standardised>(new(x + (nint)row * columns, mean[row], inverse[row]), columns) / columns;

        /// <summary>∂L/∂x of one row from its two means.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Input<V>(int row, float offset, float meanG, float meanGx)
            where V : struct, ILanes<V>
        {
            int n = columns, i = 0;
            float* from = x + (nint)row * n, upstream = dy + (nint)row * n, to = dx + (nint)row * n, gain = gamma;
            float mu = mean[row], r = inverse[row];
            V means = V.All(mu), factor = V.All(r), offsets = V.All(offset), meansG = V.All(meanG), meansGx = V.All(meanGx);
            for (; i <= n - V.Count; i += V.Count)
            {
                V hat = V.MultiplyAdd(V.Load(from + i) - means, factor, offsets), g = V.Load(upstream + i) * V.Load(gain + i);
                V.Store(factor * (g - meansG - hat * meansGx), to + i);
            }

            for (; i < n; i++)
            {
                to[i] = r * (upstream[i] * gain[i] - meanG - ((from[i] - mu) * r + offset) * meanGx);
            }
        }
    }

    /// <summary>Σ (x − μ)·r.</summary>
    private readonly unsafe struct Standardised(float* x, float mean, float inverse) : ISummand
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V>(int i, V sum)
            where V : struct, ILanes<V> => V.MultiplyAdd(V.Load(x + i) - V.All(mean), V.All(inverse), sum);
    }
}
