using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Tests.Layers;
using AttentionLab.Training;

namespace AttentionLab.Tests.Models;

public class EncoderTests
{
    private static readonly EncoderOptions Small = new() { Vocabulary = 11, Capacity = 8, Channels = 6, Heads = 2, Layers = 2, Hidden = 9 };

    public static TheoryData<string> Cases => Golden.Names("encoder");

    public static TheoryData<PositionKind> Kinds => [.. Enum.GetValues<PositionKind>()];

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("encoder", name);
        string kind = g.Text("kind")!;
        EncoderOptions options = kind switch
        {
            "bert" => EncoderOptions.Bert(11) with { Capacity = 8, Channels = 6, Heads = 2, Layers = 2, Hidden = 9 },
            "mean" or "first" => Small with { PreNorm = true, ScaleEmbedding = true },
            _ => Small with { Channels = 8, Layers = 1, Positions = Enum.Parse<PositionKind>(kind) },
        };
        Encoder encoder = new(options, new CounterRandom(1));
        MaskedWordHead head = new(encoder, new CounterRandom(2), epsilon: 1e-5f);
        IReadOnlyList<Parameter> parameters = kind == "bert" ? [.. encoder.Parameters, .. head.Parameters] : encoder.Parameters;
        g.Load(parameters);
        bool[,]? visible = g.Has("keys") ? g.Truths("keys") : null;
        (Tensor y, Encoder.Saved saved) = encoder.Forward(g.Matrix("ids"), visible, g.Has("types") ? g.Matrix("types") : null);
        Tensor dy;
        switch (kind)
        {
            case "bert":
                int[] rows = g.Integers("rows");
                (Tensor logits, MaskedWordHead.Saved kept) = head.Forward(Pooling.Rows(y, rows));
                g.Output("logits", logits);
                dy = Pooling.RowsBackward(head.Backward(g.Input("d:logits"), kept), rows, new Tensor(y.Shape));
                break;
            case "mean":
                g.Output("pooled", Pooling.Mean(y, visible));
                dy = Pooling.MeanBackward(g.Input("d:pooled"), 5, visible);
                break;
            case "first":
                g.Output("pooled", Pooling.First(y));
                dy = Pooling.FirstBackward(g.Input("d:pooled"), 5);
                break;
            default:
                g.Output("pooled", y);
                dy = g.Input("d:pooled");
                break;
        }

        encoder.Backward(dy, saved);
        string[] zero = [.. parameters.Select(p => p.Name).Where(n => n.EndsWith("attention.key.bias", StringComparison.Ordinal))];
        g.Finish(parameters.Where(p => !zero.Contains(p.Name)), zero);
    }

    [Theory, InlineData(PositionKind.Learned), InlineData(PositionKind.Rotary)]
    public void Backward_TiedHead_AgainstDifferences_Agrees(PositionKind positions)
    {
        EncoderOptions options = new()
        {
            Vocabulary = 5,
            Capacity = 4,
            Channels = 4,
            Heads = 2,
            Layers = 1,
            Hidden = 5,
            PreNorm = true,
            Activation = Activation.Gelu,
            Positions = positions,
            TokenTypes = 2,
            NormEmbedding = true,
            Dropout = 0.2,
        };
        Encoder encoder = new(options, new CounterRandom(1));
        encoder.Embedding.Words.Table.Value.Span.Clear();
        new CounterRandom(9).FillGaussian(encoder.Embedding.Words.Table.Value.Span);
        MaskedWordHead head = new(encoder, new CounterRandom(2));
        int[,] ids = { { 4, 0, 3 }, { 1, 1, 2 } }, types = { { 0, 0, 1 }, { 0, 1, 1 } };
        Encoder.Saved saved = default;
        MaskedWordHead.Saved kept = default;
        LayerProof.Differences(
            [],
            [.. encoder.Parameters.Concat(head.Parameters).Where(p => !p.Name.EndsWith("key.bias", StringComparison.Ordinal))],
            () =>
            {
                (Tensor y, saved) = encoder.Forward(ids, types: types, random: new CounterRandom(5));
                (Tensor logits, kept) = head.Forward(y);
                return logits;
            },
            dy => { encoder.Backward(head.Backward(dy, kept), saved); return []; });
    }

    [Fact]
    public void Parameters_TiedTable_OccursOnceAndNamesAreUnique()
    {
        Encoder encoder = new(EncoderOptions.Bert(50) with { Channels = 12, Layers = 2, Hidden = 16 }, new CounterRandom(1));
        MaskedWordHead head = new(encoder, new CounterRandom(2));
        Parameter[] all = [.. encoder.Parameters, .. head.Parameters];
        Assert.Equal(all.Length, all.Select(p => p.Name).Distinct().Count());
        Assert.Same(encoder.Embedding.Words.Table, head.Scores.Words.Table);
    }

    [Fact]
    public void Backward_TiedTable_CollectsBothShares()
    {
        Encoder encoder = new(Small, new CounterRandom(1));
        WordScores scores = new(encoder.Embedding.Words);
        int[,] ids = { { 3, 4, 5 } };
        (Tensor y, Encoder.Saved saved) = encoder.Forward(ids);
        (Tensor logits, WordScores.Saved kept) = scores.Forward(y);
        Tensor d = Tensor.Gaussian(new CounterRandom(3), 1, 1, 3, 11), table = encoder.Embedding.Words.Table.Gradient;
        Tensor dy = scores.Backward(d, kept);
        float[] writing = [.. table.Values];
        table.Span.Clear();
        encoder.Backward(dy, saved);
        float[] reading = [.. table.Values];
        table.Span.Clear();
        encoder.Backward(scores.Backward(d, kept), saved);
        Assert.Contains(reading, v => v != 0);
        Compare.Close(table.Span, writing.Zip(reading, (a, b) => a + b).ToArray(), 1e-6, "the sum of both");
    }

    [Fact]
    public void Forward_NoPositions_IsPermutationEquivariant_AndWithPositionsIsNot()
    {
        int[,] ids = { { 3, 1, 4, 9 } }, permuted = { { 9, 3, 4, 1 } };
        int[] order = [3, 0, 2, 1];
        foreach (PositionKind kind in Enum.GetValues<PositionKind>())
        {
            Encoder encoder = new(Small with { Positions = kind, Channels = 8 }, new CounterRandom(1));
            Tensor y = encoder.Forward(ids).Y, expected = Pooling.Rows(y, order), actual = encoder.Forward(permuted).Y;
            string? difference = Compare.Difference(Inputs.Widen(actual.Span), Inputs.Widen(expected.Span), 2e-6, out _);
            Assert.True(difference is null == (kind == PositionKind.None), $"{kind}: {difference}");
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Forward_PaddedSequence_GivesTheSameVectorsAndPooling(PositionKind positions)
    {
        Encoder encoder = new(Small with { Positions = positions, Channels = 8 }, new CounterRandom(1));
        Tensor alone = encoder.Forward(new[,] { { 3, 1, 4 } }).Y;
        bool[,] visible = { { true, true, true, false, false } };
        foreach (int filler in new[] { 0, 7 })
        {
            Tensor padded = encoder.Forward(new[,] { { 3, 1, 4, filler, filler } }, visible).Y;
            Compare.Close(padded.Span[..24], alone.Span, 2e-6, "vectors");
            Compare.Close(Pooling.Mean(padded, visible), Pooling.Mean(alone), 2e-6, "mean");
        }
    }

    /// <summary>The call without a tensor leaves the result, and neither copies of weights nor a tensor a step: with few rows and with many.</summary>
    [Theory]
    [InlineData(3, false)]
    [InlineData(128, true)]
    [InlineData(160, false)]
    public void Infer_WithoutATensor_AllocatesTheResultAlone(int tokens, bool causal)
    {
        Encoder encoder = new(Small with { Channels = 128, Hidden = 64, Capacity = 160 }, new CounterRandom(1));
        int[,] ids = new int[1, tokens];
        AttentionMask? mask = causal ? AttentionMask.Causal : null;
        Tensor y = encoder.Infer(ids, mask: mask);
        GC.Collect();
        GC.WaitForPendingFinalizers();

        long result = Allocations.OfTenCalls(() => y = new Tensor(1, tokens, 128));
        long allocated = Allocations.OfTenCalls(() => y = encoder.Infer(ids, mask: mask));

        Assert.Equal(result, allocated);
    }

    /// <summary>A matrix that is held and written to, between calls and masks of every kind.</summary>
    [Fact]
    public void Infer_WithoutATensorAfterAChange_FollowsIt()
    {
        Encoder encoder = new(Small, new CounterRandom(1));
        int[,] ids = { { 1, 2, 3 } };
        AttentionMask pairs = AttentionMask.Pairs(new[,] { { true, false, true }, { true, true, true }, { false, true, true } });
        AttentionMask?[] masks = [null, AttentionMask.Causal, pairs];
        Tensor[] before = [.. masks.Select(mask => encoder.Infer(ids, mask: mask))];

        foreach (Parameter parameter in encoder.Parameters)
        {
            Multiply.AddScaled(Tensor.Gaussian(new CounterRandom(3), 0.1, parameter.Value.Shape).Span, 1, parameter.Value.Span);
        }

        for (int i = 0; i < masks.Length; i++)
        {
            Tensor after = encoder.Infer(ids, mask: masks[i]);
            Compare.Close(after, encoder.Forward(ids, mask: masks[i]).Y, 5e-6, $"mask {i}");
            Assert.NotEqual(before[i].Values, after.Values);
        }
    }

    /// <summary>Below and above as many rows as inputs: from there on the products of Q, K and V are one.</summary>
    [Theory]
    [InlineData(8, PositionKind.Learned)]
    [InlineData(17, PositionKind.Sinusoidal)]
    [InlineData(17, PositionKind.Alibi)]
    public void Infer_IntoATensor_GivesTheSameAndAllocatesNothing(int tokens, PositionKind positions)
    {
        Encoder encoder = new(Small with { Channels = 16, Capacity = 20, Positions = positions }, new CounterRandom(1));
        int[,] ids = new int[1, tokens];
        bool[,] visible = new bool[1, tokens];
        for (int t = 0; t < tokens; t++)
        {
            (ids[0, t], visible[0, t]) = (t % 11, t < tokens - 1);
        }

        Tensor y = new(1, tokens, 16), expected = encoder.Forward(ids, visible).Y;
        encoder.Infer(ids, y, visible);

        Compare.Close(y, expected, 5e-6, "y");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(0, Allocations.OfTenCalls(() => encoder.Infer(ids, y, visible)));
        Assert.Throws<ArgumentException>(() => encoder.Infer(ids, new Tensor(1, tokens, 15)));
    }

    /// <summary>A step of training between two calls, which writes to every parameter.</summary>
    [Fact]
    public void Infer_IntoATensorAfterAStepOfTraining_FollowsIt()
    {
        Encoder encoder = new(Small, new CounterRandom(1));
        Sgd optimizer = new(encoder.Parameters, 0.1);
        int[,] ids = { { 1, 2, 3 } };
        Tensor y = new(1, 3, 6);
        for (int step = 0; step < 3; step++)
        {
            encoder.Infer(ids, y);
            (Tensor x, Encoder.Saved saved) = encoder.Forward(ids);
            Compare.Close(y, x, 5e-6, $"step {step}");
            Assert.All(encoder.Parameters, parameter => parameter.ClearGradient());
            encoder.Backward(x, saved);
            optimizer.Step();
        }
    }

    [Theory, InlineData(PositionKind.Learned, false), InlineData(PositionKind.Rotary, true), InlineData(PositionKind.Alibi, false)]
    public void Infer_AnyMask_EqualsForward(PositionKind positions, bool preNorm)
    {
        Encoder encoder = new(Small with { Channels = 8, Capacity = 300, Positions = positions, PreNorm = preNorm, Dropout = 0.5 }, new CounterRandom(1));
        int[,] ids = new int[2, 300];
        bool[,] visible = new bool[2, 300];
        for (int t = 0; t < 300; t++)
        {
            (ids[0, t], ids[1, t], visible[0, t], visible[1, t]) = (t % 11, t * t % 11, t < 200, t % 3 > 0);
        }

        bool[,] near = new bool[300, 300];
        for (int i = 0; i < near.Length; i++)
        {
            near[i / 300, i % 300] = Math.Abs(i / 300 - i % 300) < 50;
        }

        foreach (AttentionMask? mask in new[] { null, AttentionMask.Causal, AttentionMask.Pairs(near), AttentionMask.Causal & AttentionMask.Pairs(near) })
        {
            Compare.Close(encoder.Infer(ids, visible, mask: mask), encoder.Forward(ids, visible, mask: mask).Y, 5e-6, "y");
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Forward_CausalMask_NoLeakThroughAnyLayer(PositionKind positions)
    {
        Encoder encoder = new(Small with { Positions = positions, Channels = 8 }, new CounterRandom(1));
        Tensor before = encoder.Forward(new[,] { { 3, 1, 4, 1 } }, mask: AttentionMask.Causal).Y;
        Tensor after = encoder.Forward(new[,] { { 3, 1, 9, 2 } }, mask: AttentionMask.Causal).Y;
        Assert.True(before.Span[..16].SequenceEqual(after.Span[..16]));
        Assert.False(before.Row(2).SequenceEqual(after.Row(2)));
    }

    [Fact]
    public void Pooling_RowTakenTwice_CollectsBothGradients()
    {
        Tensor dy = Tensor.FromRows([1, 2], [10, 20], [100, 200]), dx = Pooling.RowsBackward(dy, [1, 3, 1], new Tensor(2, 2, 2));
        Assert.Equal([0f, 0, 101, 202, 0, 0, 10, 20], dx.Values);
    }

    [Fact]
    public void Pooling_NothingVisible_GivesZeros()
    {
        Tensor x = Tensor.Gaussian(new CounterRandom(1), 1, 1, 3, 4);
        Assert.All(Pooling.Mean(x, new bool[1, 3]).Values, v => Assert.Equal(0, v));
        Assert.All(Pooling.MeanBackward(new Tensor(1, 4), 3, new bool[1, 3]).Values, v => Assert.Equal(0, v));
    }

    [Theory]
    [InlineData(PositionKind.Rotary, 8, 0, "heads is 0 but MultiHeadAttention needs at least 1")]
    [InlineData(PositionKind.Learned, 8, 0, "heads is 0 but MultiHeadAttention needs at least 1")]
    [InlineData(PositionKind.Rotary, 30, 4, "channels is 30 but 4 heads do not divide it")]
    [InlineData(PositionKind.Learned, 30, 4, "channels is 30 but 4 heads do not divide it")]
    [InlineData(PositionKind.Rotary, 12, 4, "D is 3 but rotation works on pairs: choose an even head size")]
    public void Make_HeadsDoNotDivideChannels_SaysSoWhateverThePositions(PositionKind positions, int channels, int heads, string message)
    {
        EncoderOptions options = Small with { Positions = positions, Channels = channels, Heads = heads };
        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(() => new Encoder(options, new CounterRandom(1))).Message);
    }

    [Fact]
    public void Name_OfTheEncoder_BeginsThoseOfItsParameters()
    {
        Encoder plain = new(Small, new CounterRandom(1)), named = new(Small, new CounterRandom(1), name: "query");
        Assert.Equal(plain.Parameters.Select(p => "query." + p.Name), named.Parameters.Select(p => p.Name));
        Assert.Equal(plain.Parameters.SelectMany(p => p.Value.Values), named.Parameters.SelectMany(p => p.Value.Values));
    }

    [Fact]
    public void Forward_TooLong_NamesTheFix() => Assert.Contains(
        "build it with Capacity: 9", Assert.Throws<ArgumentException>(() => new Encoder(Small, new CounterRandom(1)).Forward(new int[1, 9])).Message);
}
