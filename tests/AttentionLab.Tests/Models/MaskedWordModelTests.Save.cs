using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Weights;
using AttentionLab.Words;

namespace AttentionLab.Tests.Models;

/// <summary>What is saved is what is read, or it is refused and the old model stays.</summary>
public sealed partial class MaskedWordModelTests
{
    private static readonly string[] Files = ["config.json", "model.safetensors", "tokenizer_config.json", "vocab.txt"];

    [Theory, InlineData("F16"), InlineData("F64")]
    public void Save_FailsAtTheLastFile_KeepsTheOldModel(string type)
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, MaskedWordHead head) = Build();
        MaskedWordModel.Save(folder.Path, encoder, head, Tokenizer);
        byte[][] before = [.. Files.Select(name => File.ReadAllBytes(folder[name]))];
        WordPieceTokenizer other = new(
            new Vocabulary([.. WordPieceTokenizer.SpecialPieces, "a", "b", "c", "d", "e", "f"]), new BasicTokenizer(lowerCase: false));
        encoder.Embedding.Words.Table.Value[6, 0] = 1e6f;
        Assert.ThrowsAny<ArgumentException>(() => MaskedWordModel.Save(folder.Path, encoder, head, other, type));
        Assert.Equal(before, Files.Select(name => File.ReadAllBytes(folder[name])));
        Assert.Equal(Files.Length, Directory.EnumerateFileSystemEntries(folder.Path).Count());
    }

    [Theory, InlineData(true, false, false), InlineData(true, true, true), InlineData(false, true, false), InlineData(false, false, true)]
    public void SaveThenLoad_ChoicesOfTheTokenizer_AreKept(bool lowerCase, bool stripAccents, bool isolateChinese)
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, MaskedWordHead head) = Build();
        WordPieceTokenizer tokenizer = new(
            new Vocabulary([.. WordPieceTokenizer.SpecialPieces, "E", "e", "é", "É", "\u82F9", "##\u679C"]),
            new BasicTokenizer(lowerCase, stripAccents, isolateChinese));
        MaskedWordModel.Save(folder.Path, encoder, head, tokenizer);
        WordPieceTokenizer read = MaskedWordModel.Load(folder.Path).Bert.Tokenizer;
        Assert.Equal(
            (lowerCase, stripAccents, isolateChinese), (read.Splitter.LowerCase, read.Splitter.StripAccents, read.Splitter.IsolateChinese));
        Assert.Equal(tokenizer.Encode("É \u82F9\u679C [MASK]").Ids, read.Encode("É \u82F9\u679C [MASK]").Ids);
    }

    [Theory, InlineData(TokenizerRules.Fast), InlineData(TokenizerRules.Original)]
    public void Load_Rules_AreTheTokenizers(TokenizerRules rules)
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, MaskedWordHead head) = Build();
        MaskedWordModel.Save(folder.Path, encoder, head, Tokenizer);
        Assert.Equal(rules, MaskedWordModel.Load(folder.Path, rules: rules).Bert.Tokenizer.Splitter.Rules);
    }

    [Fact]
    public void SaveThenLoad_AddedTokens_AreFoundAsBefore()
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, MaskedWordHead head) = Build();
        string added = string.Concat(
            Entry("<ent>", 9, "\"special\": true, \"rstrip\": true"), Entry("apples", 10, "\"special\": false, \"single_word\": true"));
        File.WriteAllText(folder["source.json"], Json(added));
        WordPieceTokenizer tokenizer = WordPieceTokenizer.Read(folder["source.json"]);
        MaskedWordModel.Save(folder["model"], encoder, head, tokenizer);
        WordPieceTokenizer read = MaskedWordModel.Load(folder["model"]).Bert.Tokenizer;
        Assert.Equal(tokenizer.Pieces.Words, read.Pieces.Words);
        Assert.Equal(9, Vocabulary.Read(Path.Combine(folder["model"], "vocab.txt")).Count);
        foreach (string text in new[] { "the <ent> apple", "the<ent>  fell", "Apples fell", "applesauce apples", "[MASK] <ent>" })
        {
            Assert.Equal(tokenizer.Encode(text).Ids, read.Encode(text).Ids);
        }

        Assert.Contains(9, read.Encode("the<ent> fell").Ids);
        Assert.Contains(10, read.Encode("Apples fell").Ids);
    }

    [Theory]
    [InlineData("\"continuing_subword_prefix\": \"@@\",", "", "another prefix")]
    [InlineData("\"max_input_chars_per_word\": 7,", "", "longest word")]
    [InlineData("", "\"normalizer\": {\"type\": \"NFC\"},", "normalizer or pre_tokenizer is not BERT's")]
    [InlineData("", "\"normalizer\": {\"type\": \"BertNormalizer\", \"clean_text\": false},", "normalizer or pre_tokenizer is not BERT's")]
    [InlineData("", "\"padding\": {\"pad_token\": \"the\"},", "fills up with the")]
    public void Save_TokenizerThatTheFilesCannotSay_IsRefusedByName(string model, string file, string message)
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, MaskedWordHead head) = Build();
        File.WriteAllText(folder["source.json"], Json(Entry("<a>", 9, "\"special\": true") + Entry("<b>", 10, "\"special\": true"), model, file));
        WordPieceTokenizer tokenizer = WordPieceTokenizer.Read(folder["source.json"]);
        Assert.Contains(
            message, Assert.Throws<ArgumentException>(() => MaskedWordModel.Save(folder["model"], encoder, head, tokenizer)).Message);
        Assert.False(Directory.Exists(folder["model"]));
    }

    [Theory, InlineData("tokenizer.json"), InlineData("added_tokens.json"), InlineData("modules.json")]
    public void Save_FileThatWouldBeReadInstead_IsRefusedByName(string name)
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, MaskedWordHead head) = Build();
        File.WriteAllText(folder[name], "{}");
        Assert.Contains($"holds {name}", Assert.Throws<InvalidOperationException>(() => MaskedWordModel.Save(folder.Path, encoder, head, Tokenizer)).Message);
        Assert.Equal([folder[name]], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Save_HeadOfAnotherKind_IsRefused()
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, _) = Build();
        (Encoder another, MaskedWordHead foreign) = Build();
        Assert.Contains("made for this encoder", Refusal(encoder, foreign));
        MaskedWordModel.Save(folder.Path, another, foreign, Tokenizer);
        Assert.Contains("has Relu and ε 1E-12 but the encoder Gelu", Refusal(encoder, new(encoder, new CounterRandom(1), Activation.Relu)));
        Assert.Contains("ε 1E-05", Refusal(encoder, new(encoder, new CounterRandom(1), epsilon: 1e-5f)));

        string Refusal(Encoder encoder, MaskedWordHead head) =>
            Assert.Throws<ArgumentException>(() => MaskedWordModel.Save(folder.Path, encoder, head, Tokenizer)).Message;
    }

    [Theory, InlineData(10), InlineData(12), InlineData(15), InlineData(24)]
    public void Save_OtherRowsThanPieces_IsRefused(int rows)
    {
        using TemporaryFolder folder = new();
        Encoder encoder = new(EncoderOptions.Bert(rows) with { Capacity = 8, Channels = 8, Heads = 2, Layers = 1 }, new CounterRandom(1));
        Assert.Contains(
            $"the tokenizer has 11 pieces but the encoder {rows}",
            Assert.Throws<ArgumentException>(() => MaskedWordModel.Save(folder.Path, encoder, new(encoder, new CounterRandom(1)), Tokenizer)).Message);
    }

    [Fact]
    public void SaveThenLoad_RowsFilledUp_AreKept()
    {
        using TemporaryFolder folder = new();
        Encoder encoder = new(EncoderOptions.Bert(16) with { Capacity = 8, Channels = 8, Heads = 2, Layers = 1 }, new CounterRandom(1));
        MaskedWordModel.Save(folder.Path, encoder, new(encoder, new CounterRandom(1)), Tokenizer);
        MaskedWordModel read = MaskedWordModel.Load(folder.Path);
        Assert.Equal((16, 11), (read.Bert.Config.Vocabulary, read.Bert.Tokenizer.Pieces.Count));
    }

    [Fact]
    public void Load_MatrixBesideTheTable_CountsOnlyIfItIsTheSame()
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, MaskedWordHead head) = Build();
        MaskedWordModel.Save(folder.Path, encoder, head, Tokenizer);
        using SafeTensorsFile file = SafeTensorsFile.Open(folder["model.safetensors"]);
        (string, Tensor)[] tensors = [.. file.Tensors.Select(t => (t.Name, file.Read(t.Name)))];
        file.Dispose();
        Tensor table = encoder.Embedding.Words.Table.Value;
        SafeTensorsFile.Write(folder["model.safetensors"], [.. tensors, ("cls.predictions.decoder.weight", table)]);
        MaskedWordModel.Load(folder.Path);
        Tensor other = new(table.Values.ToArray(), [.. table.Shape]);
        other[5, 0] += 1;
        SafeTensorsFile.Write(folder["model.safetensors"], [.. tensors, ("cls.predictions.decoder.weight", other)]);
        Assert.Contains("decoder.weight\" is another than the table", Refusal());

        SafeTensorsFile.Write(folder["model.safetensors"], tensors);
        string config = File.ReadAllText(folder["config.json"]);
        File.WriteAllText(folder["config.json"], config.Replace("\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false", StringComparison.Ordinal));
        Assert.Contains("decoder.weight\" is missing", Refusal());

        string Refusal() => Assert.Throws<InvalidDataException>(() => MaskedWordModel.Load(folder.Path)).Message;
    }

    [Fact]
    public void Load_FolderOfSentenceTransformers_ReadsTheModelInside()
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, MaskedWordHead head) = Build();
        MaskedWordModel.Save(folder["0_Transformer"], encoder, head, Tokenizer);
        File.WriteAllText(folder["modules.json"], """[{"type": "sentence_transformers.models.Transformer", "path": "0_Transformer"}]""");
        Assert.Equal(11, MaskedWordModel.Load(folder.Path).Bert.Tokenizer.Pieces.Count);
    }

    private static string Specials => string.Concat(WordPieceTokenizer.SpecialPieces.Select((piece, id) => Entry(piece, id, "\"special\": true")));

    private static string Entry(string content, int id, string more) => $$"""{"content": "{{content}}", "id": {{id}}, {{more}}},""";

    private static string Json(string added, string model = "", string file = "") => $$"""
        {
          "added_tokens": [{{added}}{{Specials.TrimEnd(',')}}],
          {{(file.Contains("normalizer", StringComparison.Ordinal) ? "" : "\"normalizer\": {\"type\": \"BertNormalizer\"},")}} {{file}}
          "pre_tokenizer": {"type": "BertPreTokenizer"},
          "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
          "model": {
            "type": "WordPiece", {{model}} "unk_token": "[UNK]",
            "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "the": 5, "apple": 6, "fell": 7, "##s": 8}
          }
        }
        """;
}
