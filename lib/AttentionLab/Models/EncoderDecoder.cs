using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <summary>
/// The whole Transformer: an encoder reads the source, a decoder writes the target one token after the other and looks
/// at the source by cross-attention; the scores of words share the target's table (Vaswani et al. 2017, §3).
/// </summary>
/// <param name="options">Sizes and choices of both sides; Alibi and token types are for <see cref="Encoder"/> only.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="targetVocabulary">V of the target; null for that of the source, and then both sides share one table.</param>
public sealed class EncoderDecoder(EncoderOptions options, CounterRandom random, int? targetVocabulary = null)
{
    private readonly (TokenEmbedding Source, TokenEmbedding Target) _embeddings = Embeddings(options, random, targetVocabulary);

    /// <summary>Words and positions of the source.</summary>
    public TokenEmbedding Source => _embeddings.Source;

    /// <summary>Words and positions of the target.</summary>
    public TokenEmbedding Target => _embeddings.Target;

    /// <summary>Layers of the encoder.</summary>
    public EncoderLayers Encoder { get; } = new(options.Layers, options.Layer, random);

    /// <summary>Layers of the decoder.</summary>
    public DecoderLayers Decoder { get; } = new(options.Layers, options.Layer, random);

    /// <summary>From the decoder's output to scores of target words.</summary>
    public WordScores Scores => field ??= new(Target.Words);

    /// <summary>Of all parts; a shared table once.</summary>
    public IReadOnlyList<Parameter> Parameters =>
        [.. Source.Parameters.Concat(Target.Parameters).Concat(Encoder.Parameters).Concat(Decoder.Parameters).Concat(Scores.Parameters).Distinct()];

    /// <summary>Teacher forcing: the scores of every next target token, given the true ones before it.</summary>
    /// <param name="source">(B,T_s) numbers of source tokens.</param>
    /// <param name="target">(B,T_t), starting with the start token; row t is scored for what follows token t.</param>
    /// <param name="visible">(B,T_s): false hides padding of the source; null for tokens everywhere.</param>
    /// <param name="random">Source of dropout; null for none (inference).</param>
    /// <returns>logits (B,T_t,V); <c>Saved.Decoder.CrossWeights()</c> is the alignment.</returns>
    /// <exception cref="ArgumentException">A number names no word, a sequence is too long, the batches differ, or visible does not fit.</exception>
    public (Tensor Logits, Saved Saved) Forward(int[,] source, int[,] target, bool[,]? visible = null, CounterRandom? random = null)
    {
        ShapeCheck.Visible(visible, source, nameof(source));
        AttentionMask? mask = visible is null ? null : AttentionMask.Keys(visible);
        (Tensor x, TokenEmbedding.Saved savedSource) = Source.Forward(source, null, random);
        (Tensor memory, EncoderLayers.Saved encoder) = Encoder.Forward(x, mask, random);
        (Tensor z, TokenEmbedding.Saved savedTarget) = Target.Forward(target, null, random);
        (Tensor y, DecoderLayers.Saved decoder) = Decoder.Forward(z, memory, mask, random);
        (Tensor logits, WordScores.Saved scores) = Scores.Forward(y);
        return (logits, new Saved(savedSource, encoder, savedTarget, decoder, scores));
    }

    /// <summary>Adds to the gradients of all parameters.</summary>
    /// <param name="dLogits">(B,T_t,V).</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <exception cref="ArgumentException">dLogits has not the shape of the scores.</exception>
    public void Backward(Tensor dLogits, Saved saved)
    {
        (Tensor dz, Tensor dMemory) = Decoder.Backward(Scores.Backward(dLogits, saved.Scores), saved.Decoder);
        Target.Backward(dz, saved.Target);
        Source.Backward(Encoder.Backward(dMemory, saved.Encoder), saved.Source);
    }

    /// <summary>Writes the likeliest next token again and again, with caches: each step computes its own token only.</summary>
    /// <param name="source">(B,T_s) numbers of source tokens.</param>
    /// <param name="start">The token that opens every target.</param>
    /// <param name="end">The token that closes it; −1 for none.</param>
    /// <param name="longest">Most tokens to write, from 0 to the capacity.</param>
    /// <param name="visible">(B,T_s): false hides padding of the source.</param>
    /// <returns>For each sequence its tokens, without start and end.</returns>
    /// <exception cref="ArgumentException">A number names no word, a sequence is or would be too long, or visible does not fit.</exception>
    /// <exception cref="InvalidOperationException">A score is NaN.</exception>
    public int[][] Greedy(int[,] source, int start, int end, int longest, bool[,]? visible = null)
    {
        ShapeCheck.Visible(visible, source, nameof(source));
        if (longest < 0 || longest > options.Capacity)
        {
            throw new ArgumentOutOfRangeException(
                nameof(longest),
                $"longest is {longest} but the model was built for 0 to {options.Capacity} tokens: pass one of these, or build it with a larger Capacity.");
        }

        int batch = source.GetLength(0);
        AttentionMask? mask = visible is null ? null : AttentionMask.Keys(visible);
        Tensor memory = Encoder.Forward(Source.Forward(source).Y, mask).Y;
        IReadOnlyList<(KeyValueCache, KeyValueCache)> caches = Decoder.Caches(memory, Math.Max(1, longest));
        List<int>[] written = [.. Enumerable.Range(0, batch).Select(_ => new List<int>())];
        bool[] done = new bool[batch];
        int[,] last = new int[batch, 1];
        for (int b = 0; b < batch; b++)
        {
            last[b, 0] = start;
        }

        for (int t = 0; t < longest && !Array.TrueForAll(done, d => d); t++)
        {
            Tensor logits = Scores.Forward(Decoder.Step(Target.Forward(last, start: t).Y, caches, mask)).Logits;
            for (int b = 0; b < batch; b++)
            {
                int next = Largest(logits.Row(b));
                done[b] |= next == end;
                last[b, 0] = next;
                if (!done[b])
                {
                    written[b].Add(next);
                }
            }
        }

        return [.. written.Select(w => w.ToArray())];
    }

    private static int Largest(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int j = 0; j < scores.Length; j++)
        {
            if (float.IsNaN(scores[j]))
            {
                throw new InvalidOperationException(
                    $"the score of token {j} is NaN, so that no token is the likeliest: find where the model's parameters ceased to be finite.");
            }

            best = scores[j] > scores[best] ? j : best;
        }

        return best;
    }

    private static (TokenEmbedding, TokenEmbedding) Embeddings(EncoderOptions options, CounterRandom random, int? targetVocabulary)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Positions == PositionKind.Alibi || options.TokenTypes > 0)
        {
            throw new ArgumentException(
                $"options ask for {(options.TokenTypes > 0 ? "token types" : "Alibi")}, which EncoderDecoder has not: choose Sinusoidal, Learned or Rotary "
                + "positions and no token types.",
                nameof(options));
        }

        TokenEmbedding source = new(options, random, name: "source");
        return (source, targetVocabulary is int v
            ? new TokenEmbedding(options with { Vocabulary = v }, random, name: "target")
            : new TokenEmbedding(options, random, source.Words, "target"));
    }

    /// <summary>What the backward needs, and what a chart shows.</summary>
    /// <param name="Source">Of the source's embedding.</param>
    /// <param name="Encoder">Of the encoder.</param>
    /// <param name="Target">Of the target's embedding.</param>
    /// <param name="Decoder">Of the decoder.</param>
    /// <param name="Scores">Of the scores.</param>
    public readonly record struct Saved(
        TokenEmbedding.Saved Source, EncoderLayers.Saved Encoder, TokenEmbedding.Saved Target, DecoderLayers.Saved Decoder, WordScores.Saved Scores);
}
