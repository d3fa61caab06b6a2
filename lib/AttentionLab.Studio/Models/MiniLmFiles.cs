using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AttentionLab.Studio.Models;

/// <summary>
/// What stands beside MiniLM's weights: sizes, vocabulary, tokenizer, and how sentence-transformers pools. As published with all-MiniLM-L6-v2.
/// </summary>
internal static class MiniLmFiles
{
    /// <summary>Most pieces of a text, as the model was trained to embed.</summary>
    private const int MaximumLength = 256;

    /// <summary>SHA-256 of what the package's graph and vocabulary become: the same on every machine.</summary>
    public static IReadOnlyDictionary<string, string> Hashes { get; } = new Dictionary<string, string>
    {
        ["model.safetensors"] = "213fa2521b1ba1cafc03b226149060c24261adf122546ddba2124893c0db8e46",
        ["vocab.txt"] = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    };

    /// <summary>A text whose vector is known.</summary>
    public const string WitnessText = "The apple fell from the tree.";

    /// <summary>Largest difference of the known numbers: ten times what rounding leaves between ONNX Runtime and the plain loops.</summary>
    public const float WitnessTolerance = 3e-6f;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>The first numbers of the known vector, by ONNX Runtime 1.31.1 from the package's graph.</summary>
    public static ReadOnlySpan<float> Witness =>
        [0.05623746f, 0.09072061f, 0.06576993f, 0.09772101f, 0.05180859f, 0.02759878f, 0.018264234f, 0.07794412f];

    /// <summary>Writes all of them.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="vocabulary">vocab.txt as the package has it, with CR LF.</param>
    public static void Write(string folder, byte[] vocabulary)
    {
        string[] pieces = Encoding.UTF8.GetString(vocabulary).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        Text("config.json", """
            {
              "architectures": ["BertModel"],
              "model_type": "bert",
              "vocab_size": 30522,
              "hidden_size": 384,
              "num_hidden_layers": 6,
              "num_attention_heads": 12,
              "intermediate_size": 1536,
              "max_position_embeddings": 512,
              "type_vocab_size": 2,
              "hidden_act": "gelu",
              "layer_norm_eps": 1e-12,
              "hidden_dropout_prob": 0.1,
              "attention_probs_dropout_prob": 0.1,
              "pad_token_id": 0
            }
            """);
        Text("vocab.txt", string.Join('\n', pieces));
        Text("tokenizer_config.json", $$"""
            {
              "tokenizer_class": "BertTokenizer",
              "do_lower_case": true,
              "strip_accents": null,
              "tokenize_chinese_chars": true,
              "model_max_length": {{MaximumLength}},
              "pad_token": "[PAD]",
              "unk_token": "[UNK]",
              "cls_token": "[CLS]",
              "sep_token": "[SEP]",
              "mask_token": "[MASK]"
            }
            """);
        Text("modules.json", """
            [
              {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
              {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
              {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}
            ]
            """);
        Text("sentence_bert_config.json", $$"""{"max_seq_length": {{MaximumLength}}, "do_lower_case": false}""");
        Text(Path.Combine("1_Pooling", "config.json"), """
            {
              "word_embedding_dimension": 384,
              "pooling_mode_cls_token": false,
              "pooling_mode_mean_tokens": true,
              "pooling_mode_max_tokens": false,
              "pooling_mode_mean_sqrt_len_tokens": false
            }
            """);
        File.WriteAllBytes(Path.Combine(folder, "tokenizer.json"), Tokenizer(pieces));

        void Text(string name, string text)
        {
            string path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text.ReplaceLineEndings("\n") + "\n");
        }
    }

    /// <summary>tokenizer.json: the whole way from a text to ids in one file, as the library "tokenizers" reads it.</summary>
    private static byte[] Tokenizer(string[] pieces)
    {
        object Single(string id, int type) => new { SpecialToken = new { id, type_id = type } };
        object Sequence(string id, int type) => new { Sequence = new { id, type_id = type } };
        object Named(string id) => new { id, ids = new[] { Array.IndexOf(pieces, id) }, tokens = new[] { id } };
        var tokenizer = new
        {
            version = "1.0",
            truncation = (object?)null,
            padding = (object?)null,
            added_tokens = Special.Select(piece => new
            {
                id = Array.IndexOf(pieces, piece),
                content = piece,
                single_word = false,
                lstrip = false,
                rstrip = false,
                normalized = false,
                special = true,
            }),
            normalizer = new { type = "BertNormalizer", clean_text = true, handle_chinese_chars = true, strip_accents = (bool?)null, lowercase = true },
            pre_tokenizer = new { type = "BertPreTokenizer" },
            post_processor = new
            {
                type = "TemplateProcessing",
                single = new[] { Single("[CLS]", 0), Sequence("A", 0), Single("[SEP]", 0) },
                pair = new[] { Single("[CLS]", 0), Sequence("A", 0), Single("[SEP]", 0), Sequence("B", 1), Single("[SEP]", 1) },
                special_tokens = new Dictionary<string, object> { ["[CLS]"] = Named("[CLS]"), ["[SEP]"] = Named("[SEP]") },
            },
            decoder = new { type = "WordPiece", prefix = "##", cleanup = true },
            model = new
            {
                type = "WordPiece",
                unk_token = "[UNK]",
                continuing_subword_prefix = "##",
                max_input_chars_per_word = 100,
                vocab = pieces.Select((piece, id) => (piece, id)).ToDictionary(entry => entry.piece, entry => entry.id),
            },
        };
        return JsonSerializer.SerializeToUtf8Bytes(tokenizer, Json);
    }
}
