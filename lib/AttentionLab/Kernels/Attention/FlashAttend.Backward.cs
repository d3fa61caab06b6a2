using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Backward of <see cref="FlashAttend"/> (Dao 2023, algorithm 2): the weights are computed again from two numbers a query.
/// </summary>
/// <remarks>
/// p_ij = e^(s_ij − m_i) / Σ_i. The softmax's Jacobian needs Σ_j p_ij·∂p_ij, and since ∂p_ij = ∂o_i·v_j that sum is D_i = ∂o_i·o_i:
/// no row of weights has to be kept. ∂s_ij = p_ij·(∂o_i·v_j − D_i); ∂q_i = scale·Σ_j ∂s_ij·k_j; ∂k_j = scale·Σ_i ∂s_ij·q_i; ∂v_j = Σ_i p_ij·∂o_i.
/// </remarks>
public static partial class FlashAttend
{
    /// <summary>Gradients by loops.</summary>
    /// <param name="input">Of the forward.</param>
    /// <param name="output">O of the forward (B, H, T_q, D_v).</param>
    /// <param name="statistics">Of the forward.</param>
    /// <param name="dOutput">∂L/∂O.</param>
    /// <param name="to">Where the gradients go.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes, or what is written shares memory with what is read.</exception>
    public static void BackwardReference<T>(
        in AttendInput<T> input, ReadOnlySpan<T> output, ReadOnlySpan<T> statistics, ReadOnlySpan<T> dOutput, in AttendGradients<T> to)
        where T : IFloatingPointIeee754<T>
    {
        (int batch, int heads, int queries, int keys, int dim, int valueDim) = input.Sizes;
        CheckBackward(input, new(output, input.SplitOutput), statistics, dOutput, to);
        to.Q.Clear();
        to.K.Clear();
        to.V.Clear();
        for (int at = 0; at < batch * heads * queries; at++)
        {
            int b = at / queries / heads, h = at / queries % heads, i = at % queries;
            AttendMask mask = input.MaskOf(b);
            ReadOnlySpan<T> bias = input.BiasOf(b, h), q = input.Q.Row(b, h, i, dim), dRow = dOutput.Slice(at * valueDim, valueDim);
            Span<T> dq = to.Q.Slice(input.Q.Layout.At(b, h, i), dim);
            T d = Dot.Reference(dRow, output.Slice(at * valueDim, valueDim));
            for (int j = 0; j < keys; j++)
            {
                if (!mask.Sees(i, j, queries, keys, bias))
                {
                    continue;
                }

                ReadOnlySpan<T> k = input.K.Row(b, h, j, dim);
                Span<T> dk = to.K.Slice(input.K.Layout.At(b, h, j), dim), dv = to.V.Slice(input.V.Layout.At(b, h, j), valueDim);
                T score = input.Scale * Dot.Reference(q, k) + (bias.IsEmpty ? T.Zero : bias[i * keys + j]);
                T weight = T.Exp(score - statistics[2 * at] - statistics[2 * at]) / statistics[2 * at + 1];
                T dScore = weight * (Dot.Reference(dRow, input.V.Row(b, h, j, valueDim)) - d);
                for (int c = 0; c < valueDim; c++)
                {
                    dv[c] += weight * dRow[c];
                }

                for (int c = 0; c < dim; c++)
                {
                    dq[c] += input.Scale * dScore * k[c];
                    dk[c] += input.Scale * dScore * q[c];
                }

                if (!to.Bias.IsEmpty)
                {
                    to.Bias[(int)input.BiasStart(to.Bias.Length, b, h) + i * keys + j] += dScore;
                }
            }
        }
    }

    /// <summary>Gradients, fast, where every head of the output is a matrix of its own.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(
        in AttendInput<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> statistics, ReadOnlySpan<float> dOutput, in AttendGradients<float> to) =>
        Backward(input, new HeadSpan<float>(output, input.SplitOutput), statistics, dOutput, to);

    /// <summary>
    /// Gradients, fast, on as many threads as <see cref="Workers"/> has. With a
    /// gradient of the bias the heads run one after the other, since they may share it.
    /// </summary>
    /// <param name="input">Of the forward.</param>
    /// <param name="output">O of the forward.</param>
    /// <param name="statistics">Of the forward.</param>
    /// <param name="dOutput">∂L/∂O, where heads lie as in <paramref name="output"/>.</param>
    /// <param name="to">Where the gradients go.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes, or what is written shares memory with what is read.</exception>
    public static void Backward(
        in AttendInput<float> input, HeadSpan<float> output, ReadOnlySpan<float> statistics, ReadOnlySpan<float> dOutput, in AttendGradients<float> to)
    {
        CheckBackward(input, output, statistics, dOutput, to);
        BackwardWork work = new() { Input = input, Output = output, Statistics = statistics, DOutput = dOutput, To = to };
        Simd.Run(ref work);
    }

    private ref struct BackwardWork : IWide
    {
        public AttendInput<float> Input;
        public HeadSpan<float> Output;
        public ReadOnlySpan<float> Statistics, DOutput;
        public AttendGradients<float> To;

        public readonly unsafe void Run<V>()
            where V : struct, ILanes<V>
        {
            fixed (float* q = Input.Q.Values, k = Input.K.Values, v = Input.V.Values, o = Output.Values, s = Statistics, bias = Input.Bias)
            fixed (float* dO = DOutput, dq = To.Q, dk = To.K, dv = To.V, dBias = To.Bias)
            fixed (bool* keys = Input.Mask.Keys, pairs = Input.Mask.Pairs)
            {
                HeadsBackwardJob<V> job = new()
                {
                    Heads = new(Input, Input.Bias.IsEmpty ? To.Bias.Length : Input.Bias.Length)
                    {
                        Q = new(q, Input.Q.Layout),
                        K = new(k, Input.K.Layout),
                        V = new(v, Input.V.Layout),
                        Output = new(o, Output.Layout),
                        Statistics = s,
                        Bias = bias,
                        Mask = new(Input, keys, pairs),
                    },
                    Gradients = new()
                    {
                        DOutput = new(dO, Output.Layout),
                        DQ = new(dq, Input.Q.Layout),
                        DK = new(dk, Input.K.Layout),
                        DV = new(dv, Input.V.Layout),
                        DBias = dBias,
                    },
                };
                Workers.Run(ref job, Input.Sizes.Batch * Input.Sizes.Heads, To.Bias.IsEmpty ? 2.5 * Work(Input.Sizes) : 0);
            }
        }
    }

    /// <summary>A part is one head, because a head's queries add to the same ∂K and ∂V.</summary>
    private struct HeadsBackwardJob<V> : IJob
        where V : struct, ILanes<V>
    {
        public HeadView Heads;
        public HeadGradients Gradients;

        public readonly void Run(int part)
        {
            int batch = part / Heads.Heads, head = part % Heads.Heads;
            HeadView view = Heads.Of(batch, head);
            HeadGradients gradients = Gradients.Of(Heads, batch, head);
            if (view.Queries > V.Count || V.Count <= 4)
            {
                BackwardStrips<V>.Run(view, gradients);
            }
            else if (V.Count == 16)
            {
                // A strip that would be half empty is made of narrower registers.
                BackwardStrips<Lanes8>.Run(view, gradients);
            }
            else
            {
                BackwardStrips<Lanes4>.Run(view, gradients);
            }

            if (view.Hides && !AreFinite(view, gradients))
            {
                CleanGradients(view, gradients);
            }
        }
    }

    private static void CheckBackward<T>(
        in AttendInput<T> input, HeadSpan<T> output, ReadOnlySpan<T> statistics, ReadOnlySpan<T> dOutput, in AttendGradients<T> to)
        where T : IFloatingPointIeee754<T>
    {
        (int batch, int heads, int queries, _, _, int valueDim) = input.Sizes;
        input.Check();
        output.Layout.Check(output.Values.Length, batch, heads, queries, valueDim, "output");
        output.Layout.Check(dOutput.Length, batch, heads, queries, valueDim, "dOutput");
        input.CheckStatistics(statistics.Length);
        input.CheckGradients(to, dOutput);
        Sizes.RequireApart(to.Q, output.Values, "to.Q", "output");
        Sizes.RequireApart(to.K, output.Values, "to.K", "output");
        Sizes.RequireApart(to.V, output.Values, "to.V", "output");
    }
}
