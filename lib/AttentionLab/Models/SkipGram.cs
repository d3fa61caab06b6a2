using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <summary>
/// Word vectors from neighbours: for a word c, a neighbour o and K random words n_k,
/// L = −log σ(u_o·v_c) − Σ_k log σ(−u_{n_k}·v_c) (Mikolov et al. 2013, "Distributed representations", eq. 4).
/// </summary>
/// <remarks>
/// With g_w = σ(u_w·v_c) − [w = o]: ∂v_c = Σ_w g_w·u_w, ∂u_w = g_w·v_c, over o and all n_k. This is the model to read, to differentiate and to train with any
/// optimiser; <see cref="AttentionLab.Words.SkipGramTraining"/> takes the same steps over a whole text, and tests hold it to this one.
/// </remarks>
/// <param name="vocabulary">V.</param>
/// <param name="channels">C, length of a vector.</param>
/// <param name="random">Source of the initial vectors; it moves on.</param>
public sealed class SkipGram(int vocabulary, int channels, CounterRandom random)
{
    private readonly float[] _step = new float[channels];

    /// <summary>v: what is kept (V,C); starts uniform in ±½/C as in word2vec.</summary>
    public Parameter Words { get; } = new("words", Uniform(random, vocabulary, channels));

    /// <summary>u: the words as neighbours (V,C); starts at 0 as in word2vec.</summary>
    public Parameter Neighbours { get; } = new("neighbours", new Tensor(vocabulary, channels));

    /// <summary>v and u.</summary>
    public IReadOnlyList<Parameter> Parameters => [Words, Neighbours];

    /// <summary>Mean loss over n pairs.</summary>
    /// <param name="centres">n words.</param>
    /// <param name="neighbours">Their n neighbours.</param>
    /// <param name="negatives">(n,K) random words.</param>
    /// <returns>The mean, and what <see cref="Backward"/> needs.</returns>
    /// <exception cref="ArgumentException">The numbers of pairs differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number names no word.</exception>
    public (float Loss, Saved Saved) Forward(ReadOnlySpan<int> centres, ReadOnlySpan<int> neighbours, int[,] negatives)
    {
        ArgumentNullException.ThrowIfNull(negatives);
        if (neighbours.Length != centres.Length || negatives.GetLength(0) != centres.Length)
        {
            throw new ArgumentException(
                $"there are {centres.Length} centres, {neighbours.Length} neighbours and {negatives.GetLength(0)} rows of negatives: pass as many of each.",
                nameof(neighbours));
        }

        int samples = 1 + negatives.GetLength(1);
        Saved saved = new(centres.ToArray(), new int[centres.Length, samples], new float[centres.Length, samples]);
        double total = 0;
        for (int i = 0; i < centres.Length; i++)
        {
            ReadOnlySpan<float> v = Words.Value.Row(Known(centres[i]));
            for (int k = 0; k < samples; k++)
            {
                int word = Known(k == 0 ? neighbours[i] : negatives[i, k - 1]);
                float score = Dot.Forward(v, Neighbours.Value.Row(word));
                saved.Samples[i, k] = word;
                saved.Slopes[i, k] = Sigmoid(score) - (k == 0 ? 1 : 0);
                total += Softplus(k == 0 ? -score : score);
            }
        }

        return ((float)(total / Math.Max(1, centres.Length)), saved);
    }

    /// <summary>Adds to the gradients of both tables.</summary>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <param name="scale">Gradient of what the loss goes into.</param>
    public void Backward(Saved saved, float scale = 1)
    {
        ArgumentNullException.ThrowIfNull(saved.Centres);
        for (int i = 0; i < saved.Centres.Length; i++)
        {
            int centre = saved.Centres[i];
            for (int k = 0; k < saved.Samples.GetLength(1); k++)
            {
                float g = saved.Slopes[i, k] * scale / saved.Centres.Length;
                Multiply.AddScaled(Neighbours.Value.Row(saved.Samples[i, k]), g, Words.Gradient.Row(centre));
                Multiply.AddScaled(Words.Value.Row(centre), g, Neighbours.Gradient.Row(saved.Samples[i, k]));
            }
        }
    }

    /// <summary>One pair and one step of gradient descent in place, as word2vec trains: no gradient tables, O(K·C).</summary>
    /// <param name="centre">The word.</param>
    /// <param name="neighbour">Its neighbour.</param>
    /// <param name="negatives">K random words; one that equals the neighbour is passed over.</param>
    /// <param name="rate">η.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number names no word.</exception>
    public float Train(int centre, int neighbour, ReadOnlySpan<int> negatives, float rate)
    {
        Span<float> v = Words.Value.Row(Known(centre)), step = _step;
        step.Clear();
        float loss = 0;
        for (int k = -1; k < negatives.Length; k++)
        {
            int word = Known(k < 0 ? neighbour : negatives[k]);
            if (k >= 0 && word == neighbour)
            {
                continue;
            }

            Span<float> u = Neighbours.Value.Row(word);
            float score = Dot.Forward(v, u), g = rate * ((k < 0 ? 1 : 0) - Sigmoid(score));
            loss += Softplus(k < 0 ? -score : score);
            Multiply.AddScaled(u, g, step);
            Multiply.AddScaled(v, g, u);
        }

        Multiply.AddScaled(step, 1, v);
        return loss;
    }

    private int Known(int word) => (uint)word < (uint)vocabulary
        ? word
        : throw new ArgumentOutOfRangeException(
            nameof(word), $"word {word} is not in the vocabulary of 0 to {vocabulary - 1}: use the vocabulary the model was made for.");

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    /// <summary>log(1 + eˣ), without overflow.</summary>
    private static float Softplus(float x) => Math.Max(x, 0) + MathF.Log(1 + MathF.Exp(-Math.Abs(x)));

    private static Tensor Uniform(CounterRandom random, int vocabulary, int channels)
    {
        ArgumentNullException.ThrowIfNull(random);
        Tensor table = new(
            ShapeCheck.Positive(vocabulary, nameof(SkipGram), nameof(vocabulary)), ShapeCheck.Positive(channels, nameof(SkipGram), nameof(channels)));
        random.FillUniform(table.Span, -0.5f / channels, 0.5f / channels);
        return table;
    }

    /// <summary>What the backward needs.</summary>
    /// <param name="Centres">n words.</param>
    /// <param name="Samples">(n, 1+K): the neighbour, then the random words.</param>
    /// <param name="Slopes">∂L/∂score of each sample.</param>
    public readonly record struct Saved(int[] Centres, int[,] Samples, float[,] Slopes);
}
