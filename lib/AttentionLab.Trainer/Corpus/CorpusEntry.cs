namespace AttentionLab.Trainer;

/// <summary>Which dictionary a text comes from.</summary>
public enum CorpusSource
{
    /// <summary>WordNet 3.0: short glosses and examples of general English. An entry is a set of synonyms.</summary>
    WordNet,

    /// <summary>The GNU Collaborative International Dictionary of English, most of it Webster 1913: general English.</summary>
    Gcide,

    /// <summary>The Free On-line Dictionary of Computing: the computing side of the two-sense words.</summary>
    Foldoc,
}

/// <summary>Where an entry belongs; decided before anything is trained.</summary>
public enum CorpusPart
{
    /// <summary>Read by every training.</summary>
    Training,

    /// <summary>Held out as one of the entries drawn at random from all: masked-word accuracy is measured on these.</summary>
    HeldOut,

    /// <summary>
    /// Held out because it holds a two-sense word and the second draw took it: the two-sense test is made on these and on <see cref="HeldOut"/>.
    /// </summary>
    HeldOutSenses,
}

/// <summary>One entry of a dictionary, cleaned.</summary>
/// <param name="Source">The dictionary.</param>
/// <param name="Headword">As the dictionary spells it; of a set of synonyms the first.</param>
/// <param name="Sentences">Cleaned sentences in their order; the case of letters is the dictionary's.</param>
/// <param name="Part">Training or held out.</param>
public sealed record CorpusEntry(CorpusSource Source, string Headword, IReadOnlyList<string> Sentences, CorpusPart Part);

/// <summary>A sentence and where it stands.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="EntryNumber">Index into <see cref="Corpus.Entries"/>.</param>
/// <param name="Entry">The entry.</param>
public readonly record struct CorpusSentence(string Text, int EntryNumber, CorpusEntry Entry)
{
    /// <summary>The dictionary.</summary>
    public CorpusSource Source => Entry.Source;
}
