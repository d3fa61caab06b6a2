namespace AttentionLab.Trainer;

/// <summary>An entry as its dictionary gives it, before repeated sentences go.</summary>
/// <param name="Source">The dictionary.</param>
/// <param name="Headword">As the dictionary spells it; of a set of synonyms the first.</param>
/// <param name="Sentences">Made while one reads them.</param>
internal sealed record DictionaryEntry(CorpusSource Source, string Headword, IEnumerable<DictionarySentence> Sentences);

/// <summary>A cleaned sentence of an entry.</summary>
/// <param name="Head">What it defines; empty for running text.</param>
/// <param name="Body">The sentence.</param>
internal readonly record struct DictionarySentence(string Head, string Body)
{
    /// <summary>As the corpus holds it: "head: body".</summary>
    public string Text => Head.Length == 0 ? Body : $"{Head}: {Body}";
}
