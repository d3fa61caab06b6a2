using System.Globalization;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// Who may look at whom: true = may look. Masks combine with <c>&amp;</c>, and a pair must pass all of them:
/// <c>AttentionMask.Causal &amp; AttentionMask.Keys(notPadding)</c>. A query that sees nothing gets zeros.
/// </summary>
public sealed class AttentionMask
{
    private bool _causal;
    private Part? _keys, _pairs;
    private Tensor? _bias;

    private AttentionMask()
    {
    }

    /// <summary>Query i sees keys j ≤ i + (keys − queries): the past and itself; with as many keys as queries the usual triangle.</summary>
    public static AttentionMask Causal { get; } = new() { _causal = true };

    /// <summary>The additive bias, or null.</summary>
    public Tensor? BiasValues => _bias;

    /// <summary>One truth for each pair.</summary>
    /// <param name="visible">(T_q, T_k): true = query may look at key.</param>
    public static AttentionMask Pairs(bool[,] visible)
    {
        ArgumentNullException.ThrowIfNull(visible);
        return new() { _pairs = new(Flat(visible), 1, visible.GetLength(0), visible.GetLength(1)) };
    }

    /// <summary>One truth for each pair, different for each element of a batch.</summary>
    /// <param name="visible">(B, T_q, T_k).</param>
    public static AttentionMask Pairs(bool[,,] visible)
    {
        ArgumentNullException.ThrowIfNull(visible);
        return new() { _pairs = new(Flat(visible), visible.GetLength(0), visible.GetLength(1), visible.GetLength(2)) };
    }

    /// <summary>Which keys exist, for every query: false hides padding.</summary>
    /// <param name="visible">(T_k), the same for the whole batch.</param>
    public static AttentionMask Keys(params bool[] visible)
    {
        ArgumentNullException.ThrowIfNull(visible);
        return new() { _keys = new([.. visible], 1, 1, visible.Length) };
    }

    /// <summary>Which keys exist in each sequence of a batch.</summary>
    /// <param name="visible">(B, T_k).</param>
    public static AttentionMask Keys(bool[,] visible)
    {
        ArgumentNullException.ThrowIfNull(visible);
        return new() { _keys = new(Flat(visible), visible.GetLength(0), 1, visible.GetLength(1)) };
    }

    /// <summary>Numbers added to the scaled scores: ALiBi, relative positions; −∞ hides.</summary>
    /// <param name="values">(T_q, T_k), (H, T_q, T_k) or (B, H, T_q, T_k); used, not copied.</param>
    /// <exception cref="ArgumentException">The rank is below 2.</exception>
    public static AttentionMask Bias(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Rank < 2)
        {
            throw new ArgumentException($"bias is {Tensor.Describe(values.Shape)} but a bias is (T_q, T_k), (H, T_q, T_k) or (B, H, T_q, T_k): Reshape it.");
        }

        return new() { _bias = values };
    }

    /// <summary>Both conditions; biases add, and −∞ wins.</summary>
    /// <param name="left">A mask.</param>
    /// <param name="right">Another.</param>
    /// <exception cref="ArgumentException">Both say something about the same thing in shapes
    /// that do not fit, or two finite biases add up to more than a float holds.</exception>
    public static AttentionMask operator &(AttentionMask left, AttentionMask right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new()
        {
            _causal = left._causal || right._causal,
            _keys = Part.Both(left._keys, right._keys, "Keys"),
            _pairs = Part.Both(left._pairs, right._pairs, "Pairs"),
            _bias = left._bias is { } bias && right._bias is { } other ? Sum(bias, other) : left._bias ?? right._bias,
        };
    }

    /// <summary>Throws unless the mask fits an attention of these sizes.</summary>
    internal void Check(int batch, int heads, int queries, int keys)
    {
        _keys?.Check("Keys", batch, 1, keys);
        _pairs?.Check("Pairs", batch, queries, keys);
        if (_bias is { } bias)
        {
            ReadOnlySpan<int> full = [batch, heads, queries, keys];
            if (!bias.Shape.SequenceEqual(full[(4 - bias.Rank)..]))
            {
                throw new ArgumentException(
                    $"the mask's bias is {Tensor.Describe(bias.Shape)} but the attention is (B, H, T_q, T_k) = {Tensor.Describe(full)}: pass "
                    + $"{Tensor.Describe(full[2..])}, {Tensor.Describe(full[1..])} or {Tensor.Describe(full)}.");
            }
        }
    }

    /// <summary>The conditions as kernels take them; null hides nothing.</summary>
    internal static AttendMask Kernel(AttentionMask? mask) => new()
    {
        Causal = mask is { _causal: true },
        Keys = mask?._keys is { } keys ? keys.Values : default,
        Pairs = mask?._pairs is { } pairs ? pairs.Values : default,
    };

    /// <summary>The bias as kernels take it; empty for none.</summary>
    internal static ReadOnlySpan<float> KernelBias(AttentionMask? mask) => mask?._bias is { } bias ? bias.Span : default;

    private static Tensor Sum(Tensor a, Tensor b)
    {
        Tensor sum = a + b;
        for (int i = 0; i < sum.Length; i++)
        {
            if (float.IsInfinity(sum.Values[i]) && float.IsFinite(a.Values[i]) && float.IsFinite(b.Values[i]))
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the biases {a.Values[i]:R} and {b.Values[i]:R} at number {i} add up to more than a float holds: hide a key by −∞, or by Keys or Pairs."));
            }

            sum.Values[i] = float.IsNegativeInfinity(a.Values[i]) || float.IsNegativeInfinity(b.Values[i]) ? float.NegativeInfinity : sum.Values[i];
        }

        return sum;
    }

    private static bool[] Flat(Array values)
    {
        bool[] flat = new bool[values.Length];
        Buffer.BlockCopy(values, 0, flat, 0, flat.Length);
        return flat;
    }

    /// <summary>(count, rows, columns) truths; count is 1 (for the whole batch) or B.</summary>
    private sealed record Part(bool[] Values, int Count, int Rows, int Columns)
    {
        public ReadOnlySpan<bool> Of(int batch) => Values.AsSpan((Count == 1 ? 0 : batch) * Rows * Columns, Rows * Columns);

        public void Check(string name, int batch, int rows, int columns)
        {
            if (Rows != rows || Columns != columns || (Count != 1 && Count != batch))
            {
                string sizes = name == "Keys" ? "(B, T_k)" : "(B, T_q, T_k)";
                string has = name == "Keys" ? $"({Count}, {Columns})" : $"({Count}, {Rows}, {Columns})";
                string wants = name == "Keys" ? $"({batch}, {columns})" : $"({batch}, {rows}, {columns})";
                throw new ArgumentException(
                    $"the mask's {name} are {sizes} = {has} but the attention has {wants}: build the mask for those sizes (B may be 1).");
            }
        }

        public static Part? Both(Part? a, Part? b, string name)
        {
            if (a is null || b is null)
            {
                return a ?? b;
            }

            if (a.Rows != b.Rows || a.Columns != b.Columns || (a.Count != b.Count && a.Count != 1 && b.Count != 1))
            {
                throw new ArgumentException(
                    $"{name} of ({a.Count}, {a.Rows}, {a.Columns}) and ({b.Count}, {b.Rows}, {b.Columns}) cannot both hold: build both for the same sizes.");
            }

            int count = Math.Max(a.Count, b.Count), size = a.Rows * a.Columns;
            bool[] values = new bool[count * size];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = a.Of(i / size)[i % size] && b.Of(i / size)[i % size];
            }

            return new(values, count, a.Rows, a.Columns);
        }
    }
}
