using AttentionLab.Kernels;
using AttentionLab.Words;

namespace AttentionLab.Benchmarks.Rivals;

/// <summary>MiniLM in ONNX Runtime as a user would run it: texts sorted by length, some at a time, filled up, with a mask where that is needed.</summary>
internal sealed class OnnxBert
{
    /// <summary>Texts of one run: sorted ones of about one length need little padding.</summary>
    private const int TextsAtOnce = 16;

    private readonly OnnxRuntime.OnnxSession _session;
    private readonly List<(Action Run, float[] Output, int[] Texts, int[] Lengths)> _runs = [];
    private readonly int _channels;
    private readonly bool _fused, _masked;

    private OnnxBert(OnnxRuntime.OnnxSession session, int channels, bool fused, bool masked) =>
        (_session, _channels, _fused, _masked) = (session, channels, fused, masked);

    /// <summary>Where the graph lies as it is published.</summary>
    public static string PublishedFile(string folder) => Path.Combine(folder, "onnx", "model.onnx");

    /// <summary>The graph as it is published.</summary>
    public static OnnxBert Shipped(OnnxRuntime ort, string folder, int channels, int threads) =>
        FromFile(ort, PublishedFile(folder), channels, threads, fused: false);

    /// <summary>A model from a file: one of these two, with a mask.</summary>
    public static OnnxBert FromFile(OnnxRuntime ort, string file, int channels, int threads, bool fused) =>
        new(ort.Open(File.ReadAllBytes(file), threads), channels, fused, masked: true);

    /// <summary>Fused operators.</summary>
    /// <param name="ort">The runtime.</param>
    /// <param name="bert">Whose weights it gets.</param>
    /// <param name="threads">Threads it may use.</param>
    /// <param name="masked">Whether texts differ in length: without a mask it is faster.</param>
    public static OnnxBert Fused(OnnxRuntime ort, Models.Bert bert, int threads, bool masked) =>
        new(ort.Open(FusedBert.Build(bert, masked), threads), bert.Config.Channels, fused: true, masked);

    /// <summary>Makes the inputs for these texts.</summary>
    public OnnxBert For(IReadOnlyList<EncodedText> texts)
    {
        int[] order = [.. Enumerable.Range(0, texts.Count).OrderBy(i => texts[i].Length)];
        foreach (int[] some in order.Chunk(TextsAtOnce))
        {
            int tokens = some.Max(i => texts[i].Length);
            int[] ids = new int[some.Length * tokens], mask = new int[ids.Length];
            for (int b = 0; b < some.Length; b++)
            {
                texts[some[b]].Ids.CopyTo(ids, b * tokens);
                mask.AsSpan(b * tokens, texts[some[b]].Length).Fill(1);
            }

            long[] shape = [some.Length, tokens];
            float[] output = Inputs.Zeros(ids.Length * _channels);
            List<(string, Array, long[])> inputs = _fused
                ? [("ids", Pinned(ids), shape), ("types", Pinned(new int[ids.Length]), shape)]
                : [("input_ids", Pinned(Wide(ids)), shape), ("token_type_ids", Pinned(new long[ids.Length]), shape)];
            if (_masked)
            {
                inputs.Add(_fused ? ("mask", Pinned(mask), shape) : ("attention_mask", Pinned(Wide(mask)), shape));
            }

            Action run = _session.Bind([.. inputs], (_fused ? "o" : "last_hidden_state", output, [.. shape, _channels]));
            _runs.Add((run, output, some, [.. some.Select(i => texts[i].Length)]));
        }

        return this;
    }

    /// <summary>All texts, up to the vectors of their pieces.</summary>
    public void Run() => _runs.ForEach(run => run.Run());

    /// <summary>Mean over the pieces, divided by its length.</summary>
    /// <param name="vectors">(texts, C).</param>
    public void Pool(float[] vectors)
    {
        foreach ((_, float[] output, int[] texts, int[] lengths) in _runs)
        {
            int tokens = output.Length / texts.Length / _channels;
            for (int b = 0; b < texts.Length; b++)
            {
                Span<float> vector = vectors.AsSpan(texts[b] * _channels, _channels);
                vector.Clear();
                for (int t = 0; t < lengths[b]; t++)
                {
                    Multiply.AddScaled(output.AsSpan((b * tokens + t) * _channels, _channels), 1f / lengths[b], vector);
                }

                CosineSimilarity.Unit(vector, vector);
            }
        }
    }

    /// <summary>Frees the model.</summary>
    public void Release() => _session.Release();

    private static long[] Wide(int[] values) => Array.ConvertAll(values, value => (long)value);

    private static T[] Pinned<T>(T[] values)
    {
        T[] pinned = GC.AllocateArray<T>(values.Length, pinned: true);
        values.CopyTo(pinned, 0);
        return pinned;
    }
}
