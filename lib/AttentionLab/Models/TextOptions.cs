namespace AttentionLab.Models;

/// <summary>How <see cref="Bert"/> embeds texts, and how <see cref="SequenceClassifier"/> reads them.</summary>
public sealed record TextOptions
{
    /// <summary>Drop what is beyond <see cref="Bert.MaximumLength"/> pieces, as sentence-transformers does, instead of refusing the text.</summary>
    public bool Truncate { get; init; }

    /// <summary>
    /// Name of the prompt, one of <see cref="Bert.Prompts"/>, that is put before each text ("query"); null for the model's default, "" for none. Only for
    /// <see cref="Bert"/>.
    /// </summary>
    public string? Prompt { get; init; }

    /// <summary>Told how many texts are done: after each batch of a call, on the thread that works.</summary>
    public IProgress<int>? Progress { get; init; }
}
