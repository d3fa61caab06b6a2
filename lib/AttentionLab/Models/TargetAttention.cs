using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <summary>
/// What a history says about one candidate: y = Σ_t w_t·h_t, where a small net scores every pair,
/// w_t = ReLU([h_t, c, h_t − c, h_t ⊙ c]·W₁ + b₁)·W₂ + b₂. No softmax: the weights keep the intensity of interest
/// (Zhou et al. 2018, "Deep interest network", eq. 3 and §4.3; difference and product after the authors' code).
/// </summary>
/// <param name="channels">C, width of history and candidate.</param>
/// <param name="hidden">Width inside the small net.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed class TargetAttention(int channels, int hidden, CounterRandom random, string name = "interest")
{
    /// <summary>W₁, b₁: 4·C → hidden.</summary>
    public Linear Compare { get; } = new(
        Kernels.Sizes.Product(nameof(TargetAttention), ("4", 4), (nameof(channels), channels)), hidden, random, name: $"{name}.compare");

    /// <summary>W₂, b₂: hidden → 1.</summary>
    public Linear Score { get; } = new(hidden, 1, random, name: $"{name}.score");

    /// <summary>Of both maps.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. Compare.Parameters, .. Score.Parameters];

    /// <summary>One vector for each candidate.</summary>
    /// <param name="history">(B,T,C).</param>
    /// <param name="candidate">(B,C).</param>
    /// <param name="visible">(B,T): false hides padding; null for everything visible.</param>
    /// <returns>y (B,C); <c>Saved.Weights</c> is (B,T).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor history, Tensor candidate, bool[,]? visible = null)
    {
        ShapeCheck.Rank(history, 3, 3, nameof(TargetAttention), "(B,T,C)", nameof(history));
        ShapeCheck.Columns(history, channels, nameof(TargetAttention), nameof(channels), nameof(history));
        ArgumentNullException.ThrowIfNull(candidate);
        (int batch, int tokens) = (history.Shape[0], history.Shape[1]);
        if (!candidate.Shape.SequenceEqual([batch, channels]) || (visible is not null && (visible.GetLength(0) != batch || visible.GetLength(1) != tokens)))
        {
            throw new ArgumentException(
                $"history is {Tensor.Describe(history.Shape)}, candidate "
                + $"{Tensor.Describe(candidate.Shape)}{(visible is null ? "" : $", visible ({visible.GetLength(0)}, {visible.GetLength(1)})")}: pass (B,T,C), "
                  + "(B,C) and (B,T).",
                nameof(candidate));
        }

        Tensor pairs = new(batch, tokens, 4 * channels), y = new(batch, channels);
        for (int row = 0; row < history.Rows; row++)
        {
            ReadOnlySpan<float> h = history.Row(row), c = candidate.Row(row / tokens);
            Span<float> pair = pairs.Row(row);
            h.CopyTo(pair);
            c.CopyTo(pair[channels..]);
            h.CopyTo(pair[(2 * channels)..]);
            Multiply.AddScaled(c, -1, pair.Slice(2 * channels, channels));
            Multiply.Forward(h, c, pair[(3 * channels)..]);
        }

        (Tensor before, Linear.Saved compare) = Compare.Forward(pairs);
        Tensor after = new(before.Shape);
        Relu.Forward(before.Span, after.Span);
        (Tensor scores, Linear.Saved score) = Score.Forward(after);
        Tensor weights = scores.Reshape(batch, tokens);
        for (int row = 0; row < history.Rows; row++)
        {
            if (visible is not null && !visible[row / tokens, row % tokens])
            {
                weights.Values[row] = 0;
            }

            Multiply.AddScaled(history.Row(row), weights.Values[row], y.Row(row / tokens));
        }

        return (y, new Saved(history, candidate, compare, before, score, weights, visible));
    }

    /// <summary>Adds to the gradients of both maps.</summary>
    /// <param name="dy">(B,C).</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dHistory (B,T,C) and dCandidate (B,C).</returns>
    /// <exception cref="ArgumentException">dy has not the shape of the output.</exception>
    public (Tensor History, Tensor Candidate) Backward(Tensor dy, Saved saved)
    {
        ShapeCheck.Gradient(dy, saved.Candidate, channels, nameof(TargetAttention));
        (int batch, int tokens) = (saved.History.Shape[0], saved.History.Shape[1]);
        Tensor dHistory = new(saved.History.Shape), dCandidate = new(dy.Shape), dScores = new(batch, tokens, 1);
        for (int row = 0; row < saved.History.Rows; row++)
        {
            if (saved.Visible is null || saved.Visible[row / tokens, row % tokens])
            {
                dScores.Values[row] = Dot.Forward(dy.Row(row / tokens), saved.History.Row(row));
                Multiply.AddScaled(dy.Row(row / tokens), saved.Weights.Values[row], dHistory.Row(row));
            }
        }

        Tensor dHidden = Score.Backward(dScores, saved.Score);
        Relu.Backward(saved.Hidden.Span, dHidden.Span, dHidden.Span);
        Tensor dPairs = Compare.Backward(dHidden, saved.Compare);
        float[] product = new float[channels];
        for (int row = 0; row < dPairs.Rows; row++)
        {
            ReadOnlySpan<float> d = dPairs.Row(row), difference = d.Slice(2 * channels, channels), both = d.Slice(3 * channels, channels);
            Span<float> dh = dHistory.Row(row), dc = dCandidate.Row(row / tokens);
            Multiply.AddScaled(d[..channels], 1, dh);
            Multiply.AddScaled(difference, 1, dh);
            Multiply.Forward(both, saved.Candidate.Row(row / tokens), product);
            Multiply.AddScaled(product, 1, dh);
            Multiply.AddScaled(d.Slice(channels, channels), 1, dc);
            Multiply.AddScaled(difference, -1, dc);
            Multiply.Forward(both, saved.History.Row(row), product);
            Multiply.AddScaled(product, 1, dc);
        }

        return (dHistory, dCandidate);
    }

    /// <summary>What the backward needs.</summary>
    /// <param name="History">(B,T,C).</param>
    /// <param name="Candidate">(B,C).</param>
    /// <param name="Compare">Of the first map.</param>
    /// <param name="Hidden">Before ReLU.</param>
    /// <param name="Score">Of the second map.</param>
    /// <param name="Weights">(B,T), any real number; 0 where hidden.</param>
    /// <param name="Visible">(B,T), or null.</param>
    public readonly record struct Saved(
        Tensor History, Tensor Candidate, Linear.Saved Compare, Tensor Hidden, Linear.Saved Score, Tensor Weights, bool[,]? Visible);
}
