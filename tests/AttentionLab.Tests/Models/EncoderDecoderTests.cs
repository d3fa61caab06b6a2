using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Tests.Layers;

namespace AttentionLab.Tests.Models;

public class EncoderDecoderTests
{
    private static readonly EncoderOptions Small = new()
    {
        Vocabulary = 7,
        Capacity = 8,
        Channels = 6,
        Heads = 2,
        Layers = 1,
        Hidden = 9,
        ScaleEmbedding = true,
    };

    public static TheoryData<string> Cases => Golden.Names("encoder_decoder");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("encoder_decoder", name);
        bool shared = g.Flag("shared");
        EncoderDecoder model = new(Small with { PreNorm = !shared, Layers = (int)g.Number("layers") }, new CounterRandom(1), shared ? null : 7);
        g.Load(model.Parameters);
        (Tensor logits, EncoderDecoder.Saved saved) = model.Forward(g.Matrix("source"), g.Matrix("target"), g.Truths("keys"));
        g.Output("logits", logits);
        model.Backward(g.Input("d:logits"), saved);
        string[] zero = [.. model.Parameters.Select(p => p.Name).Where(n => n.EndsWith("key.bias", StringComparison.Ordinal))];
        g.Finish(model.Parameters.Where(p => !zero.Contains(p.Name)), zero);
    }

    [
        Theory, InlineData(PositionKind.Sinusoidal, false), InlineData(PositionKind.Learned, true), InlineData(PositionKind.Rotary, false),
        InlineData(PositionKind.Rotary, true)
    ]
    public void Step_WithCache_EqualsRecomputation(PositionKind positions, bool preNorm)
    {
        EncoderDecoder model = new(Small with { Channels = 8, Layers = 2, Positions = positions, PreNorm = preNorm }, new CounterRandom(1));
        int[,] source = { { 3, 1, 4, 0 }, { 5, 2, 6, 5 } }, target = { { 0, 3, 1, 6, 2 }, { 0, 5, 5, 1, 4 } };
        bool[,] visible = { { true, true, true, false }, { true, true, true, true } };
        Tensor expected = model.Forward(source, target, visible).Logits;
        AttentionMask mask = AttentionMask.Keys(visible);
        Tensor memory = model.Encoder.Forward(model.Source.Forward(source).Y, mask).Y;
        IReadOnlyList<(KeyValueCache, KeyValueCache)> caches = model.Decoder.Caches(memory, 5);
        foreach ((int start, int count) in new[] { (0, 1), (1, 2), (3, 1), (4, 1) })
        {
            int[,] next = new int[2, count];
            for (int i = 0; i < count; i++)
            {
                (next[0, i], next[1, i]) = (target[0, start + i], target[1, start + i]);
            }

            Tensor logits = model.Scores.Forward(model.Decoder.Step(model.Target.Forward(next, start: start).Y, caches, mask)).Logits;
            for (int b = 0; b < 2; b++)
            {
                for (int i = 0; i < count; i++)
                {
                    Compare.Close(logits.Row(b * count + i), expected.Row(b * 5 + start + i), 5e-6, $"sequence {b}, token {start + i}");
                }
            }
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Backward_AgainstDifferences_Agrees(bool preNorm)
    {
        EncoderOptions options = new()
        {
            Vocabulary = 5,
            Capacity = 4,
            Channels = 4,
            Heads = 2,
            Layers = 1,
            Hidden = 5,
            PreNorm = preNorm,
            Activation = Activation.Gelu,
            ScaleEmbedding = true,
            Dropout = 0.2,
        };
        EncoderDecoder model = new(options, new CounterRandom(1));
        int[,] source = { { 4, 0, 3 } }, target = { { 1, 2 } };
        EncoderDecoder.Saved saved = default;
        LayerProof.Differences(
            [], [.. model.Parameters.Where(p => !p.Name.EndsWith("key.bias", StringComparison.Ordinal))],
            () => { (Tensor y, saved) = model.Forward(source, target, random: new CounterRandom(5)); return y; },
            dy => { model.Backward(dy, saved); return []; });
    }

    [Fact]
    public void Greedy_EveryToken_IsTheLikeliestOfTheWholeForward()
    {
        EncoderDecoder model = new(Small with { Layers = 2 }, new CounterRandom(4));
        int[,] source = { { 3, 1, 4 }, { 6, 2, 5 } };
        int[][] written = model.Greedy(source, start: 0, end: -1, longest: 6);
        Assert.All(written, w => Assert.Equal(6, w.Length));
        for (int b = 0; b < 2; b++)
        {
            int[,] one = { { source[b, 0], source[b, 1], source[b, 2] } }, target = new int[1, 6];
            for (int t = 1; t < 6; t++)
            {
                target[0, t] = written[b][t - 1];
            }

            Tensor logits = model.Forward(one, target).Logits;
            Assert.Equal(written[b], Enumerable.Range(0, 6).Select(t => logits.Row(t).ToArray()).Select(row => Array.IndexOf(row, row.Max())));
        }
    }

    [Fact]
    public void Greedy_EndToken_StopsItsSequenceOnly()
    {
        EncoderDecoder model = new(Small with { Layers = 2 }, new CounterRandom(4));
        int[,] source = { { 3, 1, 4 }, { 6, 2, 5 } };
        int[][] free = model.Greedy(source, 0, -1, 6);
        int end = free[0][2];
        int[][] written = model.Greedy(source, 0, end, 6);
        Assert.Equal(free.Select(w => w.TakeWhile(t => t != end).ToArray()), written);
    }

    [Fact]
    public void Greedy_PaddedSource_WritesWhatTheShorterSourceWrites()
    {
        // A table with large entries, so that what the decoder reads decides what it writes.
        EncoderDecoder model = new(Small with { Layers = 2 }, new CounterRandom(4));
        new CounterRandom(5).FillGaussian(model.Source.Words.Table.Value.Span, 0, 2);
        bool[,] visible = { { true, true, true, false, false } };
        int[] expected = model.Greedy(new[,] { { 3, 1, 4 } }, 0, -1, 8)[0];
        int[,] padded = { { 3, 1, 4, 6, 5 } };
        Assert.Equal(expected, model.Greedy(padded, 0, -1, 8, visible)[0]);
        Assert.NotEqual(expected, model.Greedy(padded, 0, -1, 8)[0]);
    }

    [Fact]
    public void Step_MemoryDoesNotFit_AddsNothing()
    {
        EncoderDecoder model = new(Small, new CounterRandom(4));
        var caches = model.Decoder.Caches(new Tensor(1, 5, Small.Channels), 6);
        Assert.Contains("the mask's Keys", Assert.Throws<ArgumentException>(
            () => model.Decoder.Step(new Tensor(1, 2, Small.Channels), caches, AttentionMask.Keys(true, true))).Message);
        var others = model.Decoder.Caches(new Tensor(2, 5, Small.Channels), 6);
        Assert.Contains("x holds 1 sequences but the cache was made for 2", Assert.Throws<ArgumentException>(
            () => model.Decoder.Layers[0].Step(new Tensor(1, 2, Small.Channels), caches[0].Past, others[0].Memory)).Message);
        Assert.Contains("pass what Caches made", Assert.Throws<ArgumentException>(() => model.Decoder.Step(new Tensor(1, 2, Small.Channels), [])).Message);
        Assert.All(caches, cache => Assert.Equal(0, cache.Past.Length));
    }

    [Fact]
    public void Cache_Full_NamesTheFix()
    {
        MultiHeadAttention attention = new(4, 2, new CounterRandom(1));
        KeyValueCache cache = attention.Cache(1, 2);
        attention.Step(new Tensor(1, 2, 4), cache);
        Assert.Contains("make it with capacity: 3", Assert.Throws<ArgumentException>(() => attention.Step(new Tensor(1, 1, 4), cache)).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Greedy_ScoreThatIsNaN_IsNoChoice(int token)
    {
        EncoderDecoder model = new(Small, new CounterRandom(4));
        model.Scores.Bias.Value[token] = float.NaN;
        Assert.Contains(
            $"the score of token {token} is NaN", Assert.Throws<InvalidOperationException>(() => model.Greedy(new[,] { { 1, 2 } }, 0, -1, 3)).Message);
    }

    [Fact]
    public void Greedy_LongerThanTheCapacityOrNegative_IsRefusedAtTheDoor()
    {
        EncoderDecoder model = new(Small, new CounterRandom(4));
        Assert.Equal(8, model.Greedy(new[,] { { 1, 2 } }, 0, -1, 8)[0].Length);
        Assert.Empty(model.Greedy(new[,] { { 1, 2 } }, 0, -1, 0)[0]);
        Assert.Contains(
            "longest is 9 but the model was built for 0 to 8 tokens",
            Assert.Throws<ArgumentOutOfRangeException>(() => model.Greedy(new[,] { { 1, 2 } }, 0, -1, 9)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Greedy(new[,] { { 1, 2 } }, 0, -1, -1));
    }
}
