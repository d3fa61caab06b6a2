using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>What an attention is computed from: Q, K and V of all heads of a batch, their sizes, the factor of the scores, and who may look at whom.</summary>
/// <typeparam name="T">float; double for the references.</typeparam>
public readonly ref struct AttendInput<T>
    where T : IFloatingPointIeee754<T>
{
    /// <summary>Q (T_q, D) of each head.</summary>
    public required HeadSpan<T> Q { get; init; }

    /// <summary>K (T_k, D) of each head.</summary>
    public required HeadSpan<T> K { get; init; }

    /// <summary>V (T_k, D_v) of each head.</summary>
    public required HeadSpan<T> V { get; init; }

    /// <summary>B, H, T_q, T_k, D and D_v.</summary>
    public required AttendSizes Sizes { get; init; }

    /// <summary>Factor of the scores, 1/√D in the paper.</summary>
    public required T Scale { get; init; }

    /// <summary>Who may look at whom: of one sequence, which all share, or of all B sequences.</summary>
    public AttendMask Mask { get; init; }

    /// <summary>Added to the scaled scores: (T_q, T_k), (H, T_q, T_k) or (B, H, T_q, T_k); empty for none. −∞ hides.</summary>
    public ReadOnlySpan<T> Bias { get; init; }

    /// <summary>Where an output lies whose heads are matrices of their own: (B, H, T_q, D_v).</summary>
    internal HeadLayout SplitOutput => HeadLayout.Split(Sizes.Heads, Sizes.Queries, Sizes.ValueDim);

    /// <summary>One number of a (T_q, T_k), (H, T_q, T_k) or (B, H, T_q, T_k) bias; <paramref name="length"/> is the bias's.</summary>
    internal long BiasStart(int length, int batch, int head)
    {
        long matrix = (long)Sizes.Queries * Sizes.Keys;
        return length == matrix ? 0 : length == matrix * Sizes.Heads ? head * matrix : ((long)batch * Sizes.Heads + head) * matrix;
    }

    /// <summary>The bias of one head.</summary>
    internal ReadOnlySpan<T> BiasOf(int batch, int head) =>
        Bias.IsEmpty ? default : Bias.Slice((int)BiasStart(Bias.Length, batch, head), Sizes.Queries * Sizes.Keys);

    /// <summary>The mask of one sequence.</summary>
    internal AttendMask MaskOf(int batch)
    {
        int keys = Sizes.Keys, pairs = Sizes.Queries * keys;
        return new()
        {
            Causal = Mask.Causal,
            Keys = Mask.Keys.Length == keys ? Mask.Keys : Mask.Keys.Slice(Mask.Keys.IsEmpty ? 0 : batch * keys, Mask.Keys.IsEmpty ? 0 : keys),
            Pairs = Mask.Pairs.Length == pairs ? Mask.Pairs : Mask.Pairs.Slice(Mask.Pairs.IsEmpty ? 0 : batch * pairs, Mask.Pairs.IsEmpty ? 0 : pairs),
        };
    }

    /// <summary>Throws unless every span fits the sizes.</summary>
    internal void Check()
    {
        (int batch, int heads, int queries, int keys, int dim, int valueDim) = Sizes;
        if (int.Min(int.Min(int.Min(batch, heads), int.Min(queries, keys)), int.Min(dim, valueDim)) < 0)
        {
            throw new ArgumentException($"the sizes are {Sizes}, but a size is never negative: pass 0 or more.");
        }

        Q.Layout.Check(Q.Values.Length, batch, heads, queries, dim, "q");
        K.Layout.Check(K.Values.Length, batch, heads, keys, dim, "k");
        V.Layout.Check(V.Values.Length, batch, heads, keys, valueDim, "v");
        if (!Mask.Keys.IsEmpty && Mask.Keys.Length != keys)
        {
            Kernels.Sizes.Require(Mask.Keys.Length, batch, keys, "mask.Keys", "batch", "keys");
        }

        if (!Mask.Pairs.IsEmpty && Mask.Pairs.Length != (long)queries * keys)
        {
            Kernels.Sizes.Require(Mask.Pairs.Length, (long)batch * queries, keys, "mask.Pairs", "batch × queries", "keys");
        }

        CheckBias(Bias.Length, "bias");
    }

    /// <summary>Throws unless the rows of each head stand one after the other.</summary>
    internal void CheckRows(string kernel)
    {
        (_, _, _, _, int dim, int valueDim) = Sizes;
        if (Q.Layout.Row != dim || K.Layout.Row != dim || V.Layout.Row != valueDim)
        {
            throw new ArgumentException(
                $"rows of Q, K and V are {Q.Layout.Row}, {K.Layout.Row} and {V.Layout.Row} numbers apart but {kernel} multiplies whole matrices, "
                + $"({dim}, {dim}, {valueDim}): split the heads, or call FlashAttend.");
        }
    }

    /// <summary>Throws unless a kernel without a softmax can take this: it forms sums over keys before a query meets them.</summary>
    internal void CheckLinear()
    {
        Check();
        if (Scale != T.One)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"scale is {Scale} but linear attention has no softmax whose scores it could scale: pass 1, or scale Q."));
        }

        if (!Mask.Keys.IsEmpty || !Mask.Pairs.IsEmpty || !Bias.IsEmpty)
        {
            throw new ArgumentException("keys, pairs or a bias are given, but linear attention adds up keys before it meets a query: pass Causal or nothing.");
        }

        if (Mask.Causal && Sizes.Queries != Sizes.Keys)
        {
            throw new ArgumentException(
                $"queries is {Sizes.Queries} and keys is {Sizes.Keys}, but causal linear attention walks through one sequence: pass as many queries as keys.");
        }
    }

    /// <summary>Throws unless a bias or its gradient fits the sizes; 0 for none.</summary>
    internal void CheckBias(int length, string name)
    {
        (int batch, int heads, int queries, int keys, _, _) = Sizes;
        if (length != 0 && length != (long)queries * keys && length != (Int128)heads * queries * keys)
        {
            Kernels.Sizes.Require(length, (long)batch * heads * queries, keys, name, "batch × heads × queries", "keys");
        }
    }

    /// <summary>Throws if a span that is written shares memory with Q, K, V or the bias.</summary>
    internal void CheckApart(ReadOnlySpan<T> written, string name)
    {
        Kernels.Sizes.RequireApart(written, Q.Values, name, "q");
        Kernels.Sizes.RequireApart(written, K.Values, name, "k");
        Kernels.Sizes.RequireApart(written, V.Values, name, "v");
        Kernels.Sizes.RequireApart(written, Bias, name, "bias");
    }

    /// <summary>Throws unless gradients fit what they are the gradients of, and share memory with nothing that is read.</summary>
    internal void CheckGradients(in AttendGradients<T> to, ReadOnlySpan<T> dOutput)
    {
        CheckGradient(to.Q, "to.Q", dOutput);
        CheckGradient(to.K, "to.K", dOutput);
        CheckGradient(to.V, "to.V", dOutput);
        CheckGradient(to.Bias, "to.Bias", dOutput);
        (int batch, int heads, int queries, int keys, int dim, int valueDim) = Sizes;
        Q.Layout.CheckWritten(to.Q.Length, batch, heads, queries, dim, "to.Q");
        K.Layout.CheckWritten(to.K.Length, batch, heads, keys, dim, "to.K");
        V.Layout.CheckWritten(to.V.Length, batch, heads, keys, valueDim, "to.V");
        CheckBias(to.Bias.Length, "to.Bias");
        if (!Bias.IsEmpty && !to.Bias.IsEmpty)
        {
            // Three lengths are legal, and each is read with strides of its own.
            Kernels.Sizes.RequireSame(to.Bias.Length, Bias.Length, "to.Bias", "bias");
        }
    }

    /// <summary>Throws unless an output, and the two numbers of each query if they are asked for, fit the sizes and share no memory with the input.</summary>
    internal void CheckOutput(ReadOnlySpan<T> output, HeadLayout outputAt, ReadOnlySpan<T> statistics)
    {
        if (!statistics.IsEmpty)
        {
            CheckStatistics(statistics.Length);
        }

        outputAt.CheckWritten(output.Length, Sizes.Batch, Sizes.Heads, Sizes.Queries, Sizes.ValueDim, "output");
        CheckApart(output, "output");
        CheckApart(statistics, "statistics");
        Kernels.Sizes.RequireApart(statistics, output, "statistics", "output");
    }

    /// <summary>Throws unless there are two numbers of each query.</summary>
    internal void CheckStatistics(int length) =>
        Kernels.Sizes.Require(length, (long)Sizes.Batch * Sizes.Heads * Sizes.Queries, 2, "statistics", "batch × heads × queries", "two");

    /// <summary>Throws unless a span holds a matrix of its own for every head: (B, H, T_q, columns).</summary>
    internal void CheckMatrices(int length, int columns, string name, string columnsName) =>
        Kernels.Sizes.Require(length, (long)Sizes.Batch * Sizes.Heads * Sizes.Queries, columns, name, "batch × heads × queries", columnsName);

    private void CheckGradient(ReadOnlySpan<T> gradient, string name, ReadOnlySpan<T> dOutput)
    {
        CheckApart(gradient, name);
        Kernels.Sizes.RequireApart(gradient, dOutput, name, "dOutput");
    }
}

/// <summary>Makes the input of an attention.</summary>
public static class AttendInput
{
    /// <summary>Every head a matrix of its own: q (B, H, T_q, D), k (B, H, T_k, D), v (B, H, T_k, D_v).</summary>
    /// <param name="q">Q.</param>
    /// <param name="k">K.</param>
    /// <param name="v">V.</param>
    /// <param name="sizes">Of all.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <param name="mask">Who may look at whom.</param>
    /// <param name="bias">Added to the scaled scores; empty for none.</param>
    public static AttendInput<T> Split<T>(
        ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, AttendSizes sizes, T scale, AttendMask mask = default, ReadOnlySpan<T> bias = default)
        where T : IFloatingPointIeee754<T>
    {
        return new()
        {
            Q = new(q, HeadLayout.Split(sizes.Heads, sizes.Queries, sizes.Dim)),
            K = new(k, HeadLayout.Split(sizes.Heads, sizes.Keys, sizes.Dim)),
            V = new(v, HeadLayout.Split(sizes.Heads, sizes.Keys, sizes.ValueDim)),
            Sizes = sizes,
            Scale = scale,
            Mask = mask,
            Bias = bias,
        };
    }

    /// <summary>For <see cref="LinearAttend"/> and <see cref="LightningAttend"/>, which have no scale and no mask but the causal one.</summary>
    /// <param name="q">Q (B, H, T_q, D).</param>
    /// <param name="k">K (B, H, T_k, D).</param>
    /// <param name="v">V (B, H, T_k, D_v).</param>
    /// <param name="sizes">Of all.</param>
    /// <param name="causal">Query i sees keys j ≤ i; then T_q = T_k.</param>
    public static AttendInput<T> Linear<T>(ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, AttendSizes sizes, bool causal = false)
        where T : IFloatingPointIeee754<T> => Split(q, k, v, sizes, T.One, new() { Causal = causal });
}
