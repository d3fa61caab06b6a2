using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// A soft choice between K branches, one for each channel: a = pooled sum of the branches, logits = GELU(a·W₁)·W₂ as
/// (K, C), weights = softmax over K, y = Σ_k weight_k ⊙ branch_k (Yu et al. 2021, "S²-MLPv2", §3.2, after ResNeSt).
/// An attention over branches and channels: there is no map of places by places.
/// </summary>
/// <param name="channels">C.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="branches">K.</param>
/// <param name="pooling">How a is made of an image. The paper's formula sums, so that logits grow with the image and the softmax saturates.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed class SplitAttention(int channels, CounterRandom random, int branches = 3, SplitPooling pooling = SplitPooling.Mean, string name = "split")
{
    /// <summary>W₁: C → C, no bias.</summary>
    public Linear Squeeze { get; } = new(channels, channels, random, bias: false, name: $"{name}.squeeze");

    /// <summary>W₂: C → K·C, no bias; branch k owns the columns k·C … k·C+C−1.</summary>
    public Linear Choose { get; } = new(
        channels,
        Kernels.Sizes.Product(
            nameof(SplitAttention), (nameof(branches), ShapeCheck.Positive(branches, nameof(SplitAttention), nameof(branches))), (nameof(channels), channels)),
        random, bias: false, name: $"{name}.choose");

    /// <summary>How a is made of an image.</summary>
    public SplitPooling Pooling => pooling;

    /// <summary>Of both maps.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. Squeeze.Parameters, .. Choose.Parameters];

    /// <summary>Mixes the branches.</summary>
    /// <param name="x">K tensors of one shape (B, …, C), for example (B, W, H, C).</param>
    /// <returns>y (B, …, C); <c>Saved.Weights</c> is (B, K, C).</returns>
    /// <exception cref="ArgumentException">There are not K branches, or their shapes differ.</exception>
    public (Tensor Y, Saved Saved) Forward(IReadOnlyList<Tensor> x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Count != branches)
        {
            throw new ArgumentException($"{x.Count} branches were given but SplitAttention expects {branches}: build it with branches: {x.Count}.", nameof(x));
        }

        foreach (Tensor branch in x)
        {
            ShapeCheck.Columns(branch, channels, nameof(SplitAttention), nameof(channels));
            ShapeCheck.Rank(branch, 2, 4, nameof(SplitAttention), "(B, …, C)");
            if (!branch.Shape.SequenceEqual(x[0].Shape))
            {
                throw new ArgumentException(
                    $"one branch is {Tensor.Describe(x[0].Shape)} and another {Tensor.Describe(branch.Shape)}: all branches need one shape.", nameof(x));
            }
        }

        int batch = x[0].Shape[0], places = x[0].Rows / Math.Max(1, batch);
        Tensor pooled = new(batch, channels);
        for (int row = 0; row < x[0].Rows; row++)
        {
            foreach (Tensor branch in x)
            {
                Multiply.AddScaled(branch.Row(row), Share(places), pooled.Row(row / places));
            }
        }

        (Tensor before, Linear.Saved squeeze) = Squeeze.Forward(pooled);
        Tensor after = new(before.Shape);
        Gelu.Forward(before.Span, after.Span);
        (Tensor logits, Linear.Saved choose) = Choose.Forward(after);
        Tensor weights = SoftmaxOverBranches(logits), y = Workspace.Rent(x[0].Shape), product = new(channels);
        for (int row = 0; row < y.Rows; row++)
        {
            int first = row / places * branches;
            Multiply.Forward(x[0].Row(row), weights.Row(first), y.Row(row));
            for (int k = 1; k < branches; k++)
            {
                Multiply.Forward(x[k].Row(row), weights.Row(first + k), product.Span);
                Multiply.AddScaled(product.Span, 1, y.Row(row));
            }
        }

        return (y, new Saved([.. x], squeeze, before, choose, weights));
    }

    /// <summary>Adds to the gradients of both maps. ∂branch_k = weight_k ⊙ dy + what comes through a; ∂weight_k = Σ_places dy ⊙ branch_k.</summary>
    /// <param name="dy">Shaped like y.</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>The gradients of the K branches.</returns>
    /// <exception cref="ArgumentException">dy has not the shape of the output.</exception>
    public IReadOnlyList<Tensor> Backward(Tensor dy, Saved saved)
    {
        ShapeCheck.Gradient(dy, saved.X[0], channels, nameof(SplitAttention));
        int batch = dy.Shape[0], places = dy.Rows / Math.Max(1, batch);
        Tensor[] dx = [.. saved.X.Select(branch => Workspace.Rent(branch.Shape))];
        Tensor dWeights = new(saved.Weights.Shape), product = new(channels);
        for (int row = 0; row < dy.Rows; row++)
        {
            for (int k = 0; k < branches; k++)
            {
                int at = row / places * branches + k;
                Multiply.Forward(dy.Row(row), saved.Weights.Row(at), dx[k].Row(row));
                Multiply.Forward(dy.Row(row), saved.X[k].Row(row), product.Span);
                Multiply.AddScaled(product.Span, 1, dWeights.Row(at));
            }
        }

        Tensor dHidden = Choose.Backward(SoftmaxBackward(saved.Weights, dWeights), saved.Choose);
        Gelu.Backward(saved.Hidden.Span, dHidden.Span, dHidden.Span);
        Tensor dPooled = Squeeze.Backward(dHidden, saved.Squeeze);
        for (int row = 0; row < dy.Rows; row++)
        {
            for (int k = 0; k < branches; k++)
            {
                Multiply.AddScaled(dPooled.Row(row / places), Share(places), dx[k].Row(row));
            }
        }

        return dx;
    }

    private float Share(int places) => pooling == SplitPooling.Sum ? 1 : 1f / places;

    /// <summary>(B, K·C) → (B, K, C), each channel's K numbers summing to 1.</summary>
    private Tensor SoftmaxOverBranches(Tensor logits)
    {
        Tensor weights = new(logits.Shape[0], branches, channels);
        Span<float> column = stackalloc float[branches];
        for (int b = 0; b < logits.Shape[0]; b++)
        {
            for (int c = 0; c < channels; c++)
            {
                for (int k = 0; k < branches; k++)
                {
                    column[k] = logits[b, k * channels + c];
                }

                Softmax.Forward(column, column, 1, branches);
                for (int k = 0; k < branches; k++)
                {
                    weights[b, k, c] = column[k];
                }
            }
        }

        return weights;
    }

    /// <summary>∂logit_k = w_k·(∂w_k − Σ_j w_j·∂w_j) for every channel, as (B, K·C).</summary>
    private Tensor SoftmaxBackward(Tensor weights, Tensor dWeights)
    {
        Tensor dLogits = new(weights.Shape[0], branches * channels);
        for (int b = 0; b < weights.Shape[0]; b++)
        {
            for (int c = 0; c < channels; c++)
            {
                float mean = 0;
                for (int k = 0; k < branches; k++)
                {
                    mean += weights[b, k, c] * dWeights[b, k, c];
                }

                for (int k = 0; k < branches; k++)
                {
                    dLogits[b, k * channels + c] = weights[b, k, c] * (dWeights[b, k, c] - mean);
                }
            }
        }

        return dLogits;
    }

    /// <summary>What the backward needs.</summary>
    /// <param name="X">The branches.</param>
    /// <param name="Squeeze">Of the first map.</param>
    /// <param name="Hidden">Before GELU, (B, C).</param>
    /// <param name="Choose">Of the second map.</param>
    /// <param name="Weights">(B, K, C): which share of channel c comes from branch k.</param>
    public readonly record struct Saved(IReadOnlyList<Tensor> X, Linear.Saved Squeeze, Tensor Hidden, Linear.Saved Choose, Tensor Weights);
}

/// <summary>How <see cref="SplitAttention"/> makes one row of an image.</summary>
public enum SplitPooling
{
    /// <summary>Sum of the branches, mean over the places: the weights do not depend on the size of the image.</summary>
    Mean,

    /// <summary>Sum over branches and places, as in the paper's formula and in code after it.</summary>
    Sum,
}
