using AttentionLab.Course.Data;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// A word looks at an image: is the digit of that name on the left or on the right? Patches of 4×4 pixels go through one encoder layer, in which
/// a mask lets each patch see its own half only; then the word's vector, of another width, looks at the patches by cross-attention
/// (Vaswani et al. 2017, §3.2.3), and a linear map reads the side from what came back. Nobody tells it where to look. The experiment of chapter 08.
/// </summary>
public sealed class WordInImage
{
    /// <summary>Side of a patch, patches in a column and in a row.</summary>
    public const int Patch = 4, Down = Digits.Side / Patch, Across = 2 * Digits.Side / Patch;

    private const int WordWidth = 16, PatchWidth = 48, CrossHeads = 1;

    private readonly PatchEmbedding _patches;
    private readonly LearnedPositions _positions;
    private readonly EncoderLayer _layer;
    private readonly Embedding _words;
    private readonly MultiHeadAttention _cross;
    private readonly Linear _side;
    private readonly AttentionMask _halves;

    /// <summary>An untrained model.</summary>
    /// <param name="random">Source of the initial weights; it moves on.</param>
    public WordInImage(CounterRandom random)
    {
        _patches = new(Patch, 1, PatchWidth, random);
        _positions = new(Down * Across, PatchWidth, random, deviation: 0.5);
        _layer = new(new(PatchWidth, 4) { Hidden = 96, Activation = Activation.Gelu }, random);
        _words = new(10, WordWidth, random, deviation: 1);
        _cross = new(WordWidth, CrossHeads, random, new() { MemoryChannels = PatchWidth, Bias = false }, name: "cross");
        _side = new(WordWidth, 2, random, name: "side");
        bool[,] same = new bool[Down * Across, Down * Across];
        for (int i = 0; i < same.Length; i++)
        {
            (int query, int key) = (i / (Down * Across), i % (Down * Across));
            same[query, key] = IsRight(query) == IsRight(key);
        }

        _halves = AttentionMask.Pairs(same);
    }

    /// <summary>Of all parts.</summary>
    public IReadOnlyList<Parameter> Parameters =>
    [
        .. _patches.Parameters, .. _positions.Parameters, .. _layer.Parameters, .. _words.Parameters, .. _cross.Parameters, .. _side.Parameters,
    ];

    /// <summary>Whether a patch lies on the right half; patches count from the top left, row by row.</summary>
    /// <param name="patch">0 to 7.</param>
    public static bool IsRight(int patch) => patch % Across >= Across / 2;

    /// <summary>Trains a new model.</summary>
    /// <param name="digits">To learn from.</param>
    /// <param name="seed">Decides weights and batches.</param>
    /// <param name="steps">Steps of Adam, 32 pairs each.</param>
    public static WordInImage Train(Digits digits, ulong seed, int steps = 800)
    {
        CounterRandom random = new(seed);
        WordInImage model = new(random);
        Adam adam = new(model.Parameters);
        Workspace workspace = new();
        for (int step = 0; step < steps; step++)
        {
            adam.LearningRate = Schedules.Cosine(3e-3, steps / 10, steps)(step);
            DigitPairs pairs = DigitPairs.Draw(digits, 32, random);
            using Workspace.Scope scope = workspace.Use();
            Gradients.Clear(model.Parameters);
            model.Learn(pairs);
            adam.Step();
        }

        return model;
    }

    /// <summary>Scores of both sides, and where each word looked.</summary>
    /// <param name="pairs">What is asked.</param>
    /// <param name="look">As it learned, equal weights for all patches, or not at all.</param>
    /// <returns>Logits (B, 2) and cross-attention weights (B, 1, 1, 8).</returns>
    public (Tensor Logits, Tensor Weights) Forward(DigitPairs pairs, CrossLook look = CrossLook.Learned)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        Tensor memory = See(pairs.Images).Memory, word = _words.Forward(pairs.Words).Y;
        (Tensor found, MultiHeadAttention.Saved cross) = _cross.ForwardCross(look == CrossLook.Uniform ? new Tensor(word.Shape) : word, memory);
        Tensor read = look == CrossLook.Off ? new Tensor(found.Shape) : found;
        return (_side.Forward(Pooling.First(read)).Y, cross.Weights());
    }

    /// <summary>Share of right sides, and the mean weight on the half where the digit stands.</summary>
    /// <param name="pairs">What is asked.</param>
    /// <param name="look">As in <see cref="Forward"/>.</param>
    public (double Right, double OnTheDigit) Judge(DigitPairs pairs, CrossLook look = CrossLook.Learned)
    {
        (Tensor logits, Tensor weights) = Forward(pairs, look);
        double on = 0;
        for (int b = 0; b < pairs.Sides.Length; b++)
        {
            for (int patch = 0; patch < Down * Across; patch++)
            {
                on += IsRight(patch) == (pairs.Sides[b] == 1) ? weights[b, 0, 0, patch] : 0;
            }
        }

        return (CrossEntropyLoss.Accuracy(logits, pairs.Sides), on / pairs.Sides.Length);
    }

    private (Tensor Memory, PatchEmbedding.Saved Patches, LearnedPositions.Saved Positions, EncoderLayer.Saved Layer, Tensor Grid) See(Tensor images)
    {
        (Tensor grid, PatchEmbedding.Saved patches) = _patches.Forward(images);
        (Tensor x, LearnedPositions.Saved positions) = _positions.Forward(grid.Reshape(grid.Shape[0], Down * Across, PatchWidth));
        (Tensor memory, EncoderLayer.Saved layer) = _layer.Forward(x, _halves);
        return (memory, patches, positions, layer, grid);
    }

    private void Learn(DigitPairs pairs)
    {
        (Tensor memory, PatchEmbedding.Saved patches, LearnedPositions.Saved positions, EncoderLayer.Saved layer, Tensor grid) = See(pairs.Images);
        (Tensor word, Embedding.Saved words) = _words.Forward(pairs.Words);
        (Tensor found, MultiHeadAttention.Saved cross) = _cross.ForwardCross(word, memory);
        (Tensor logits, Linear.Saved side) = _side.Forward(Pooling.First(found));
        (_, CrossEntropyLoss.Saved loss) = CrossEntropyLoss.Forward(logits, pairs.Sides);

        Tensor dFound = Pooling.FirstBackward(_side.Backward(CrossEntropyLoss.Backward(loss), side), tokens: 1);
        (Tensor dWord, Tensor dMemory) = _cross.BackwardCross(dFound, cross);
        _words.Backward(dWord, words);
        Tensor dx = _positions.Backward(_layer.Backward(dMemory, layer), positions);
        _patches.Backward(dx.Reshape(grid.Shape), patches);
    }
}
