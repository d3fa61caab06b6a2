using System.Text.Json;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Tests.Models;

/// <summary>Small random BERTs against the same forward written in PyTorch, float64 (tests/golden/bert/make_bert.py).</summary>
public class BertTests
{
    [Theory]
    [InlineData("uncased-prefix", true)]
    [InlineData("cased-plain", false)]
    [InlineData("sentence-mean", true)]
    [InlineData("sentence-cls", false)]
    public void Forward_OneTextAtATime_AgreesWithPyTorch(string model, bool uncased)
    {
        Bert bert = Bert.Load(GoldenFiles.Path($"bert/{model}"));
        Assert.Equal(uncased, bert.Tokenizer.Splitter.LowerCase);
        double worst = 0;
        foreach (JsonElement one in Cases(model))
        {
            EncodedText encoded = bert.Tokenizer.Encode(one.GetProperty("text").GetString()!, one.GetProperty("pair").GetString());
            Assert.Equal(Integers(one, "ids"), encoded.Ids);
            Assert.Equal(Integers(one, "types"), encoded.Types);

            Tensor y = bert.Forward(EncodedBatch.Of([encoded], 0)).Y;

            worst = Math.Max(worst, Compare.Close(y.Span, Doubles(one, "hidden"), Tolerances.GoldenForward, $"{model}: hidden states"));
            if (one.GetProperty("pooled").ValueKind != JsonValueKind.Null)
            {
                (SentencePooling before, bool normalize) = (bert.Pooling, bert.Normalize);
                (bert.Pooling, bert.Normalize) = (SentencePooling.Pooler, false);
                worst = Math.Max(
                    worst, Compare.Close(bert.Pool(y, Visible(encoded.Length)).Span, Doubles(one, "pooled"), Tolerances.GoldenForward, $"{model}: pooler"));
                (bert.Pooling, bert.Normalize) = (before, normalize);
            }
        }

        Golden.Record("bert", "outputs", worst);
    }

    [Theory]
    [InlineData("uncased-prefix", SentencePooling.Mean, false)]
    [InlineData("cased-plain", SentencePooling.Mean, false)]
    [InlineData("sentence-mean", SentencePooling.Mean, true)]
    [InlineData("sentence-cls", SentencePooling.Cls, false)]
    public void Embed_BatchOfDifferentLengths_AgreesWithPyTorch(string model, SentencePooling pooling, bool normalize)
    {
        Bert bert = Bert.Load(GoldenFiles.Path($"bert/{model}"));
        JsonElement[] cases = [.. Cases(model).Where(c => c.GetProperty("pair").ValueKind == JsonValueKind.Null)];

        Tensor vectors = bert.Embed([.. cases.Select(c => c.GetProperty("text").GetString()!)]);

        Assert.Equal((pooling, normalize), (bert.Pooling, bert.Normalize));
        Assert.Equal(5, vectors.Rows);
        for (int i = 0; i < cases.Length; i++)
        {
            Compare.Close(vectors.Row(i), Doubles(cases[i], "sentence"), Tolerances.GoldenForward, $"{model}: vector {i}");
        }
    }

    [Fact]
    public void Load_HeadsBesideTheEncoder_AreNamedAndLeftAlone()
    {
        Bert bert = Bert.Load(GoldenFiles.Path("bert/uncased-prefix"));

        Assert.Equal(["bert.embeddings.position_ids", "cls.predictions.bias", "cls.seq_relationship.weight"], bert.UnusedTensors.Order());
        Assert.NotNull(bert.Pooler);
        Assert.Equal("Bert of 2 layers, 20 channels, 4 heads, 37 pieces (uncased)", bert.ToString());
    }

    [Fact]
    public void Embed_MaxPooling_TakesTheLargestOfEachChannelWithoutPadding()
    {
        Bert bert = Bert.Load(GoldenFiles.Path("bert/cased-plain"));
        bert.Pooling = SentencePooling.Max;

        Tensor vectors = bert.Embed("The apple fell from the tree.", "Apple");

        double[] hidden = Doubles(Cases("cased-plain")[0], "hidden");
        double[] largest = [.. Enumerable.Range(0, 12).Select(c => hidden.Where((_, i) => i % 12 == c).Max())];
        Compare.Close(vectors.Row(0), largest, Tolerances.GoldenForward, "maximum");
        Compare.Close(vectors.Row(1), bert.Embed("Apple").Span, 1e-6, "alone or beside a longer text");
    }

    [Fact]
    public void Embed_MoreTextsThanOneBatch_GivesEachItsOwnVector()
    {
        Bert bert = Bert.Load(GoldenFiles.Path("bert/sentence-mean"));
        string[] texts = [.. Enumerable.Range(0, 37).Select(i => string.Concat(Enumerable.Repeat("apple phone ", 1 + i % 5)) + (i % 3 == 0 ? "fell" : "tree"))];

        Tensor together = bert.Embed(texts);

        Assert.Equal([37, 16], together.Shape.ToArray());
        Assert.All(Enumerable.Range(0, 37), i => Compare.Close(together.Row(i), bert.Embed(texts[i]).Span, 2e-6, $"text {i}"));
        Assert.Equal([0, 16], bert.Embed().Shape.ToArray());
    }

    [Fact]
    public void Embed_TextTooLong_IsRefusedUnlessTruncationIsAskedFor()
    {
        Bert bert = Bert.Load(GoldenFiles.Path("bert/sentence-mean"));
        string text = string.Concat(Enumerable.Repeat("apple ", 50));

        string message = Assert.Throws<ArgumentException>(() => bert.Embed("tree", text)).Message;

        Assert.Contains("text 1 has 52 pieces but the model reads 32", message);
        Assert.Contains("pass new TextOptions { Truncate = true } to drop", message);
        Compare.Close(
            bert.Embed([text], new TextOptions { Truncate = true }, TestContext.Current.CancellationToken),
            bert.Embed(string.Concat(Enumerable.Repeat("apple ", 30))), 1e-6, "the first 32 pieces");
        Assert.Contains("at most 40 tokens", Assert.Throws<ArgumentException>(() => bert.Forward(bert.Tokenizer.Encode([text]))).Message);
    }

    [Fact]
    public void Pool_PoolerOfAFileWithout_IsRefused()
    {
        Bert bert = Bert.Load(GoldenFiles.Path("bert/cased-plain"));
        bert.Pooling = SentencePooling.Pooler;

        Assert.Contains("choose Mean, Cls or Max", Assert.Throws<InvalidOperationException>(() => bert.Embed("apple")).Message);
    }

    [Fact]
    public void Load_CaseGiven_OverridesTheFolder() =>
        Assert.False(Bert.Load(GoldenFiles.Path("bert/uncased-prefix"), lowerCase: false).Tokenizer.Splitter.LowerCase);

    private static JsonElement[] Cases(string model) =>
        [.. JsonDocument.Parse(File.ReadAllBytes(GoldenFiles.Path($"bert/{model}/expected.json"))).RootElement.GetProperty("cases").EnumerateArray()];

    private static int[] Integers(JsonElement one, string name) => [.. one.GetProperty(name).EnumerateArray().Select(v => v.GetInt32())];

    private static double[] Doubles(JsonElement one, string name) => [.. one.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];

    private static bool[,] Visible(int length)
    {
        bool[,] visible = new bool[1, length];
        for (int t = 0; t < length; t++)
        {
            visible[0, t] = true;
        }

        return visible;
    }
}
