using AttentionLab.Layers;
using AttentionLab.Tensors;
using AttentionLab.Weights;
using AttentionLab.Words;

namespace AttentionLab.Models;

/// <summary>
/// A trained BERT (Devlin et al. 2019), MiniLM or DistilBERT from a folder as it is downloaded: <c>config.json</c>, <c>tokenizer.json</c> or
/// <c>vocab.txt</c>, <c>model.safetensors</c>, and what sentence-transformers adds. Texts in, vectors out.
/// <code>
/// Bert bert = Bert.Load("models/all-MiniLM-L6-v2");
/// Tensor vectors = bert.Embed("The apple fell from the tree.", "Apple sold a phone.");   // (2,C)
/// float near = CosineSimilarity.Forward(vectors.Row(0), vectors.Row(1));
/// (Tensor h, Encoder.Saved saved) = bert.Forward(bert.Tokenizer.Encode(["An apple a day"])); // (1,T,C), saved.Layers.Weights()
/// </code>
/// </summary>
/// <remarks>
/// Any number of threads may use one model at the same time, as long as nobody writes to it: changes parameters of <see cref="Encoder"/>, sets
/// <see cref="Pooling"/> or <see cref="Normalize"/>. What was changed counts from the next call on, also for a tensor that was taken from a parameter
/// long before. But while somebody holds the tensor of a matrix, each call has to pack that matrix again: let it go.
/// </remarks>
public sealed partial class Bert
{
    private readonly bool _lowerCaseFirst;
    private readonly List<DenseModule> _dense = [];

    private Bert(BertConfig config, WordPieceTokenizer tokenizer, Encoder encoder, Linear? pooler, IReadOnlyList<string> unused, SentenceSettings settings)
    {
        (Config, Tokenizer, Encoder, Pooler, UnusedTensors) = (config, tokenizer, encoder, pooler, unused);
        Pooling = settings.Pooling ?? SentencePooling.Mean;
        Normalize = settings.Normalize;
        MaximumLength = Math.Min(settings.MaximumLength ?? config.Capacity, config.Capacity);
        _lowerCaseFirst = settings.LowerCaseFirst;
        (Prompts, DefaultPrompt) = (settings.Prompts, settings.DefaultPrompt);
        int width = config.Channels;
        foreach (string folder in settings.Dense)
        {
            _dense.Add(DenseModule.Read(folder, width));
            width = _dense[^1].Outputs;
        }
    }

    /// <summary>Sizes and choices.</summary>
    public BertConfig Config { get; }

    /// <summary>From text to ids.</summary>
    public WordPieceTokenizer Tokenizer { get; }

    /// <summary>From ids to a vector for each piece.</summary>
    public Encoder Encoder { get; }

    /// <summary>The map behind [CLS], or null if the file has none.</summary>
    public Linear? Pooler { get; }

    /// <summary>How <see cref="Embed(string[])"/> makes one vector of many; from the folder, else the mean.</summary>
    public SentencePooling Pooling { get; set; }

    /// <summary>Whether <see cref="Embed(string[])"/> divides vectors by their length; from the folder, else not.</summary>
    public bool Normalize { get; set; }

    /// <summary>Longest text in pieces, [CLS] and [SEP] included.</summary>
    public int MaximumLength { get; }

    /// <summary>Numbers of a text's vector: C, or what the last Dense module of the folder gives.</summary>
    public int Width => _dense.Count == 0 ? Config.Channels : _dense[^1].Outputs;

    /// <summary>What the model wants before texts of a kind, by name ("query", "passage"); from the folder.</summary>
    public IReadOnlyDictionary<string, string> Prompts { get; }

    /// <summary>The prompt used where <see cref="TextOptions.Prompt"/> names none; from the folder, else null.</summary>
    public string? DefaultPrompt { get; }

    /// <summary>Tensors of the file that belong to other heads and were not read.</summary>
    public IReadOnlyList<string> UnusedTensors { get; }

    /// <summary>Reads a model's folder.</summary>
    /// <param name="folder">Holds config.json, tokenizer.json or vocab.txt (or both), model.safetensors; if there:
    /// tokenizer_config.json, modules.json, 1_Pooling/config.json, sentence_bert_config.json.</param>
    /// <param name="lowerCase">
    /// true for an uncased model, false for a cased one; null takes it from tokenizer_config.json, or else from tokenizer.json or vocab.txt.
    /// </param>
    /// <param name="rules">Whose tokenizer is followed where two differ.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">Files are damaged, do not belong together or
    /// describe another kind of model; the message names file, both sides and fix.</exception>
    public static Bert Load(string folder, bool? lowerCase = null, TokenizerRules rules = TokenizerRules.Fast)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ForeignFile.RequireFolder(folder, "config.json, vocab.txt and model.safetensors");
        SentenceSettings settings = SentenceSettings.Read(folder);
        string model = settings.ModelFolder;
        BertConfig config = BertConfig.Read(Path.Combine(model, "config.json"));

        // Both take about as long: most of it is the compilation of methods and the first touch of memory.
        Task<WordPieceTokenizer> tokenizer = Task.Run(() => BertTokenizer.Read(model, config, lowerCase, rules));
        try
        {
            using ModelWeights file = ModelWeights.Open(model);
            (Encoder encoder, Linear? pooler, IReadOnlyList<string> unused) = BertWeights.Load(file, config);
            return new(config, tokenizer.GetAwaiter().GetResult(), encoder, pooler, unused, settings);
        }
        catch
        {
            // If both are at fault the tokenizer's message comes first, whoever was faster.
            tokenizer.GetAwaiter().GetResult();
            throw;
        }
    }

    /// <summary>A vector for each piece of each text.</summary>
    /// <param name="batch">From <see cref="Tokenizer"/>.</param>
    /// <returns>(B,T,C), what stands at padding has no meaning; <c>Saved.Layers.Weights()</c> has (B,H,T,T) for each layer.</returns>
    /// <exception cref="ArgumentException">A text is longer than the model's positions.</exception>
    public (Tensor Y, Encoder.Saved Saved) Forward(EncodedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Encoder.Forward(batch.Ids, batch.Visible, Config.TokenTypes == 0 ? null : batch.Types);
    }

    /// <summary>Sizes on one line.</summary>
    public override string ToString() =>
        $"Bert of {Config.Layers} layers, {Config.Channels} channels, {Config.Heads} heads, {Tokenizer.Pieces.Count} pieces "
        + $"({(Tokenizer.Splitter.LowerCase ? "uncased" : "cased")})";
}
