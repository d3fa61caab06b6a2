using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Words;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>
/// Texts to vectors with MiniLM, by <see cref="Bert.Embed(IReadOnlyList{string}, Span{float}, TextOptions?, CancellationToken)"/>: tokens, encoder,
/// pooling. The rivals are given ids and stop at the vectors of the pieces; their pooling is not timed.
/// </summary>
internal static class TextContests
{
    /// <summary>Largest number of a unit vector's difference that rounding explains: sums in another order, some units of 1.2e-7.</summary>
    private const double Rounding = 2e-6;

    /// <summary>All contests.</summary>
    /// <param name="folder">The model, with <c>onnx/model.onnx</c>.</param>
    /// <param name="rivals">Who was found.</param>
    /// <param name="threads">Threads of everybody.</param>
    public static IEnumerable<Entry> All(string folder, RivalSet rivals, int threads)
    {
        yield return Entry("many", "256 mixed texts", 1.3, tokenizer => Mixed(tokenizer, 256));
        yield return Entry("many", "32 texts of 64 pieces", 1.25, tokenizer => [.. Enumerable.Range(0, 32).Select(seed => Text(tokenizer, 64, (ulong)seed))]);
        foreach (int pieces in new[] { 8, 32, 128, 256, 512 })
        {
            yield return Entry("single", $"one text of {pieces} pieces", 1.1, tokenizer => [Text(tokenizer, pieces, 1)]);
        }

        Entry Entry(string group, string name, double bar, Func<WordPieceTokenizer, string[]> texts) =>
            new(group, name, () => Make(name, folder, rivals, threads, texts, bar));
    }

    /// <summary>Texts whose lengths are spread evenly over the orders of magnitude from 4 to 256 pieces, in no order.</summary>
    public static string[] Mixed(WordPieceTokenizer tokenizer, int count)
    {
        CounterRandom random = new(1);
        return [.. Enumerable.Range(0, count).Select(i => Text(tokenizer, (int)(4 * Math.Pow(64, random.NextDouble())), (ulong)i))];
    }

    /// <summary>A text of so many pieces, [CLS] and [SEP] included: whole words of the vocabulary, drawn at random.</summary>
    public static string Text(WordPieceTokenizer tokenizer, int pieces, ulong seed)
    {
        string[] words = [.. tokenizer.Pieces.Words.Where(piece => piece.Length > 2 && piece.All(char.IsAsciiLetterLower))];
        CounterRandom random = new(seed);
        return string.Join(' ', Enumerable.Range(0, pieces - 2).Select(_ => words[random.NextInt(words.Length)]));
    }

    private static Contest Make(string name, string folder, RivalSet rivals, int threads, Func<WordPieceTokenizer, string[]> make, double bar)
    {
        using Capacity whole = new(folder);
        Bert bert = Bert.Load(whole.Folder), weights = Bert.Load(whole.Folder);
        string[] texts = make(bert.Tokenizer);
        EncodedText[] encoded = [.. texts.Select(text => bert.Tokenizer.Encode(text))];
        int channels = bert.Config.Channels;
        Lineup lineup = new(rivals, threads, texts.Length * channels);
        lineup.Ours(y => bert.Embed(texts, y));
        if (rivals.Ort is { } ort)
        {
            bool masked = encoded.Any(text => text.Length != encoded[0].Length);
            Add("graph as published", OnnxBert.Shipped(ort, folder, channels, threads).For(encoded));
            Add("fused operators", OnnxBert.Fused(ort, weights, threads, masked).For(encoded));

            void Add(string label, OnnxBert rival) => lineup.Ort($"{ort.Name} {label}", rival.Run, rival.Pool, rival.Release);
        }

        double flops = encoded.Sum(text => Flops(bert.Config, text.Length));
        Bar[] bars = [Bar.AtLeast(bar, "ORT")];
        return lineup.Finish(name, flops, bars, y => Check(name, weights, texts, y)) with { Agreement = Rounding / 0.1 };
    }

    private static double Flops(BertConfig config, double tokens) =>
        config.Layers * (2 * tokens * config.Channels * (4.0 * config.Channels + 2.0 * config.Hidden) + 4 * tokens * tokens * config.Channels);

    /// <summary>The first texts against the training path.</summary>
    private static void Check(string name, Bert bert, string[] texts, float[] y)
    {
        for (int i = 0; i < Math.Min(4, texts.Length); i++)
        {
            EncodedBatch batch = bert.Tokenizer.Encode([texts[i]]);
            float[] right = bert.Pool(bert.Forward(batch).Y, batch.Visible).Values;
            for (int c = 0; c < right.Length; c++)
            {
                if (!(Math.Abs(right[c] - y[i * right.Length + c]) <= Rounding))
                {
                    throw new WrongResultException(
                        $"{name}: ours is {y[i * right.Length + c]} at ({i}, {c}), the training path {right[c]}: no time is shown for a wrong result.");
                }
            }
        }
    }

    /// <summary>The model without sentence_bert_config.json, which cuts texts to 256 pieces: links to the files in a folder of its own.</summary>
    private sealed class Capacity : IDisposable
    {
        public Capacity(string folder)
        {
            foreach (string file in new[] { "config.json", "vocab.txt", "tokenizer_config.json", "model.safetensors" })
            {
                File.CreateSymbolicLink(Path.Combine(Folder, file), Path.GetFullPath(Path.Combine(folder, file)));
            }

            foreach (string file in new[] { "modules.json", Path.Combine("1_Pooling", "config.json") })
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, file))!);
                File.Copy(Path.Combine(folder, file), Path.Combine(Folder, file));
            }
        }

        public string Folder { get; } = Directory.CreateTempSubdirectory("attentionlab-").FullName;

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
