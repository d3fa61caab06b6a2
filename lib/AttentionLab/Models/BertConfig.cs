using System.Text.Json;
using AttentionLab.Layers;
using AttentionLab.Weights;

namespace AttentionLab.Models;

/// <summary>The sizes and choices in the <c>config.json</c> of a BERT model (Devlin et al. 2019), under the names of Hugging Face.</summary>
/// <param name="Vocabulary">V: "vocab_size".</param>
/// <param name="Channels">C: "hidden_size".</param>
/// <param name="Layers">"num_hidden_layers".</param>
/// <param name="Heads">H: "num_attention_heads".</param>
/// <param name="Hidden">"intermediate_size", width inside the feed-forward nets.</param>
/// <param name="Capacity">"max_position_embeddings", longest sequence.</param>
/// <param name="TokenTypes">"type_vocab_size"; 0 of a DistilBERT.</param>
/// <param name="Activation">"hidden_act".</param>
/// <param name="Epsilon">"layer_norm_eps".</param>
/// <param name="Family">"model_type"; a DistilBERT calls its sizes dim, n_layers, n_heads, hidden_dim.</param>
public sealed record BertConfig(
    int Vocabulary, int Channels, int Layers, int Heads, int Hidden, int Capacity, int TokenTypes = 2,
    Activation Activation = Activation.Gelu, float Epsilon = 1e-12f, BertFamily Family = BertFamily.Bert)
{
    private const int Most = 100_000_000;

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A size is missing or impossible, or the model is
    /// of a kind that is not supported; the message names both sides and the fix.</exception>
    public static BertConfig Read(string path)
    {
        JsonFile file = JsonFile.ReadIfThere(path) ?? throw new FileNotFoundException(
            $"{path} does not exist: put the model's config.json there, beside vocab.txt and model.safetensors.", path);
        bool distil = file.Text("model_type") == "distilbert";
        if (!distil)
        {
            Require(file, "model_type", "bert", "another architecture");
        }

        Require(file, "position_embedding_type", "absolute", "relative positions");
        foreach (string key in new[] { "is_decoder", "add_cross_attention", "is_encoder_decoder" })
        {
            if (file.Truth(key) == true)
            {
                throw new InvalidDataException($"{path}: {key} is true but only encoders are read: take a BERT encoder.");
            }
        }

        if (JsonFile.Find(file.Root, "quantization_config") is not null)
        {
            throw new InvalidDataException(
                $"{path}: quantization_config is there but only F32, F16 and BF16 weights are read: take the model before quantisation.");
        }

        (string channels, string layers, string heads, string hidden) = distil ? ("dim", "n_layers", "n_heads", "hidden_dim")
            : ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size");
        BertConfig config = new(
            file.Integer("vocab_size", 1, Most),
            file.Integer(channels, 1, Most),
            file.Integer(layers, 1, 10_000),
            file.Integer(heads, 1, Most),
            file.Integer(hidden, 1, Most),
            file.Integer("max_position_embeddings", 1, Most),
            distil ? 0 : file.Integer("type_vocab_size", 1, Most, missing: 2),
            ActivationOf(file, distil ? "activation" : "hidden_act"),
            distil ? 1e-12f : (float)file.Number("layer_norm_eps", 0, 1, missing: 1e-12),
            distil ? BertFamily.Distil : BertFamily.Bert);
        if (config.Channels % config.Heads != 0)
        {
            throw new InvalidDataException(
                $"{path}: {channels} is {config.Channels} but {heads} is {config.Heads}, which does not divide it: take the file that belongs to "
                + "the model, or mend it.");
        }

        return config;
    }

    /// <summary>The sizes of an encoder of BERT's kind.</summary>
    /// <exception cref="ArgumentException">It is of another kind; the message names both sides.</exception>
    internal static BertConfig Of(EncoderOptions options)
    {
        EncoderOptions bert = EncoderOptions.Bert(options.Vocabulary);
        if (options.PreNorm || options.Positions != bert.Positions || options.TokenTypes < 1 || !options.NormEmbedding || options.ScaleEmbedding)
        {
            throw new ArgumentException(
                $"the encoder has PreNorm {options.PreNorm}, Positions {options.Positions}, TokenTypes {options.TokenTypes}, NormEmbedding "
                + $"{options.NormEmbedding}, ScaleEmbedding {options.ScaleEmbedding} but a BERT has False, {bert.Positions}, 1 or more, True, False: build it "
                  + $"with EncoderOptions.Bert(…) with {{ … }}.",
                nameof(options));
        }

        return new(
            options.Vocabulary, options.Channels, options.Layers, options.Heads, options.Layer.HiddenOrDefault, options.Capacity, options.TokenTypes,
            options.Activation, options.Epsilon);
    }

    /// <summary>Writes a <c>config.json</c> that <see cref="Read"/> and Hugging Face's transformers read.</summary>
    /// <param name="path">The file; it is replaced, and its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream =>
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteStartArray("architectures");
        json.WriteStringValue("BertForMaskedLM");
        json.WriteEndArray();
        json.WriteString("model_type", "bert");
        json.WriteNumber("vocab_size", Vocabulary);
        json.WriteNumber("hidden_size", Channels);
        json.WriteNumber("num_hidden_layers", Layers);
        json.WriteNumber("num_attention_heads", Heads);
        json.WriteNumber("intermediate_size", Hidden);
        json.WriteNumber("max_position_embeddings", Capacity);
        json.WriteNumber("type_vocab_size", TokenTypes);
        json.WriteString("hidden_act", Activation switch { Activation.GeluTanh => "gelu_new", Activation.Relu => "relu", _ => "gelu" });
        json.WriteNumber("layer_norm_eps", Epsilon);
        json.WriteNumber("hidden_dropout_prob", 0);
        json.WriteNumber("attention_probs_dropout_prob", 0);
        json.WriteBoolean("tie_word_embeddings", true);
        json.WriteEndObject();
        json.Flush();
        stream.WriteByte((byte)'\n');
    });

    /// <summary>The encoder that these sizes describe.</summary>
    internal EncoderOptions ToOptions() => EncoderOptions.Bert(Vocabulary) with
    {
        Capacity = Capacity,
        Channels = Channels,
        Heads = Heads,
        Layers = Layers,
        Hidden = Hidden,
        Activation = Activation,
        TokenTypes = TokenTypes,
        Epsilon = Epsilon,
        Dropout = 0,
    };

    private static void Require(JsonFile file, string key, string wanted, string kind)
    {
        if (file.Text(key) is { } value && value != wanted)
        {
            throw new InvalidDataException(
                $"{file.Path}: {key} is \"{ForeignText.Shorten(value)}\" but only \"{wanted}\" is read, not {kind}: take a model whose {key} is \"{wanted}\".");
        }
    }

    private static Activation ActivationOf(JsonFile file, string key) => file.Text(key) switch
    {
        null or "gelu" or "gelu_python" => Activation.Gelu,
        "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => Activation.GeluTanh,
        "relu" => Activation.Relu,
        string other =>
            throw new InvalidDataException(
                $"{file.Path}: {key} is \"{ForeignText.Shorten(other)}\" but gelu, gelu_new, gelu_pytorch_tanh, gelu_fast and relu are known: take a model "
                + "with one of these."),
    };
}
