using System.Text.Json.Nodes;
using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Tests.Words;

public class TokenizerJsonTests
{
    private static readonly string[] Pieces = ["un", "##aff", "##able", "run", "##ning", "The", "the"];

    /// <summary>Key, value, and what the message must say.</summary>
    public static TheoryData<string, string, string> Unsupported => new()
    {
        { "model.type", "\"Unigram\"", "model.type is \"Unigram\" but only WordPiece is read: take" },
        { "model.vocab", "null", "model.vocab is missing" },
        { "model.vocab", "{\"a\":-1}", "model.vocab.a is -1 but must be a whole number from 0" },
        { "model.vocab", "{\"a\":5,\"b\":5}", "has the id 5, as" },
        { "model.vocab", "{\"a\":2000000000}", "model.vocab has" },
        { "model.unk_token", "\"<unk>\"", "model.unk_token is \"<unk>\" but no piece is called so: add <unk>" },
        { "normalizer", "{\"type\":\"Precompiled\"}", "normalizer.type is \"Precompiled\" but BertNormalizer, Sequence" },
        {
            "normalizer", "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFD\"},{\"type\":\"Nmt\"}]}",
            "normalizer.normalizers[1].type is \"Nmt\" but"
        },
        { "normalizer", "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"a+\"},\"content\":\"b\"}", "regular expressions are not supported" },
        { "pre_tokenizer", "null", "pre_tokenizer cuts at no white space" },
        { "pre_tokenizer", "{\"type\":\"Metaspace\"}", "pre_tokenizer.type is \"Metaspace\" but BertPreTokenizer" },
        { "pre_tokenizer", "{\"type\":\"Punctuation\",\"behavior\":\"Removed\"}", "pre_tokenizer.behavior is \"Removed\" but only Isolated" },
        { "post_processor", "{\"type\":\"RobertaProcessing\"}", "post_processor.type is \"RobertaProcessing\" but TemplateProcessing and" },
        { "post_processor", "{\"type\":\"BertProcessing\",\"cls\":[\"[CLS]\",2]}", "post_processor.sep is missing but must be a piece and its id" },
        {
            "post_processor", "{\"type\":\"BertProcessing\",\"cls\":[\"[CLS]\",9],\"sep\":[\"[SEP]\",3]}",
            "post_processor.cls gives [CLS] the id 9 but must be 2, as in the vocabulary"
        },
        { "post_processor", "{\"type\":\"TemplateProcessing\",\"single\":[]}", "post_processor.single does not hold each text once" },
        { "truncation", "{\"direction\":\"Left\",\"max_length\":128}", "truncation.direction is \"Left\" but only the right end" },
        { "padding", "{\"direction\":\"Left\"}", "padding.direction is \"Left\" but" },
        { "padding", "{\"pad_token\":\"<pad>\"}", "padding.pad_token is \"<pad>\" but no piece" },
        { "added_tokens", "[{\"content\":\"[PAD]\",\"id\":3}]", "added_tokens[0].id is 3 but \"[PAD]\" has 0 in model.vocab" },
        { "added_tokens", "[{\"id\":3}]", "added_tokens[0].content is missing" },
        { "added_tokens", "7", "added_tokens is 7 but must be a list of objects" },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void Read_WhatIsNotSupported_IsRefusedByFileKeyAndFix(string key, string value, string reason)
    {
        using TemporaryFolder folder = new();
        TokenizerFile.Write(folder["tokenizer.json"], Pieces);
        JsonNode file = JsonNode.Parse(File.ReadAllText(folder["tokenizer.json"]))!;
        string[] keys = key.Split('.');
        (keys.Length == 2 ? file[keys[0]]! : file)[keys[^1]] = JsonNode.Parse(value);
        File.WriteAllText(folder["tokenizer.json"], file.ToJsonString());

        string message = Assert.Throws<InvalidDataException>(() => WordPieceTokenizer.Read(folder["tokenizer.json"])).Message;

        Assert.StartsWith(folder["tokenizer.json"], message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Matches(": (take|add|mend|give) ", message);
    }

    [Fact]
    public void Read_PublishedForm_TokenizesAndSaysItsChoices()
    {
        using TemporaryFolder folder = new();
        TokenizerFile.Write(folder["tokenizer.json"], Pieces, added: [("[NEW]", "special")]);

        WordPieceTokenizer tokenizer = WordPieceTokenizer.Read(folder["tokenizer.json"]);

        Assert.Equal((true, true, true), (tokenizer.Splitter.LowerCase, tokenizer.Splitter.StripAccents, tokenizer.Splitter.IsolateChinese));
        Assert.Equal(["un", "##aff", "##able", "[NEW]", "the", "[UNK]"], tokenizer.Tokenize("Unaffable[NEW] Thé new"));
        Assert.Equal(["The"], WordPieceTokenizer.Read(folder["tokenizer.json"], lowerCase: false).Tokenize("The"));
        EncodedText pair = tokenizer.Encode("run", "the");
        Assert.Equal([2, 8, 3, 11, 3], pair.Ids);
        Assert.Equal([0, 0, 0, 1, 1], pair.Types);
        Assert.Equal(13, tokenizer.Pieces.Count);
    }

    /// <summary>The form in which published rerankers say where a pair's special pieces stand, and of which type each piece is.</summary>
    [Theory]
    [InlineData("[CLS]:0 A:0 [SEP]:0 B:1 [SEP]:1", new[] { 2, 8, 3, 11, 3 }, new[] { 0, 0, 0, 1, 1 })]
    [InlineData("[CLS]:0 A:0 [SEP]:0 [SEP]:0 B:0 [SEP]:0", new[] { 2, 8, 3, 3, 11, 3 }, new[] { 0, 0, 0, 0, 0, 0 })]
    [InlineData("[CLS]:2 A:0 B:1 [SEP]:1", new[] { 2, 8, 11, 3 }, new[] { 2, 0, 1, 1 })]
    public void Read_TemplateOfPairs_GivesItsIdsAndTypes(string template, int[] ids, int[] types)
    {
        static JsonNode Part(string[] of) => new JsonObject
        {
            [of[0] is "A" or "B" ? "Sequence" : "SpecialToken"] = new JsonObject { ["id"] = of[0], ["type_id"] = int.Parse(of[1]) },
        };
        static string Parts(string parts) => new JsonArray([.. parts.Split(' ').Select(part => Part(part.Split(':')))]).ToJsonString();
        using TemporaryFolder folder = new();
        string pieces = """{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}""";
        TokenizerFile.Write(
            folder["tokenizer.json"], Pieces,
            processor: $$"""
            {"type":"TemplateProcessing","single":{{Parts("[CLS]:0 A:0 [SEP]:0")}},"pair":{{Parts(template)}},"special_tokens":{{pieces}} }
            """);

        EncodedText pair = WordPieceTokenizer.Read(folder["tokenizer.json"]).Encode("run", "the");

        Assert.Equal(ids, pair.Ids);
        Assert.Equal(types, pair.Types);
    }

    [Fact]
    public void Read_GooglesRulesWithAnotherNormalizer_IsRefusedByKeyAndFix()
    {
        using TemporaryFolder folder = new();
        TokenizerFile.Write(
            folder["tokenizer.json"], Pieces, """{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"Lowercase"},{"type":"StripAccents"}]}""");
        Assert.Equal(["the"], WordPieceTokenizer.Read(folder["tokenizer.json"]).Tokenize("Thé"));

        string message = Assert.Throws<InvalidDataException>(
            () => WordPieceTokenizer.Read(folder["tokenizer.json"], rules: TokenizerRules.Original)).Message;

        Assert.StartsWith($"{folder["tokenizer.json"]}: normalizer is not one BertNormalizer", message, StringComparison.Ordinal);
        Assert.EndsWith(": take TokenizerRules.Fast.", message, StringComparison.Ordinal);
    }

    /// <summary>A template may give the pieces of a single text other types than 0; the model adds the vectors of these.</summary>
    [Fact]
    public void Load_TemplateWithTypesOfASingleText_AddsTheirVectors()
    {
        string[] texts = ["The apple fell from the tree.", "a phone", ""];
        using TemporaryFolder folder = WithTypesOfASingleText(text: 1, separator: 0), plain = WithTypesOfASingleText(text: 0, separator: 0);

        Bert bert = Bert.Load(folder.Path);
        Tensor vectors = bert.Embed(texts), zeros = Bert.Load(plain.Path).Embed(texts);

        Assert.Equal([0, 1, 1, 0], bert.Tokenizer.Encode("a phone").Types);
        EncodedBatch batch = bert.Tokenizer.Encode(texts);
        Compare.Close(vectors, bert.Pool(bert.Forward(batch).Y, batch.Visible), 2e-6, "vectors");
        Assert.False(vectors.Row(0).SequenceEqual(zeros.Row(0)));
    }

    [Theory, InlineData(2, 0), InlineData(0, 2)]
    public void Load_TemplateWithATypeThatTheModelHasNot_IsRefusedByFileKeyAndFix(int text, int separator)
    {
        using TemporaryFolder folder = WithTypesOfASingleText(text, separator);

        string message = Assert.Throws<InvalidDataException>(() => Bert.Load(folder.Path)).Message;

        Assert.StartsWith($"{folder["tokenizer.json"]}: post_processor.single gives type_id 2", message, StringComparison.Ordinal);
        Assert.Contains("type_vocab_size 2: take both files from the same model", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FolderWithTokenizerJsonOnly_GivesTheSameVectors()
    {
        using TemporaryFolder folder = GoldenFiles.Copy("bert/sentence-mean");
        string[] texts = ["The apple fell from the tree.", "unknowable Zebra eats 苹果 [MASK]", ""];
        float[] before = Bert.Load(folder.Path).Embed(texts).Span.ToArray();
        WriteJson(folder, File.ReadAllLines(folder["vocab.txt"]));
        File.Delete(folder["vocab.txt"]);

        Assert.Equal(before, Bert.Load(folder.Path).Embed(texts).Span.ToArray());
    }

    /// <summary>Of its pieces alone a text has no vector of [CLS], and an empty one none at all.</summary>
    [Theory]
    [InlineData("null")]
    [InlineData(
        """
        {"type":"TemplateProcessing","single":[{"Sequence":{"id":"A"}}],"pair":[{"Sequence":{"id":"A"}},{"Sequence":{"id":"B"}}],"special_tokens":{}}
        """)]
    public void Load_TokenizerJsonThatPutsNoClsBeforeTexts_IsRefusedByKey(string processor)
    {
        using TemporaryFolder folder = GoldenFiles.Copy("bert/sentence-mean");
        WriteJson(folder, File.ReadAllLines(folder["vocab.txt"]));
        JsonNode file = JsonNode.Parse(File.ReadAllText(folder["tokenizer.json"]))!;
        file["post_processor"] = JsonNode.Parse(processor);
        File.WriteAllText(folder["tokenizer.json"], file.ToJsonString());

        Assert.Contains(
            $"{folder["tokenizer.json"]}: post_processor puts no [CLS] before texts but",
            Assert.Throws<InvalidDataException>(() => Bert.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    /// <summary>In another order a vocab.txt would load without tokenizer.json, and give wrong vectors; a short or a long one fits no rows.</summary>
    [Theory]
    [InlineData("reordered", "in line 8 but tokenizer.json gives it the id 8, line 9")]
    [InlineData("short", "lacks \"##e\", which has the id 36 in tokenizer.json")]
    [InlineData("long", "has \"##more\" in line 38 but tokenizer.json does not have it")]
    public void Load_VocabularyOtherThanTokenizerJson_IsRefusedByLine(string how, string reason)
    {
        using TemporaryFolder folder = GoldenFiles.Copy("bert/sentence-mean");
        List<string> lines = [.. File.ReadAllLines(folder["vocab.txt"])];
        WriteJson(folder, lines);
        if (how == "reordered")
        {
            (lines[7], lines[8]) = (lines[8], lines[7]);
        }
        else if (how == "short")
        {
            lines.RemoveAt(lines.Count - 1);
        }
        else
        {
            lines.Add("##more");
        }

        File.WriteAllLines(folder["vocab.txt"], lines);

        string message = Assert.Throws<InvalidDataException>(() => Bert.Load(folder.Path)).Message;

        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.EndsWith("take both files from the same model, or remove vocab.txt.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MutatedOrCutFile_TokenizesOrRefusesAndNothingElse()
    {
        using TemporaryFolder folder = new();
        TokenizerFile.Write(folder["tokenizer.json"], Pieces, added: [("[NEW]", "normalized lstrip")]);
        byte[] original = File.ReadAllBytes(folder["tokenizer.json"]);
        CounterRandom random = new(5);
        int refused = 0;
        for (int i = 0; i < original.Length + 1000; i++)
        {
            File.WriteAllBytes(folder["t.json"], i < original.Length ? original[..i] : Mutations.Apply(original, random));
            try
            {
                WordPieceTokenizer tokenizer = WordPieceTokenizer.Read(folder["t.json"]);
                Assert.True(i >= original.Length, $"the first {i} bytes were accepted");
                Assert.All(tokenizer.Encode("The naïve 苹果 [MASK] unaffable [NEW]").Ids, id => Assert.InRange(id, 0, tokenizer.Pieces.Count - 1));
            }
            catch (InvalidDataException e)
            {
                Assert.Contains(folder["t.json"], e.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.InRange(refused, original.Length, original.Length + 999);
    }

    /// <summary>The small model with a tokenizer.json that puts [CLS], the text and [SEP] of these types.</summary>
    private static TemporaryFolder WithTypesOfASingleText(int text, int separator)
    {
        TemporaryFolder folder = GoldenFiles.Copy("bert/sentence-mean");
        WriteJson(folder, File.ReadAllLines(folder["vocab.txt"]));
        File.Delete(folder["vocab.txt"]);
        JsonNode file = JsonNode.Parse(File.ReadAllText(folder["tokenizer.json"]))!;
        file["post_processor"] = new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(Part("SpecialToken", "[CLS]", 0), Part("Sequence", "A", text), Part("SpecialToken", "[SEP]", separator)),
            ["pair"] = new JsonArray(Part("SpecialToken", "[CLS]", 0), Part("Sequence", "A", 0), Part("Sequence", "B", 1)),
            ["special_tokens"] = new JsonObject { ["[CLS]"] = Special("[CLS]"), ["[SEP]"] = Special("[SEP]") },
        };
        File.WriteAllText(folder["tokenizer.json"], file.ToJsonString());
        return folder;

        static JsonNode Part(string kind, string id, int type) => new JsonObject { [kind] = new JsonObject { ["id"] = id, ["type_id"] = type } };

        JsonNode Special(string piece) => new JsonObject
        {
            ["id"] = piece,
            ["ids"] = new JsonArray(file["model"]!["vocab"]![piece]!.DeepClone()),
            ["tokens"] = new JsonArray(piece),
        };
    }

    private static void WriteJson(TemporaryFolder folder, IReadOnlyList<string> lines)
    {
        TokenizerFile.Write(folder["tokenizer.json"], []);
        JsonNode file = JsonNode.Parse(File.ReadAllText(folder["tokenizer.json"]))!;
        JsonObject ids = [.. lines.Select((line, id) => KeyValuePair.Create(line, (JsonNode?)id))];
        file["model"]!["vocab"] = ids;
        foreach (JsonNode? token in file["added_tokens"]!.AsArray())
        {
            token!["id"] = ids[(string)token["content"]!]!.DeepClone();
        }

        file["post_processor"]!["cls"]![1] = ids["[CLS]"]!.DeepClone();
        file["post_processor"]!["sep"]![1] = ids["[SEP]"]!.DeepClone();
        File.WriteAllText(folder["tokenizer.json"], file.ToJsonString());
    }
}
