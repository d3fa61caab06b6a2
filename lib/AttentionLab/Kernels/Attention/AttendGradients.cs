using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>Where the gradients of an attention go: each lies as what it is the gradient of.</summary>
/// <typeparam name="T">float; double for the references.</typeparam>
public readonly ref struct AttendGradients<T>
{
    /// <summary>∂L/∂Q, overwritten (numbers between its rows stay as they are); its rows share no numbers, nor do those of the others.</summary>
    public required Span<T> Q { get; init; }

    /// <summary>∂L/∂K, overwritten.</summary>
    public required Span<T> K { get; init; }

    /// <summary>∂L/∂V, overwritten.</summary>
    public required Span<T> V { get; init; }

    /// <summary>∂L/∂bias, as long as the bias, added to; empty if not wanted.</summary>
    public Span<T> Bias { get; init; }

    /// <summary>∂Q, ∂K and ∂V of head <paramref name="m"/> of B·H, whose rows stand one after the other.</summary>
    internal AttendGradients<T> Head<TInput>(in AttendInput<TInput> input, int m)
        where TInput : IFloatingPointIeee754<TInput>
    {
        (_, int heads, int queries, int keys, int dim, int valueDim) = input.Sizes;
        (int b, int h) = (m / heads, m % heads);
        return new()
        {
            Q = Rows(Q, input.Q.Layout.At(b, h, 0), queries * dim),
            K = Rows(K, input.K.Layout.At(b, h, 0), keys * dim),
            V = Rows(V, input.V.Layout.At(b, h, 0), keys * valueDim),
        };
    }

    /// <summary>Throws if the gradient of a bias is asked of a kernel that has none.</summary>
    internal void CheckNoBias()
    {
        if (!Bias.IsEmpty)
        {
            throw new ArgumentException("to.Bias is given but linear attention has no bias: leave it empty.");
        }
    }

    private static Span<T> Rows(Span<T> gradient, int start, int length) => length == 0 ? default : gradient.Slice(start, length);
}
