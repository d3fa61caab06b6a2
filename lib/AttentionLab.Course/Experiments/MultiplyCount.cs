using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>Products of matrices that count their multiply-adds: (r, s)·(s, c) fills r·c cells, each by a sum of s products.</summary>
public sealed class MultiplyCount
{
    private long _done;

    private MultiplyCount()
    {
    }

    /// <summary>The multiply-adds of what is done with <see cref="Product"/>.</summary>
    /// <param name="run">Multiplies.</param>
    public static long Of(Action<MultiplyCount> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        MultiplyCount count = new();
        run(count);
        return count._done;
    }

    /// <summary>A·B, counted.</summary>
    /// <param name="a">(r, s).</param>
    /// <param name="b">(s, c).</param>
    public Tensor Product(Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        Tensor product = a.MatMul(b);
        _done += (long)product.Length * a.Columns;
        return product;
    }
}
