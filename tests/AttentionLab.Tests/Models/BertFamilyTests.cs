using System.Text.Json;
using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Weights;
using AttentionLab.Words;

namespace AttentionLab.Tests.Models;

/// <summary>Relatives of BERT against PyTorch's own modules, float64 (tests/golden/bert/make_family.py).</summary>
public class BertFamilyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("pair-classifier", "entailment neutral contradiction")]
    [InlineData("reranker", "LABEL_0")]
    [InlineData("distil-classifier", "NEGATIVE POSITIVE")]
    public void Logits_TextsAndPairs_AgreeWithPyTorch(string model, string labels)
    {
        SequenceClassifier classifier = SequenceClassifier.Load(GoldenFiles.Path($"bert/{model}"));
        JsonElement[] cases = Cases(model);

        Tensor together = classifier.Logits([.. cases.Select(Texts)], cancellationToken: Cancellation);

        Assert.Equal(labels.Split(' '), classifier.Labels);
        Assert.Equal([cases.Length, classifier.Labels.Count], together.Shape.ToArray());
        double worst = 0;
        for (int i = 0; i < cases.Length; i++)
        {
            (string text, string? pair) = Texts(cases[i]);
            EncodedText encoded = classifier.Bert.Tokenizer.Encode(text, pair);
            Assert.Equal(Doubles(cases[i], "ids"), encoded.Ids.Select(id => (double)id));
            Assert.Equal(Doubles(cases[i], "types"), encoded.Types.Select(type => (double)type));
            Tensor y = classifier.Bert.Forward(EncodedBatch.Of([encoded], 0)).Y;
            worst = Math.Max(worst, Compare.Close(y.Span, Doubles(cases[i], "hidden"), Tolerances.GoldenForward, $"{model}: hidden states {i}"));
            worst = Math.Max(worst, Compare.Close(together.Row(i), Doubles(cases[i], "logits"), Tolerances.GoldenForward, $"{model}: logits {i}"));
            Compare.Close(classifier.Logits(text, pair).Span, together.Row(i), 1e-5, $"{model}: {i} alone and among others");
        }

        Golden.Record("bert family", model, worst);
    }

    [Fact]
    public void Embed_DenseModulesAndPrompts_AgreeWithPyTorch()
    {
        Bert bert = Bert.Load(GoldenFiles.Path("bert/sentence-dense"));
        double worst = 0;
        foreach (JsonElement one in Cases("sentence-dense"))
        {
            float[] vector = new float[bert.Width];
            bert.Embed([one.GetProperty("text").GetString()!], vector, new() { Prompt = one.GetProperty("prompt").GetString() }, Cancellation);
            worst = Math.Max(worst, Compare.Close(vector, Doubles(one, "sentence"), Tolerances.GoldenForward, one.ToString()[..60]));
        }

        Assert.Equal((5, true, SentencePooling.Mean), (bert.Width, bert.Normalize, bert.Pooling));
        Assert.Equal(["query", "passage"], bert.Prompts.Keys);
        Assert.Equal([3, 5], bert.Embed("a", "b", "c").Shape.ToArray());
        Assert.Contains(
            "Prompt is \"question\" but the model has query, passage",
            Assert.Throws<ArgumentException>(() => bert.Embed(["a"], new float[5], new() { Prompt = "question" }, Cancellation)).Message,
            StringComparison.Ordinal);
        Golden.Record("bert family", "sentence-dense", worst);
    }

    /// <summary>Of "default_prompt_name", of none, and of a name.</summary>
    [Fact]
    public void Embed_DefaultPrompt_IsAppliedUnlessAnotherOrNoneIsAskedFor()
    {
        using TemporaryFolder folder = GoldenFiles.Copy("bert/sentence-dense");
        File.WriteAllText(
            folder["config_sentence_transformers.json"],
            """{"prompts": {"query": "the apple ", "passage": "tree "}, "default_prompt_name": "query"}""");
        Bert bert = Bert.Load(folder.Path), plain = Bert.Load(GoldenFiles.Path("bert/sentence-dense"));

        Assert.Equal("query", bert.DefaultPrompt);
        Assert.Equal(plain.Embed("the apple fell").Values, bert.Embed("fell").Values);
        Assert.Equal(plain.Embed("fell").Values, bert.Embed(["fell"], new TextOptions { Prompt = "" }, Cancellation).Values);
        Assert.Equal(plain.Embed("tree fell").Values, bert.Embed(["fell"], new TextOptions { Prompt = "passage" }, Cancellation).Values);
        Assert.Equal(plain.Embed("fell").Values, plain.Embed(["fell"], new TextOptions { Prompt = "" }, Cancellation).Values);
    }

    /// <summary>"do_lower_case" of sentence_bert_config.json: before the tokenizer, whose vocabulary has capitals.</summary>
    [Fact]
    public void Embed_LowerCaseFirst_GivesTheVectorOfTheLowerCaseText()
    {
        using TemporaryFolder folder = GoldenFiles.Copy("bert/cased-plain");
        Bert cased = Bert.Load(folder.Path);
        folder.Write("sentence_bert_config.json", """{"max_seq_length": 20, "do_lower_case": true}""");
        Bert lower = Bert.Load(folder.Path);

        Assert.NotEqual(cased.Embed("The Apple").Values, cased.Embed("the apple").Values);
        Assert.Equal(cased.Embed("the apple").Values, lower.Embed("The Apple").Values);
    }

    /// <summary>sentence-transformers may keep the model in a folder of its own; both readers find it, and both forms of a module's type.</summary>
    [Theory]
    [InlineData("Transformer")]
    [InlineData("sentence_transformers.models.Transformer")]
    public void Load_ClassifierInTheFolderThatModulesJsonNames_IsRead(string type)
    {
        using TemporaryFolder folder = GoldenFiles.Copy("bert/reranker");
        Directory.CreateDirectory(folder["0_Transformer"]);
        foreach (string file in Directory.GetFiles(folder.Path))
        {
            File.Move(file, Path.Combine(folder["0_Transformer"], Path.GetFileName(file)));
        }

        folder.Write("modules.json", $$"""[{"type": "{{type}}", "path": "0_Transformer"}]""");

        Assert.Equal(
            SequenceClassifier.Load(GoldenFiles.Path("bert/reranker")).Logits("the apple", "tree").Values,
            SequenceClassifier.Load(folder.Path).Logits("the apple", "tree").Values);
    }

    [Fact]
    public void Load_DenseModuleWithoutItsNamespace_IsRead()
    {
        using TemporaryFolder folder = GoldenFiles.Copy("bert/sentence-dense");
        string modules = File.ReadAllText(folder["modules.json"]), plain = modules.Replace("sentence_transformers.models.", "", StringComparison.Ordinal);
        File.WriteAllText(folder["modules.json"], plain);

        Assert.NotEqual(modules, plain);
        Assert.Equal(Bert.Load(GoldenFiles.Path("bert/sentence-dense")).Embed("apple").Values, Bert.Load(folder.Path).Embed("apple").Values);
    }

    [Fact]
    public void Rerank_Documents_StandInTheOrderOfTheirLogits()
    {
        SequenceClassifier reranker = SequenceClassifier.Load(GoldenFiles.Path("bert/reranker"));
        string[] documents = ["apple", "the tree fell", "a phone rings", "", "apple"];

        IReadOnlyList<Ranked> found = reranker.Rerank("the apple", documents, cancellationToken: Cancellation);

        Assert.Equal(found.OrderByDescending(one => one.Score), found);
        Assert.Equal([0, 1, 2, 3, 4], found.Select(one => one.Index).Order());
        Assert.All(found, one => Compare.Close([one.Score], reranker.Logits("the apple", documents[one.Index]).Span, 1e-5, documents[one.Index]));
        Assert.True(found.ToList().FindIndex(one => one.Index == 0) < found.ToList().FindIndex(one => one.Index == 4), "equals stand in their order");
        Assert.Empty(reranker.Rerank("apple", [], cancellationToken: Cancellation));
    }

    [Theory]
    [InlineData("pair-classifier")]
    [InlineData("reranker")]
    [InlineData("distil-classifier")]
    public void Logits_IntoASpan_AreTheSameInTheCallersOrderAndNothingIsAllocated(string model)
    {
        SequenceClassifier classifier = SequenceClassifier.Load(GoldenFiles.Path($"bert/{model}"));
        (string, string?)[] texts =
            [.. Enumerable.Range(0, 30).Select(i => (string.Concat(Enumerable.Repeat("apple tree ", i * 7 % 10)), i % 3 == 0 ? null : "the"))];
        float[] logits = new float[texts.Length * classifier.Labels.Count];
        List<int> told = [];

        classifier.Logits(texts, logits, new() { Progress = new Told(told.Add) }, cancellationToken: Cancellation);

        Assert.Equal([texts.Length], told);
        Assert.All(Enumerable.Range(0, texts.Length), i => Compare.Close(
            logits.AsSpan(i * classifier.Labels.Count, classifier.Labels.Count), classifier.Logits(texts[i].Item1, texts[i].Item2).Span, 1e-5,
            $"{model}: {i}"));
        Assert.Equal(0, Allocations.OfTenCalls(() => classifier.Logits(texts, logits, cancellationToken: CancellationToken.None)));
        Assert.Contains(
            $"logits has 7 numbers but 30 texts give 30 × {classifier.Labels.Count}",
            Assert.Throws<ArgumentException>(() => classifier.Logits(texts, new float[7], cancellationToken: Cancellation)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Logits_PairTooLong_IsRefusedUnlessTruncationIsAskedFor()
    {
        SequenceClassifier reranker = SequenceClassifier.Load(GoldenFiles.Path("bert/reranker"));
        string text = string.Concat(Enumerable.Repeat("apple ", 50));

        Assert.Contains(
            "text 1 has 54 pieces but the model reads 40",
            Assert.Throws<ArgumentException>(() => reranker.Logits([("tree", null), ("tree", text)], cancellationToken: Cancellation)).Message,
            StringComparison.Ordinal);
        Compare.Close(
            reranker.Logits([("tree", text)], new TextOptions { Truncate = true }, Cancellation).Span,
            reranker.Logits("tree", string.Concat(Enumerable.Repeat("apple ", 36))).Span, 1e-5,
            "the first 40 pieces");
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => reranker.Rerank("a", ["b"], cancellationToken: cancelled.Token));
    }

    [Fact]
    public void LogitsAndRerank_ArgumentAtFault_IsNamedAsTheCallerCallsIt()
    {
        SequenceClassifier reranker = SequenceClassifier.Load(GoldenFiles.Path("bert/reranker"));
        TextOptions prompted = new() { Prompt = "query" };

        AssertNames("text", "text 0 is null", () => reranker.Logits((string)null!));
        AssertNames("texts", "text 1 is null", () => reranker.Logits([("a", null), (null!, null)], cancellationToken: Cancellation));
        AssertNames("documents", "document 1 is null", () => reranker.Rerank("a", ["b", null!], cancellationToken: Cancellation));
        AssertNames("documents", "text 1 has", () => reranker.Rerank("a", ["b", string.Concat(Enumerable.Repeat("apple ", 50))], null, Cancellation));
        AssertNames("options", "Prompt is \"query\" but a classifier puts none", () => reranker.Rerank("a", ["b"], prompted, Cancellation));
        AssertNames("options", "Prompt is \"query\" but a classifier puts none", () => reranker.Logits([("a", null)], prompted, Cancellation));

        static void AssertNames(string parameter, string reason, Action call)
        {
            ArgumentException refused = Assert.Throws<ArgumentException>(call);
            Assert.Equal(parameter, refused.ParamName);
            Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Rerank_SeveralClasses_IsRefused() => Assert.Contains(
        "3 classes (entailment, neutral, contradiction) but a reranker has 1",
        Assert.Throws<InvalidOperationException>(
            () => SequenceClassifier.Load(GoldenFiles.Path("bert/pair-classifier")).Rerank("a", ["b"], cancellationToken: Cancellation)).Message,
        StringComparison.Ordinal);

    /// <summary>File, what is replaced in it, by what, and what the message must say.</summary>
    [Theory]
    [InlineData("pair-classifier", "config.json", "\"neutral\",", "\"neutral\"}, \"x\": {", "id2label has 2 names but must be 3, the rows of")]
    [InlineData("pair-classifier", "model.safetensors.index.json", "-00002-of", "-00003-of", "model-00003-of-00002.safetensors does not exist")]
    [InlineData("pair-classifier", "model.safetensors.index.json", "model-00001-of", "../model-00001-of", "must be the name of a .safetensors file")]
    [InlineData("pair-classifier", "model.safetensors.index.json", "\"classifier.bias\"", "\"classifier.shift\"", "\"classifier.shift\" is in")]
    [InlineData("pair-classifier", "model.safetensors.index.json", "weight_map", "map", "weight_map is missing")]
    [InlineData("distil-classifier", "config.json", "\"n_heads\": 4", "\"n_heads\": 3", "dim is 20 but n_heads is 3, which does not divide it")]
    [InlineData("distil-classifier", "config.json", "\"n_layers\": 2", "\"n_layers\": 3", "transformer.layer.2.attention.q_lin.weight\" (20, 20) is missing")]
    [InlineData("distil-classifier", "config.json", "\"distilbert\"", "\"bert\"", "hidden_size is missing")]
    [InlineData("sentence-dense", "2_Dense/config.json", "16", "15", "in_features is 15 but must be 16, what the module before gives")]
    [InlineData("sentence-dense", "2_Dense/config.json", "7", "8", "tensor \"linear.weight\" is (7, 16) but must be (8, 16)")]
    [InlineData("sentence-dense", "2_Dense/config.json", "activation.Tanh", "activation.Mish", "Mish\" but Tanh, Identity and ReLU of")]
    [InlineData("sentence-dense", "modules.json", "models.Pooling", "models.CNN", "one Transformer, one Pooling, then Dense and Normalize")]
    [InlineData("sentence-dense", "1_Pooling/config.json", "\"pooling_mode_cls_token\"", "\"include_prompt\"", "include_prompt is false but")]
    [InlineData("sentence-dense", "config_sentence_transformers.json", "null", "\"other\"", "default_prompt_name is \"other\" but must be a name in prompts")]
    public void Load_FilesThatDoNotFit_AreRefusedByFileKeyAndFix(string model, string file, string good, string bad, string reason)
    {
        using TemporaryFolder folder = GoldenFiles.Copy($"bert/{model}");
        string before = File.ReadAllText(folder[file]);
        Assert.Contains(good, before, StringComparison.Ordinal);
        File.WriteAllText(folder[file], before.Replace(good, bad, StringComparison.Ordinal));

        Exception refused = Assert.ThrowsAny<Exception>(() => Load(model, folder.Path));

        Assert.True(refused is InvalidDataException or FileNotFoundException, refused.ToString());
        Assert.Contains(folder.Path, refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Matches("[:;] (take|pass|put) [^:]+\\.$", refused.Message);
    }

    [Theory]
    [InlineData("sentence-mean", "encoder.layer.1.output.dense.bias", float.NaN)]
    [InlineData("sentence-mean", "encoder.layer.0.attention.self.query.weight", float.PositiveInfinity)]
    [InlineData("reranker", "model.classifier.weight", float.NaN)]
    public void Load_WeightThatIsNotFinite_IsNamed(string model, string name, float value)
    {
        using TemporaryFolder folder = GoldenFiles.Copy($"bert/{model}");
        List<(string Name, Tensor Value)> tensors;
        using (SafeTensorsFile file = SafeTensorsFile.Open(folder["model.safetensors"]))
        {
            tensors = [.. file.Tensors.Select(t => (t.Name, file.Read(t.Name)))];
        }

        tensors.Single(t => t.Name == name).Value.Span[3 % tensors.Single(t => t.Name == name).Value.Length] = value;
        SafeTensorsFile.Write(folder["model.safetensors"], tensors);

        string message = Assert.Throws<InvalidDataException>(() => Load(model, folder.Path)).Message;

        Assert.Contains($"tensor \"{name}\" of {folder.Path}", message, StringComparison.Ordinal);
        Assert.Contains("holds NaN or infinity", message, StringComparison.Ordinal);
    }

    /// <summary>Every JSON file at every third byte, vocab.txt at every line, every weight file at the borders of its parts and somewhere between.</summary>
    [Theory, Trait("Width", "Any")]
    [InlineData("pair-classifier")]
    [InlineData("sentence-dense")]
    public void Load_FileCutAnywhere_IsRefusedAndNothingElse(string model)
    {
        using TemporaryFolder folder = GoldenFiles.Copy($"bert/{model}");
        CounterRandom random = new(3);
        foreach (string file in Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories))
        {
            byte[] whole = File.ReadAllBytes(file);
            foreach (int length in Cuts(file, whole, random))
            {
                File.WriteAllBytes(file, whole[..length]);
                InvalidDataException refused = Assert.Throws<InvalidDataException>(() => Load(model, folder.Path));
                Assert.Contains(folder.Path, refused.Message, StringComparison.Ordinal);
            }

            File.WriteAllBytes(file, whole);
        }

        Load(model, folder.Path);
    }

    /// <summary>
    /// A vocab.txt cut in its last line only, has as many pieces as the model has rows: that the last one is shorter, only a tokenizer.json can tell.
    /// </summary>
    private static IEnumerable<int> Cuts(string file, byte[] whole, CounterRandom random)
    {
        if (Path.GetExtension(file) == ".txt")
        {
            return Enumerable.Range(0, whole.Length - 1).Where(length => length == 0 || whole[length - 1] == '\n');
        }

        if (Path.GetExtension(file) == ".json")
        {
            return Enumerable.Range(0, Array.LastIndexOf(whole, (byte)'}') - 1).Where(length => length % 3 == 0);
        }

        using SafeTensorsFile stored = SafeTensorsFile.Open(file);
        int header = 8 + (int)BitConverter.ToUInt64(whole);
        return [0, 7, 8, header - 1, header, whole.Length - 1, .. stored.Tensors.Select(t => header + (int)t.Begin), random.NextInt(whole.Length)];
    }

    private static void Load(string model, string folder)
    {
        if (model.StartsWith("sentence", StringComparison.Ordinal))
        {
            Bert.Load(folder);
        }
        else
        {
            SequenceClassifier.Load(folder);
        }
    }

    private static (string Text, string? Pair) Texts(JsonElement one) => (one.GetProperty("text").GetString()!, one.GetProperty("pair").GetString());

    private static JsonElement[] Cases(string model) =>
        [.. JsonDocument.Parse(File.ReadAllBytes(GoldenFiles.Path($"bert/{model}/expected.json"))).RootElement.GetProperty("cases").EnumerateArray()];

    private static double[] Doubles(JsonElement one, string name) => [.. one.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];

    private sealed class Told(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
