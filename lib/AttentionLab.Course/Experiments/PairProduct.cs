using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// Can a model relate two different features of two tokens? The target is y = x_0·x′_1: feature 0 of the first token times feature 1
/// of the second. All features are drawn from N(0, 1). The experiment of chapter 05.
/// </summary>
public static class PairProduct
{
    /// <summary>Features of a token.</summary>
    public const int Width = 4;

    /// <summary>Pairs in one step of the training, and pairs that are never trained on.</summary>
    public const int Batch = 64, HeldOut = 4000;

    /// <summary>Fresh pairs.</summary>
    /// <param name="random">Source of the features; it moves on.</param>
    /// <param name="pairs">B.</param>
    /// <returns>Both tokens (B, 4) and their targets (B).</returns>
    public static (Tensor First, Tensor Second, Tensor Target) Draw(CounterRandom random, int pairs)
    {
        Tensor first = Tensor.Gaussian(random, 1, pairs, Width), second = Tensor.Gaussian(random, 1, pairs, Width), target = new(pairs);
        for (int i = 0; i < pairs; i++)
        {
            target[i] = first[i, 0] * second[i, 1];
        }

        return (first, second, target);
    }

    /// <summary>Trains a model by Adam on fresh pairs in every step, mean squared error, then measures it on held-out pairs.</summary>
    /// <param name="model">Trained in place.</param>
    /// <param name="seed">Decides the pairs.</param>
    /// <param name="steps">Steps of <see cref="Batch"/> pairs; the learning rate falls to 0 along a cosine.</param>
    /// <param name="learningRate">Of Adam, at the start.</param>
    /// <param name="prepare">What is done to the features before the model sees them, the same to every token; null for nothing.</param>
    /// <returns>R² on <see cref="HeldOut"/> pairs, see <see cref="Explained"/>.</returns>
    public static double Train(PairModel model, ulong seed, int steps = 600, double learningRate = 0.02, Func<Tensor, Tensor>? prepare = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        prepare ??= features => features;
        CounterRandom random = new(seed, stream: 5);
        Adam adam = new(model.Parameters, learningRate);
        Workspace workspace = new();
        for (int step = 0; step < steps && model.Parameters.Count > 0; step++)
        {
            (Tensor first, Tensor second, Tensor target) = Draw(random, Batch);
            using Workspace.Scope scope = workspace.Use();
            (Tensor y, Action<Tensor> backward) = model.Forward(prepare(first), prepare(second));
            Gradients.Clear(model.Parameters);
            backward(SquaredErrorLoss.Backward(SquaredErrorLoss.Forward(y, target).Saved));
            adam.LearningRate = learningRate * 0.5 * (1 + Math.Cos(Math.PI * step / steps));
            adam.Step();
        }

        (Tensor one, Tensor other, Tensor wanted) = Draw(new CounterRandom(seed, stream: 6), HeldOut);
        return Explained(model.Forward(prepare(one), prepare(other)).Y, wanted);
    }

    /// <summary>
    /// R² of the best straight line from the prediction to the target: cov(p, y)² / (var(p)·var(y)), the share of the target's variance that
    /// it explains. 1 for a prediction that is right up to slope and offset, 0 for one that knows nothing (or is constant).
    /// </summary>
    /// <param name="prediction">p (N).</param>
    /// <param name="target">y (N).</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Explained(Tensor prediction, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        if (prediction.Length != target.Length)
        {
            throw new ArgumentException(
                $"there are {prediction.Length} predictions but {target.Length} targets: pass one prediction for each target.", nameof(prediction));
        }

        double p = prediction.Values.Average(v => (double)v), y = target.Values.Average(v => (double)v), pp = 0, py = 0, yy = 0;
        for (int i = 0; i < target.Length; i++)
        {
            (double dp, double dy) = (prediction.Values[i] - p, target.Values[i] - y);
            (pp, py, yy) = (pp + dp * dp, py + dp * dy, yy + dy * dy);
        }

        return pp == 0 || yy == 0 ? 0 : py * py / (pp * yy);
    }
}
