using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Models;

public class PackedEncoderTests
{
    private const int Batch = 3, Tokens = 9;

    public static TheoryData<PositionKind, bool> Cases
    {
        get
        {
            TheoryData<PositionKind, bool> cases = [];
            foreach (PositionKind kind in Enum.GetValues<PositionKind>())
            {
                cases.Add(kind, false);
                cases.Add(kind, true);
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Infer_EveryPosition_EqualsForward(PositionKind positions, bool preNorm)
    {
        Encoder encoder = Build(positions, preNorm);
        PackedEncoder packed = new(encoder);
        (int[,] ids, bool[,] visible, int[,] types) = Batches();
        Tensor y = new(Batch, Tokens, 16);
        packed.Infer(ids, y, visible, types);
        Compare.Close(y, encoder.Forward(ids, visible, types).Y, 5e-6, "with padding and types");
        packed.Infer(ids, y, causal: true);
        Compare.Close(y, encoder.Forward(ids, mask: AttentionMask.Causal).Y, 5e-6, "causal");
    }

    [Theory, MemberData(nameof(Cases))]
    public void Infer_SequencesWithoutPadding_EqualForwardOfEach(PositionKind positions, bool preNorm)
    {
        Encoder encoder = Build(positions, preNorm);
        int[] lengths = [1, 2, 2, 5, 9, 9, 9, 3];
        CounterRandom random = new(5);
        int[] ids = [.. Enumerable.Range(0, lengths.Sum()).Select(_ => random.NextInt(encoder.Options.Vocabulary))];
        int[] types = [.. ids.Select((_, i) => i % 2)];
        Tensor y = new(ids.Length, 16);

        new PackedEncoder(encoder).Infer(ids, lengths, y.Span, types);

        for (int i = 0, row = 0; i < lengths.Length; row += lengths[i++])
        {
            int[,] one = new int[1, lengths[i]], oneTypes = new int[1, lengths[i]];
            for (int t = 0; t < lengths[i]; t++)
            {
                (one[0, t], oneTypes[0, t]) = (ids[row + t], types[row + t]);
            }

            Compare.Close(y.Span.Slice(row * 16, lengths[i] * 16), encoder.Forward(one, null, oneTypes).Y.Span, 5e-6, $"sequence {i}");
        }
    }

    [Fact]
    public void Infer_ManyDifferentShortSequences_GoThroughInSeveralParts()
    {
        Encoder encoder = Build(PositionKind.Learned, preNorm: false);
        int[] lengths = [.. Enumerable.Range(0, 200).Select(i => 1 + i % 3)];
        int[] ids = [.. Enumerable.Range(0, lengths.Sum()).Select(i => i % encoder.Options.Vocabulary)];
        PackedEncoder packed = new(encoder);
        Tensor y = new(ids.Length, 16), alone = new(3, 16);

        packed.Infer(ids, lengths, y.Span);

        int last = ids.Length - lengths[^1] - lengths[^2];
        packed.Infer(ids.AsSpan(last, lengths[^2]), [lengths[^2]], alone.Span[..(lengths[^2] * 16)]);
        Compare.Close(y.Span.Slice(last * 16, lengths[^2] * 16), alone.Span[..(lengths[^2] * 16)], 5e-6, "the last but one");
    }

    [Theory]
    [InlineData(new[] { 2, 0 }, 2, "lengths[1] is 0")]
    [InlineData(new[] { 2, 99 }, 101, "lengths[1] is 99 but the encoder was built for 1 to")]
    [InlineData(new[] { 2, 3 }, 4, "lengths add up to 5 tokens but there are 4 ids")]
    public void Infer_LengthsThatDoNotFit_NameBothSides(int[] lengths, int ids, string expected)
    {
        PackedEncoder packed = new(Build(PositionKind.Learned, preNorm: false));
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => packed.Infer(new int[ids], lengths, new float[ids * 16])).Message);
    }

    [Fact]
    public void Infer_Bert_EqualsForward()
    {
        Encoder encoder = new(EncoderOptions.Bert(50) with { Capacity = 16, Channels = 32, Heads = 4, Layers = 2, Hidden = 64 }, new CounterRandom(1));
        (int[,] ids, bool[,] visible, int[,] types) = Batches();
        Tensor y = new(Batch, Tokens, 32);
        new PackedEncoder(encoder).Infer(ids, y, visible, types);
        Compare.Close(y, encoder.Forward(ids, visible, types).Y, 5e-6, "y");
    }

    [Fact]
    public void Infer_ChangedParameters_StaysASnapshotUntilRefresh()
    {
        Encoder encoder = Build(PositionKind.Learned, preNorm: true);
        PackedEncoder packed = new(encoder);
        int[,] ids = Batches().Ids;
        Tensor before = new(Batch, Tokens, 16), after = new(Batch, Tokens, 16);
        packed.Infer(ids, before);
        foreach (Parameter parameter in encoder.Parameters)
        {
            new CounterRandom(9).FillGaussian(parameter.Value.Span, 0.1, 0.3);
        }

        packed.Infer(ids, after);
        Compare.Same(after.Span, before.Span, "the snapshot");
        packed.Refresh();
        packed.Infer(ids, after);
        Compare.Close(after, encoder.Forward(ids).Y, 5e-6, "after Refresh");
    }

    [Theory, InlineData(PositionKind.Learned), InlineData(PositionKind.Alibi), InlineData(PositionKind.Rotary)]
    public void Infer_AfterWarmUp_AllocatesNothing(PositionKind positions)
    {
        PackedEncoder packed = new(Build(positions, preNorm: false));
        (int[,] ids, bool[,] visible, int[,] types) = Batches();
        Tensor y = new(Batch, Tokens, 16);
        Assert.Equal(0, Allocations.OfTenCalls(() => packed.Infer(ids, y, visible, types)));
    }

    [Fact]
    public void Infer_WrongShapes_NameBothSides()
    {
        PackedEncoder packed = new(Build(PositionKind.Learned, preNorm: false));
        (int[,] ids, bool[,] visible, _) = Batches();
        Assert.Contains("pass a tensor (3, 9, 16)", Assert.Throws<ArgumentException>(() => packed.Infer(ids, new Tensor(3, 9, 15))).Message);
        Assert.Contains("at most 12", Assert.Throws<ArgumentException>(() => packed.Infer(new int[1, 13], new Tensor(1, 13, 16))).Message);
        Assert.Contains("visible is (3, 9)", Assert.Throws<ArgumentException>(() => packed.Infer(new int[2, 9], new Tensor(2, 9, 16), visible)).Message);
        Assert.Contains("types is (1, 2)", Assert.Throws<ArgumentException>(() => packed.Infer(ids, new Tensor(3, 9, 16), types: new int[1, 2])).Message);
        ids[1, 1] = 99;
        Assert.Throws<ArgumentOutOfRangeException>(() => packed.Infer(ids, new Tensor(3, 9, 16)));
        int[,] types = new int[Batch, Tokens];
        types[2, 3] = 2;
        Assert.Contains(
            "types[2, 3] is 2",
            Assert.Throws<ArgumentOutOfRangeException>(() => packed.Infer(new int[Batch, Tokens], new Tensor(3, 9, 16), types: types)).Message);
    }

    private static Encoder Build(PositionKind positions, bool preNorm) => new(
        new()
        {
            Vocabulary = 50,
            Capacity = 12,
            Channels = 16,
            Heads = 2,
            Layers = 2,
            Hidden = 24,
            PreNorm = preNorm,
            Positions = positions,
            TokenTypes = 2,
            ScaleEmbedding = true,
            NormEmbedding = !preNorm,
        },
        new CounterRandom(1));

    private static (int[,] Ids, bool[,] Visible, int[,] Types) Batches()
    {
        CounterRandom random = new(5);
        int[,] ids = new int[Batch, Tokens], types = new int[Batch, Tokens];
        bool[,] visible = new bool[Batch, Tokens];
        for (int i = 0; i < ids.Length; i++)
        {
            (int b, int t) = (i / Tokens, i % Tokens);
            (ids[b, t], types[b, t], visible[b, t]) = ((int)(random.NextUInt32() % 50), t > 4 ? 1 : 0, t < Tokens - b);
        }

        return (ids, visible, types);
    }
}
