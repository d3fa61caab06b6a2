using System.Runtime.CompilerServices;
using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Tests.Models;

/// <summary>After the first call the encoder's matrices lie packed only; vectors follow whoever changes one all the same.</summary>
public class BertEmbedWeightsTests
{
    private const double Rounding = 2e-6;

    [Fact]
    public void Embed_FirstCall_ReleasesTheMatricesAndGivesThemBackBitByBit()
    {
        Bert bert = Small();
        Dictionary<string, float[]> before = Small().Encoder.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value.Values);

        bert.Embed("apple");

        AssertReleased(bert);
        Assert.All(bert.Encoder.Parameters, parameter => Compare.Same(parameter.Value.Span, before[parameter.Name], parameter.Name));
    }

    [Fact]
    public void Embed_FirstCall_LetsGoOfTheMatricesAsTheFileHoldsThem()
    {
        Bert bert = Small();
        Assert.All(Matrices(bert), matrix => Assert.NotNull(matrix.Turned));
        bert.Embed("apple");
        Assert.All(Matrices(bert), matrix => Assert.Null(matrix.Turned));
    }

    [Fact]
    public void Embed_AfterForward_HasNothingToPackAndReleasesAgain()
    {
        Bert bert = Small();
        bert.Embed("apple");
        bert.Forward(bert.Tokenizer.Encode(["apple"]));
        bert.Encoder.Infer(new int[1, 3]);

        Assert.DoesNotContain(Matrices(bert), matrix => matrix.IsLent);
        bert.Embed("apple");

        AssertReleased(bert);
    }

    [Fact]
    public void Embed_AfterSomebodyLookedAtTheMatrices_ReleasesThemWhenNobodyHoldsThemAnyLonger()
    {
        Bert bert = Small();
        bert.Embed("apple");
        string[] texts = ["apple"];
        float[] vector = new float[bert.Width];
        LookAtAll(bert);
        bert.Embed(texts, vector, null, TestContext.Current.CancellationToken);

        Collect();
        bert.Embed(texts, vector, null, TestContext.Current.CancellationToken);

        AssertReleased(bert);
        Assert.Equal(0, Allocations.OfTenCalls(() => bert.Embed(texts, vector)));
    }

    [Fact]
    public void Embed_AfterAChangeOfTheEncoder_FollowsIt()
    {
        Bert bert = Small();
        Tensor before = bert.Embed("apple tree");
        foreach (Parameter parameter in bert.Encoder.Parameters)
        {
            Multiply.AddScaled(Tensor.Gaussian(new CounterRandom(3), 0.1, parameter.Value.Shape).Span, 1, parameter.Value.Span);
        }

        AssertFollows(bert, before);
    }

    /// <summary>A tensor that was taken before the first call, or between calls, and is written to behind calls.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Embed_TensorHeldSinceAnEarlierCall_FollowsIt(int callsBefore)
    {
        Bert bert = Small();
        for (int i = 0; i < callsBefore; i++)
        {
            bert.Embed("apple tree");
        }

        Tensor key = bert.Encoder.Layers.Layers[1].Attention.Key.Weight.Value;
        for (int i = 0; i < 3; i++)
        {
            Tensor before = bert.Embed("apple tree");
            Collect();
            key[0, i] += 5;
            AssertFollows(bert, before);
        }

        Compare.Same(bert.Encoder.Layers.Layers[1].Attention.Key.Weight.Value.Span, key.Span, "the value and what is held");
    }

    /// <summary>The array, or a span of it, is enough to write to.</summary>
    [Fact]
    public void Embed_ArrayHeldWithoutItsTensor_FollowsIt()
    {
        Bert bert = Small();
        Span<float> expand = Expand(bert);
        Tensor before = bert.Embed("apple tree");
        Collect();

        expand[0] += 5;

        AssertFollows(bert, before);
    }

    [Fact]
    public void Embed_TensorWrittenToAndThenDropped_FollowsTheLastWrite()
    {
        Bert bert = Small();
        Tensor before = TakeEmbedWriteAndDrop(bert);
        Collect();
        Collect();

        AssertFollows(bert, before);
        AssertReleased(bert);
    }

    [Fact]
    public void Embed_OtherCopiesOfTheEncoder_FollowTheirOwnRefresh()
    {
        Bert bert = Small();
        PackedEncoder packed = new(bert.Encoder);
        int[,] ids = { { 2, 9, 3 } };
        Tensor before = new(1, 3, bert.Config.Channels), after = new(1, 3, bert.Config.Channels);
        packed.Infer(ids, before);
        bert.Embed("apple");
        Write(bert);
        bert.Embed("apple");

        packed.Refresh();
        packed.Infer(ids, after);

        Compare.Close(after, bert.Encoder.Forward(ids).Y, Rounding, "the copy");
        Assert.NotEqual(before.Values, after.Values);
    }

    private static void AssertFollows(Bert bert, Tensor before)
    {
        Tensor after = bert.Embed("apple tree");
        EncodedBatch batch = bert.Tokenizer.Encode(["apple tree"]);
        Compare.Close(after, bert.Pool(bert.Forward(batch).Y, batch.Visible), Rounding, "after the change");
        Assert.NotEqual(before.Values, after.Values);
        bert.Embed("apple tree");
    }

    private static void AssertReleased(Bert bert) => Assert.All(Matrices(bert), matrix => Assert.True(matrix.IsReleased, matrix.Name));

    private static IEnumerable<Parameter> Matrices(Bert bert) =>
        bert.Encoder.Layers.Parameters.Where(parameter => parameter.Shape.Length == 2);

    /// <summary>What a method has held is garbage only after it returned.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LookAtAll(Bert bert) => Assert.All(bert.Encoder.Parameters, parameter => Assert.True(float.IsFinite(parameter.Value.Span[0])));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Span<float> Expand(Bert bert) => bert.Encoder.Layers.Layers[0].FeedForward.Expand.Weight.Value.Span;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tensor TakeEmbedWriteAndDrop(Bert bert)
    {
        Span<float> expand = Expand(bert);
        Tensor before = bert.Embed("apple tree");
        expand[0] += 5;
        return before;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Write(Bert bert) => Expand(bert)[0] += 5;

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static Bert Small() => Bert.Load(GoldenFiles.Path("bert/sentence-mean"));
}
