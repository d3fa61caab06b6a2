using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>One query over a cache of keys and values, 8 heads of 64: a step of a decoder. Reading the cache is the limit.</summary>
internal static class DecodeContests
{
    private const int Heads = 8, Dim = 64;

    private static readonly float Scale = 1 / MathF.Sqrt(Dim);

    /// <summary>A short and a long cache, and a few queries at once.</summary>
    public static IEnumerable<Entry> All(RivalSet rivals, int threads)
    {
        foreach (int keys in new[] { 2048, 16384 })
        {
            string name = $"decode: 1 query over {keys} keys in a cache";
            yield return new("decode", name, () => Make(name, rivals, threads, keys));
        }

        const int few = 4, cached = 2048;
        string several = $"decode: {few} queries over {cached} keys in a cache";
        yield return new("decode", several, () => MakeSeveral(several, rivals, threads, few, cached));
    }

    private static Contest MakeSeveral(string name, RivalSet rivals, int threads, int queries, int keys)
    {
        float[] q = Inputs.Gaussian(Heads * queries * Dim, 1), k = Inputs.Gaussian(Heads * keys * Dim, 2), v = Inputs.Gaussian(Heads * keys * Dim, 3);
        float[] weights = Inputs.Zeros(Heads * queries * keys);
        Lineup lineup = new(rivals, threads, Heads * queries * Dim);
        lineup.Ours(output => Attend.Forward(Input(q, k, v, keys, queries), output, weights));
        lineup.Add("ours, by strips of queries", output => FlashAttend.Forward(Input(q, k, v, keys, queries), output, []));
        lineup.Reading(k, v);
        return lineup.Finish(
            name, 4.0 * Heads * queries * keys * Dim, [],
            output => Check(name, Input(Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), keys, queries), output),
            "100 % of the limit is reading keys and values once.");
    }

    private static Contest Make(string name, RivalSet rivals, int threads, int keys)
    {
        float[] q = Inputs.Gaussian(Heads * Dim, 1), k = Inputs.Gaussian(Heads * keys * Dim, 2), v = Inputs.Gaussian(Heads * keys * Dim, 3);
        float[] weights = Inputs.Zeros(Heads * keys);
        Lineup lineup = new(rivals, threads, Heads * Dim);
        lineup.Ours(output => Attend.Forward(Input(q, k, v, keys), output, weights));
        lineup.Reading(k, v);
        int past = keys - 1;
        OnnxModel Model() => new OnnxModel()
            .Input("q", 1, 1, Heads * Dim).Input("k", 1, 1, Heads * Dim).Input("v", 1, 1, Heads * Dim)
            .Input("pastK", 1, Heads, past, Dim).Input("pastV", 1, Heads, past, Dim)
            .Constant("last", (ReadOnlySpan<int>)[past], 1).Constant("total", (ReadOnlySpan<int>)[keys])
            .Output("o", 1, 1, Heads * Dim)
            .Own(
                "GroupQueryAttention", ["q", "k", "v", "pastK", "pastV", "last", "total"], ["o", "presentK", "presentV"], ("num_heads", Heads),
                ("kv_num_heads", Heads), ("scale", Scale));
        long[] row = [1, 1, Heads * Dim], cache = [1, Heads, past, Dim];
        lineup.Ort(
            "GroupQueryAttention", Model,
            [
                ("q", q, row), ("k", Rows(k, keys, past, 1), row), ("v", Rows(v, keys, past, 1), row), ("pastK", Rows(k, keys, 0, past), cache),
                ("pastV", Rows(v, keys, 0, past), cache)
            ],
            row);
        return lineup.Finish(
            name, 4.0 * Heads * keys * Dim, threads == 1 ? [Bar.AtLeast(3, "ORT"), Bar.PercentOfLimit(80)] : [],
            output => Check(name, Input(Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), keys), output),
            "100 % of the limit is reading keys and values once. ONNX Runtime appends to its cache by a copy of it, into a tensor of its own.");
    }

    private static AttendInput<T> Input<T>(T[] q, T[] k, T[] v, int keys, int queries = 1)
        where T : System.Numerics.IFloatingPointIeee754<T> => new()
        {
            Q = new(q, HeadLayout.Split(Heads, queries, Dim)),
            K = new(k, HeadLayout.Split(Heads, keys, Dim)),
            V = new(v, HeadLayout.Split(Heads, keys, Dim)),
            Sizes = new(1, Heads, queries, keys, Dim, Dim),
            Scale = T.CreateChecked(Scale),
            Mask = new() { Causal = true },
        };

    /// <summary>Some rows of every head.</summary>
    private static float[] Rows(float[] all, int keys, int first, int count)
    {
        float[] some = Inputs.Zeros(Heads * count * Dim);
        for (int h = 0; h < Heads; h++)
        {
            all.AsSpan((h * keys + first) * Dim, count * Dim).CopyTo(some.AsSpan(h * count * Dim));
        }

        return some;
    }

    private static void Check(string name, AttendInput<double> input, float[] output)
    {
        double[] expected = new double[output.Length];
        Attend.Reference(input, expected, new double[Heads * input.Sizes.Queries * input.Sizes.Keys]);
        for (int i = 0; i < output.Length; i++)
        {
            if (!(Math.Abs(output[i] - expected[i]) <= 1e-5))
            {
                throw new WrongResultException($"{name}: ours is {output[i]} at {i}, the reference {expected[i]}: no time is shown for a wrong result.");
            }
        }
    }
}
