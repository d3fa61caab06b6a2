using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Linear attention (Katharopoulos et al. 2020): with φ(q_i)·φ(k_j) in place of exp(q_i·k_j/√D),
/// o_i = Σ_j (φ(q_i)·φ(k_j))·v_j / Σ_j φ(q_i)·φ(k_j), the sums can be formed once for all queries: S = Σ_j φ(k_j)ᵀ·v_j. Work linear in the
/// tokens; causal sums run to j ≤ i.
/// </summary>
/// <remarks>
/// Inside, every value gets one more column that is 1: the numerator and the denominator then come out of one product.
/// A denominator of 0 (possible with <see cref="FeatureMap.Relu"/>) gives zeros. Where φ(q)·φ(k) is smaller or larger than a float holds, the
/// quotient is not: such queries are computed again in logarithms (<c>LinearAttend.Logarithms.cs</c>).
/// Q, K and V may share memory; an output or a gradient that shares memory with what is read is refused.
/// </remarks>
public static partial class LinearAttend
{
    /// <summary>The quadratic definition by loops.</summary>
    /// <param name="input">Q, K and V, causal or not; see <see cref="AttendInput.Linear{T}"/>.</param>
    /// <param name="output">O (B, H, T_q, D_v), overwritten.</param>
    /// <param name="map">φ.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes or what is written shares memory with what is read, the
    /// input has a scale, mask or bias, or it is causal with T_q ≠ T_k.</exception>
    public static void Reference<T>(in AttendInput<T> input, Span<T> output, FeatureMap map = FeatureMap.EluPlusOne)
        where T : IFloatingPointIeee754<T>
    {
        Check(input, output.Length, "output");
        input.CheckApart(output, "output");
        for (int m = 0; m < input.Sizes.Batch * input.Sizes.Heads; m++)
        {
            Reference(new HeadRows<T>(input, m), Of(output, input.Sizes, m), map);
        }
    }

    private static void Reference<T>(in HeadRows<T> head, Span<T> output, FeatureMap map)
        where T : IFloatingPointIeee754<T>
    {
        (int dim, int valueDim) = (head.Dim, head.ValueDim);
        T[] phiQ = new T[head.Q.Length], phiK = new T[head.K.Length];
        Features.Reference<T>(head.Q, phiQ, map);
        Features.Reference<T>(head.K, phiK, map);
        output.Clear();
        for (int i = 0; i < head.Queries; i++)
        {
            T sum = T.Zero;
            Span<T> row = output.Slice(i * valueDim, valueDim);
            for (int j = 0; j < head.Seen(i); j++)
            {
                T weight = Dot.Reference<T>(phiQ.AsSpan(i * dim, dim), phiK.AsSpan(j * dim, dim));
                sum += weight;
                for (int c = 0; c < valueDim; c++)
                {
                    row[c] += weight * head.V[j * valueDim + c];
                }
            }

            for (int c = 0; c < valueDim; c++)
            {
                row[c] = sum == T.Zero ? T.Zero : row[c] / sum;
            }
        }
    }

    /// <summary>The same in linear time, fast; the rows of a head stand one after the other.</summary>
    /// <inheritdoc cref="Reference{T}(in AttendInput{T}, Span{T}, FeatureMap)"/>
    public static void Forward(in AttendInput<float> input, Span<float> output, FeatureMap map = FeatureMap.EluPlusOne)
    {
        Check(input, output.Length, "output");
        input.CheckApart(output, "output");
        for (int m = 0; m < input.Sizes.Batch * input.Sizes.Heads; m++)
        {
            Forward(new HeadRows<float>(input, m), Of(output, input.Sizes, m), map);
        }
    }

    private static void Forward(in HeadRows<float> head, Span<float> output, FeatureMap map)
    {
        int valueDim = head.ValueDim;
        using Sums sums = new(head, map);
        for (int i = 0; i < head.Queries; i++)
        {
            ReadOnlySpan<float> row = sums.All.Slice(i * (valueDim + 1), valueDim + 1);
            Span<float> to = output.Slice(i * valueDim, valueDim);
            if (sums.Hold(i))
            {
                Multiply.Scale(row[..valueDim], 1 / row[valueDim], to);
            }
            else
            {
                new Query(head, map, i).Forward(to);
            }
        }
    }

    /// <summary>The part of an output (B, H, T_q, D_v) that is head <paramref name="m"/>.</summary>
    private static Span<T> Of<T>(Span<T> output, AttendSizes sizes, int m) => output.Slice(m * sizes.Queries * sizes.ValueDim, sizes.Queries * sizes.ValueDim);

    private static ReadOnlySpan<T> Of<T>(ReadOnlySpan<T> output, AttendSizes sizes, int m) =>
        output.Slice(m * sizes.Queries * sizes.ValueDim, sizes.Queries * sizes.ValueDim);

    private static void Check<T>(in AttendInput<T> input, int output, string name)
        where T : IFloatingPointIeee754<T>
    {
        input.CheckLinear();
        input.CheckRows(nameof(LinearAttend));
        input.CheckMatrices(output, input.Sizes.ValueDim, name, "valueDim");
    }
}
