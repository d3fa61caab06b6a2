using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Tests.Words;
using AttentionLab.Weights;

namespace AttentionLab.Tests.Models;

/// <summary>Folders whose files lie or do not belong together: each gets a message with file, both sides and fix.</summary>
[Trait("Width", "Any")]
public class HostileBertTests
{
    [Theory]
    [InlineData("\"hidden_size\": 20", "\"hidden_size\": 24", "\"bert.embeddings.word_embeddings.weight\" is (40, 20) but config.json makes it (40, 24)")]
    [InlineData("\"vocab_size\": 40", "\"vocab_size\": 48", "\"bert.embeddings.word_embeddings.weight\" is (40, 20) but config.json makes it (48, 20)")]
    [InlineData("\"vocab_size\": 40", "\"vocab_size\": 12", "has 37 pieces but config.json has vocab_size 12")]
    [InlineData(
        "\"intermediate_size\": 28", "\"intermediate_size\": 30",
        "\"bert.encoder.layer.0.intermediate.dense.weight\" is (28, 20) but config.json makes it (30, 20)")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", "\"bert.encoder.layer.2.attention.self.query.weight\" (20, 20) is missing")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1", "\"bert.encoder.layer.1.attention.self.query.weight\" is unknown")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 10000", "is missing")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 10001", "num_hidden_layers is 10001 but must be a whole number from 1 to 10000")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 0", "num_hidden_layers is 0")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": \"2\"", "num_hidden_layers is \"2\"")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_layers\": 2", "num_hidden_layers is missing")]
    [InlineData("\"num_attention_heads\": 4", "\"num_attention_heads\": 3", "hidden_size is 20 but num_attention_heads is 3, which does not divide it")]
    [InlineData("\"max_position_embeddings\": 40", "\"max_position_embeddings\": 99999999", "is (40, 20) but config.json makes it (99999999, 20)")]
    [InlineData("\"max_position_embeddings\": 40", "\"max_position_embeddings\": -1", "max_position_embeddings is -1")]
    [InlineData("\"hidden_size\": 20", "\"hidden_size\": 2147483648", "hidden_size is 2147483648")]
    [InlineData("\"hidden_size\": 20", "\"hidden_size\": 20.5", "hidden_size is 20.5")]
    [InlineData("\"gelu\"", "\"silu\"", "hidden_act is \"silu\" but gelu, gelu_new, gelu_pytorch_tanh, gelu_fast and relu are known")]
    [InlineData("\"gelu\"", "\"\\u001b[31m\"", "hidden_act is \"?[31m\" but")]
    [InlineData("\"absolute\"", "\"relative_key\"", "position_embedding_type is \"relative_key\" but only \"absolute\" is read")]
    [InlineData("\"model_type\": \"bert\"", "\"model_type\": \"roberta\"", "model_type is \"roberta\" but only \"bert\" is read")]
    [InlineData("\"model_type\": \"bert\"", "\"is_decoder\": true", "is_decoder is true but only encoders are read")]
    [InlineData("\"model_type\": \"bert\"", "\"add_cross_attention\": true", "add_cross_attention is true")]
    [InlineData("\"model_type\": \"bert\"", "\"quantization_config\": {}", "only F32, F16 and BF16 weights are read")]
    [InlineData("\"model_type\": \"bert\"", "\"is_decoder\": 1", "is_decoder is 1 but must be true or false")]
    [InlineData("\"model_type\": \"bert\"", "\"model_type\": \"\\ud800\"", "not valid UTF-8 or half a surrogate pair")]
    [InlineData("1e-12", "-1", "layer_norm_eps is -1")]
    [InlineData("1e-12", "1e999", "layer_norm_eps is 1e999")]
    [InlineData("{", "[", "config.json is not valid JSON")]
    public void Load_ConfigThatDoesNotFit_IsRefused(string good, string bad, string reason)
    {
        using TemporaryFolder folder = Copy("uncased-prefix");
        string config = File.ReadAllText(folder["config.json"]);
        Assert.Contains(good, config);
        File.WriteAllText(folder["config.json"], config.Replace(good, bad));

        string message = Refusal(folder.Path);

        Assert.Contains(folder.Path, message);
        Assert.Contains(reason, message);
    }

    [Fact]
    public void Load_VocabularyOneShort_IsRefusedUnlessTheRowsAreFilledUp()
    {
        using TemporaryFolder folder = OneShort();

        string message = Refusal(folder.Path);

        Assert.Contains($"{folder["vocab.txt"]} has 41 pieces but config.json has vocab_size 42", message);
        Assert.Contains("put its tokenizer.json there", message);
        Assert.Equal(37, Bert.Load(GoldenFiles.Path("bert/uncased-prefix")).Tokenizer.Pieces.Count);
    }

    [Fact]
    public void Load_VocabularyReordered_IsRefusedByTheIdsOfTokenizerConfig()
    {
        using TemporaryFolder folder = Copy("sentence-cls");
        string[] lines = File.ReadAllLines(folder["vocab.txt"]);
        int start = Array.IndexOf(lines, "[CLS]"), end = Array.IndexOf(lines, "[SEP]");
        folder.Write(
            "tokenizer_config.json", $"{{\"added_tokens_decoder\": {{\"{start}\": {{\"content\": \"[CLS]\"}}, \"{end}\": {{\"content\": \"[SEP]\"}}}}}}");
        Bert.Load(folder.Path);
        (lines[start], lines[end]) = (lines[end], lines[start]);
        folder.Write("vocab.txt", string.Join('\n', lines));

        Assert.Contains(
            $"tokenizer_config.json: added_tokens_decoder.{start} gives \"[CLS]\" the id {start} but must be {end}, as in the vocabulary",
            Refusal(folder.Path));
    }

    /// <summary>
    /// Rows are filled up to the next multiple of 8, 16, … 128 at most; a shorter vocabulary is another model's. If one piece is missing, nothing tells a row
    /// that fills up from a line that was lost.
    /// </summary>
    [Theory]
    [InlineData(40, true)]
    [InlineData(39, false)]
    [InlineData(38, true)]
    [InlineData(33, true)]
    [InlineData(32, false)]
    [InlineData(31, false)]
    public void Load_VocabularyShorterThanTheRows_IsReadOnlyIfTheyAreFilledUpToABlock(int pieces, bool fits)
    {
        using TemporaryFolder folder = Copy("uncased-prefix");
        IEnumerable<string> lines = File.ReadAllLines(folder["vocab.txt"]).Concat(["more1", "more2", "more3"]);
        folder.Write("vocab.txt", string.Join('\n', lines.Take(pieces)));

        if (fits)
        {
            Assert.Equal(pieces, Bert.Load(folder.Path).Tokenizer.Pieces.Count);
        }
        else
        {
            Assert.Contains($"has {pieces} pieces but config.json has vocab_size 40", Refusal(folder.Path));
        }
    }

    [Theory]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"41": {"content": "[NEW]", "special": true}}}""")]
    [InlineData("added_tokens.json", """{"[NEW]": 41}""")]
    public void Load_AddedPiecesThatTheVocabularyLacks_AreTakenOver(string file, string json)
    {
        using TemporaryFolder folder = OneShort();
        folder.Write(file, json);

        Bert bert = Bert.Load(folder.Path);

        Assert.Equal(("[NEW]", 42), (bert.Tokenizer.Pieces[41], bert.Tokenizer.Pieces.Count));
        Assert.Equal(["apple", "[NEW]", "tree"], bert.Tokenizer.Tokenize("apple[NEW]tree"));
    }

    [Theory]
    [InlineData(
        "tokenizer_config.json", """{"added_tokens_decoder": {"42": {"content": "[NEW]"}}}""",
        "added_tokens_decoder.42 gives \"[NEW]\" the id 42 but must be 41: the vocabulary has 41 pieces")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"41": {"content": ""}}}""", "added_tokens_decoder.41 has no content")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"x": {"content": "[NEW]"}}}""", "added_tokens_decoder.x is no id")]
    [InlineData("added_tokens.json", """{"[NEW]": 12}""", "[NEW] gives \"[NEW]\" the id 12 but must be 41")]
    [InlineData("added_tokens.json", """{"[MASK]": 41}""", "[MASK] gives \"[MASK]\" the id 41 but must be 5, as in the vocabulary")]
    [InlineData("added_tokens.json", """{"[NEW]": "41"}""", "[NEW] is \"41\" but must be a whole number")]
    [InlineData("added_tokens.json", """{"[NEW]": 41, "[MORE]": 42}""", "has 43 pieces but config.json has vocab_size 42")]
    public void Load_AddedPiecesThatFitNoRow_AreRefusedByFileAndKey(string file, string json, string reason)
    {
        using TemporaryFolder folder = OneShort();
        folder.Write(file, json);

        Assert.Contains(reason, Refusal(folder.Path));
    }

    [Theory]
    [InlineData("encoder.layer.1.output.dense.weight", float.NaN)]
    [InlineData("embeddings.LayerNorm.bias", float.PositiveInfinity)]
    public void Load_WeightThatIsNoNumber_NamesTheTensor(string name, float value)
    {
        using TemporaryFolder folder = Copy("cased-plain");
        Rewrite(folder, tensors => tensors.Find(t => t.Name == name).Value.Span[^1] = value);

        Assert.Contains($"tensor \"{name}\" of {folder["model.safetensors"]} holds NaN or infinity", Refusal(folder.Path));
    }

    [Fact]
    public void Load_MissingTensor_NamesItWithItsShape()
    {
        using TemporaryFolder folder = Copy("cased-plain");
        Rewrite(folder, tensors => tensors.RemoveAll(t => t.Name == "encoder.layer.1.output.dense.bias"));

        Assert.Contains("\"encoder.layer.1.output.dense.bias\" (12) is missing", Refusal(folder.Path));
    }

    [Fact]
    public void Load_UnknownTensor_NamesIt()
    {
        using TemporaryFolder folder = Copy("cased-plain");
        Rewrite(folder, tensors => tensors.Add(("encoder.layer.0.attention.self.distance_embedding.weight", new Tensor(3))));

        Assert.Contains("\"encoder.layer.0.attention.self.distance_embedding.weight\" is unknown", Refusal(folder.Path));
    }

    [Fact]
    public void Load_WeightTransposed_NamesBothShapes()
    {
        using TemporaryFolder folder = Copy("cased-plain");
        Rewrite(folder, tensors =>
        {
            int at = tensors.FindIndex(t => t.Name == "encoder.layer.0.intermediate.dense.weight");
            tensors[at] = (tensors[at].Name, tensors[at].Value.Transpose());
        });

        Assert.Contains("\"encoder.layer.0.intermediate.dense.weight\" is (12, 40) but config.json makes it (40, 12)", Refusal(folder.Path));
    }

    [Fact]
    public void Load_PoolerWithoutBias_NamesIt()
    {
        using TemporaryFolder folder = Copy("sentence-mean");
        Rewrite(folder, tensors => tensors.RemoveAll(t => t.Name == "pooler.dense.bias"));

        Assert.Contains("\"pooler.dense.bias\" (16) is missing", Refusal(folder.Path));
    }

    [Theory]
    [InlineData("cased-plain", "", "model.")]
    [InlineData("cased-plain", "", "0.auto_model.")]
    [InlineData("uncased-prefix", "bert.", "model.bert.")]
    [InlineData("uncased-prefix", "bert.", "module.")]
    public void Load_AnyPrefixThatAllTensorsShare_IsStripped(string model, string prefix, string other)
    {
        using TemporaryFolder folder = Copy(model);
        Tensor before = Bert.Load(folder.Path).Embed("an apple");
        Rewrite(folder, tensors =>
        {
            for (int i = 0; i < tensors.Count; i++)
            {
                string name = tensors[i].Name;
                tensors[i] = (name.StartsWith(prefix, StringComparison.Ordinal) ? other + name[prefix.Length..] : name, tensors[i].Value);
            }
        });
        Assert.Equal(before.Values, Bert.Load(folder.Path).Embed("an apple").Values);
    }

    [Fact]
    public void Load_TwoModelsInOneFile_AreNamed()
    {
        using TemporaryFolder folder = Copy("cased-plain");
        Rewrite(folder, tensors => tensors.AddRange([.. tensors.Select(t => ("query." + t.Name, t.Value))]));
        Assert.Contains("holds several models: \"embeddings.word_embeddings.weight\" stands behind \"\" and \"query.\"", Refusal(folder.Path));
    }

    [Fact]
    public void Load_ConfigOfVeryManyValues_IsRefusedBeforeItIsMuchMemory()
    {
        using TemporaryFolder folder = Copy("cased-plain");
        string config = folder.Write("config.json", $$"""{"a": [{{string.Join(',', Enumerable.Repeat('1', 1_000_000))}}]}""");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("holds more than 200000 values", Assert.Throws<InvalidDataException>(() => Bert.Load(folder.Path)).Message);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before, length = new FileInfo(config).Length;
        Assert.True(allocated < 1.5 * length, $"{(double)allocated / length:0.0} times the file were allocated");
    }

    [Fact]
    public void Load_AnotherModelsWeights_SaysWhatTheyBeginWith()
    {
        using TemporaryFolder folder = Copy("cased-plain");
        SafeTensorsFile.Write(folder["model.safetensors"], [("roberta.embeddings.word_embeddings.weight", new Tensor(2))]);

        Assert.Contains("begin with \"roberta.embeddings.word_embeddings.weight\"", Refusal(folder.Path));
    }

    [Theory]
    [InlineData("config.json", "put the model's config.json there")]
    [InlineData("vocab.txt", "only WordPiece vocabularies are read")]
    [InlineData("model.safetensors", "put the model's file there")]
    [InlineData("1_Pooling/config.json", "take the whole folder of the model")]
    public void Load_FileMissing_SaysWhichAndWhatToDo(string file, string fix)
    {
        using TemporaryFolder folder = Copy("sentence-mean");
        File.Delete(folder[file]);

        string message = Assert.Throws<FileNotFoundException>(() => Bert.Load(folder.Path)).Message;

        Assert.Contains(file, message);
        Assert.Contains(fix, message);
    }

    [Fact]
    public void Load_PoolingFolderWithoutItsFile_NamesTheFolderNotModulesJson()
    {
        using TemporaryFolder folder = Copy("cased-plain");
        Directory.CreateDirectory(folder["1_Pooling"]);

        string message = Assert.Throws<FileNotFoundException>(() => Bert.Load(folder.Path)).Message;

        Assert.Contains("1_Pooling/config.json does not exist but the folder 1_Pooling does", message);
        Assert.Contains("or remove that folder", message);
        Assert.DoesNotContain("modules.json", message);
    }

    [Fact]
    public void Load_WeightsInAnotherForm_SaysWhatToDo()
    {
        using TemporaryFolder folder = Copy("cased-plain");
        File.Move(folder["model.safetensors"], folder["pytorch_model.bin"]);

        Assert.Contains("save the model as safetensors", Assert.Throws<FileNotFoundException>(() => Bert.Load(folder.Path)).Message);
    }

    [Fact]
    public void Load_NoFolder_SaysWhatToPass() =>
        Assert.Contains("pass the folder that holds config.json", Assert.Throws<DirectoryNotFoundException>(() => Bert.Load("no/such/folder")).Message);

    [Theory]
    [InlineData("modules.json", "models.Pooling", "models.Dense", "other modules are not supported")]
    [InlineData("modules.json", "1_Pooling", "../1_Pooling", "a folder inside the model's folder")]
    [InlineData("modules.json", "1_Pooling", "/etc", "a folder inside the model's folder")]
    [InlineData("modules.json", "[", "{}[", "not valid JSON")]
    [InlineData(
        "1_Pooling/config.json", "\"pooling_mode_cls_token\": false", "\"pooling_mode_cls_token\": true",
        "one of mean_tokens, cls_token and max_tokens")]
    [InlineData("1_Pooling/config.json", "\"pooling_mode_mean_tokens\": true", "\"pooling_mode_lasttoken\": true", "pooling_mode is [lasttoken]")]
    [InlineData("1_Pooling/config.json", "true", "1", "pooling_mode_mean_tokens is 1 but must be true or false")]
    [InlineData("sentence_bert_config.json", "32", "2", "max_seq_length is 2")]
    public void Load_SentencePartsNotSupported_AreRefused(string file, string good, string bad, string reason)
    {
        using TemporaryFolder folder = Copy("sentence-mean");
        string text = File.ReadAllText(folder[file]);
        Assert.Contains(good, text);
        File.WriteAllText(folder[file], text.Replace(good, bad));

        string message = Refusal(folder.Path);

        Assert.Contains(Path.GetFileName(file), message);
        Assert.Contains(reason, message);
    }

    /// <summary>
    /// 1400 seeded mutations, in all, of one file of a sound folder: it loads, or is refused with the folder named; nothing else, no large allocation.
    /// </summary>
    [Theory]
    [InlineData("config.json", 600)]
    [InlineData("vocab.txt", 150)]
    [InlineData("model.safetensors", 300)]
    [InlineData("modules.json", 200)]
    [InlineData("1_Pooling/config.json", 150)]
    public void Load_MutatedFile_LoadsOrRefusesAndNothingElse(string file, int cases)
    {
        using TemporaryFolder folder = Copy("sentence-mean");
        byte[] original = File.ReadAllBytes(folder[file]);
        CounterRandom random = new(17);
        int refused = 0;

        // The working memory that a thread keeps from its first call on is no part of a case.
        Bert.Load(folder.Path).Embed("apple");
        for (int i = 0; i < cases; i++)
        {
            File.WriteAllBytes(folder[file], Mutations.Apply(original, random));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Bert.Load(folder.Path).Embed("apple");
            }
            catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
            {
                Assert.Contains(folder.Path, e.Message);
                refused++;
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 3_000_000, $"case {i} allocated too much");
        }

        Assert.InRange(refused, 1, cases - 1);
    }

    private static string Refusal(string folder)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<InvalidDataException>(() => Bert.Load(folder)).Message;
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 3_000_000);
        return message;
    }

    private static TemporaryFolder OneShort()
    {
        TemporaryFolder folder = Copy("cased-plain");
        folder.Write("vocab.txt", string.Join('\n', File.ReadAllLines(folder["vocab.txt"])[..^1]));
        return folder;
    }

    private static TemporaryFolder Copy(string model) => GoldenFiles.Copy($"bert/{model}");

    private static void Rewrite(TemporaryFolder folder, Action<List<(string Name, Tensor Value)>> change)
    {
        List<(string Name, Tensor Value)> tensors;
        using (SafeTensorsFile file = SafeTensorsFile.Open(folder["model.safetensors"]))
        {
            tensors = [.. file.Tensors.Where(t => t.Type != "I64").Select(t => (t.Name, file.Read(t.Name)))];
        }

        change(tensors);
        SafeTensorsFile.Write(folder["model.safetensors"], tensors);
    }
}
