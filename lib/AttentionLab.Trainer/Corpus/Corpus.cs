using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AttentionLab.Course.Data;

namespace AttentionLab.Trainer;

/// <summary>
/// The text that words and encoder learn from: WordNet, GCIDE and FOLDOC, cleaned and cut into sentences. What is held out is
/// decided here, by entry, before anything is trained: it depends on the headword and on nothing else, so all dictionaries' entries
/// for one headword go the same way.
/// </summary>
/// <remarks>
/// Two draws, both by SHA-256 of the headword: 3 % of all entries (masked-word accuracy); and of the entries that hold one of
/// the <see cref="AmbiguousWords"/> half (the two-sense test). A sentence that stands in several entries is kept in the first of them.
/// A held-out sentence that shares eight words in a row with a training sentence is dropped: it would test memory.
/// </remarks>
public sealed class Corpus
{
    /// <summary>Share of entries held out.</summary>
    public const double HeldOutShare = 0.03;

    /// <summary>Share of the entries with a two-sense word that are held out.</summary>
    public const double HeldOutSenseShare = 0.5;

    private const string Seed = "attention by experiment 1";
    private const int SharedWords = 8;

    private Corpus(IReadOnlyList<CorpusEntry> entries, int repeated, int shared)
    {
        Entries = entries;
        Repeated = repeated;
        Shared = shared;
        Training = Select(part => part == CorpusPart.Training);
        HeldOut = Select(part => part == CorpusPart.HeldOut);
        HeldOutSenses = Select(part => part != CorpusPart.Training);
    }

    /// <summary>
    /// 15 words with a general and a computing sense and at least 60 sentences on each side. Sense is decided by dictionary:
    /// FOLDOC is computing, WordNet and GCIDE are general (data/README.md says how often that is wrong).
    /// </summary>
    public static IReadOnlyList<string> AmbiguousWords { get; } =
        ["apple", "mouse", "bug", "port", "shell", "key", "bus", "chip", "memory", "table", "root", "window", "address", "string", "tree"];

    private static HashSet<string> AmbiguousSet { get; } = [.. AmbiguousWords];

    /// <summary>All entries: WordNet, GCIDE, FOLDOC, each in the order of its files.</summary>
    public IReadOnlyList<CorpusEntry> Entries { get; }

    /// <summary>Every sentence that may be trained on.</summary>
    public IReadOnlyList<CorpusSentence> Training { get; }

    /// <summary>The sentences of the 3 % of entries that are held out at random.</summary>
    public IReadOnlyList<CorpusSentence> HeldOut { get; }

    /// <summary>Every held-out sentence, those of the second draw included: where the two-sense test looks for its words.</summary>
    public IReadOnlyList<CorpusSentence> HeldOutSenses { get; }

    /// <summary>Sentences dropped because an entry before holds them.</summary>
    public int Repeated { get; }

    /// <summary>Held-out sentences dropped because they share eight words in a row with the training part.</summary>
    public int Shared { get; }

    /// <summary>Reads and cleans the dictionaries: some 10 s.</summary>
    /// <param name="folder">Where they lie; null for /usr/share, where Debian's packages put them.</param>
    /// <exception cref="CourseException">A dictionary is missing or damaged; the message names the packages.</exception>
    public static Corpus Read(string? folder = null)
    {
        CorpusFiles files = CorpusFiles.Find(folder);
        IEnumerable<DictionaryEntry> entries = files.WordNet.SelectMany(File.ReadLines).Select(CorpusWordNet.Entry).OfType<DictionaryEntry>()
            .Concat(CorpusDictd.Read(files.Gcide.Text, files.Gcide.Index).Select(CorpusGcide.Entry))
            .Concat(CorpusDictd.Read(files.Foldoc.Text, files.Foldoc.Index).Select(CorpusFoldoc.Entry));
        HashSet<string> seen = new(StringComparer.Ordinal);
        List<CorpusEntry> kept = [];
        int repeated = 0;
        foreach (DictionaryEntry entry in entries)
        {
            List<string> sentences = [];
            foreach (DictionarySentence sentence in entry.Sentences)
            {
                if (!seen.Add(CorpusSentences.Key(sentence.Body)))
                {
                    repeated++;
                    continue;
                }

                sentences.Add(sentence.Text);
            }

            if (sentences.Count > 0)
            {
                kept.Add(new(entry.Source, entry.Headword, sentences, Part(entry.Headword, sentences)));
            }
        }

        int shared = DropShared(kept);
        return new(kept, repeated, shared);
    }

    /// <summary>Training or held out, by the headword and by whether a two-sense word is in the sentences.</summary>
    internal static CorpusPart Part(string headword, IEnumerable<string> sentences)
    {
        string key = CorpusSentences.Key(headword);
        if (Draw("all", key) < HeldOutShare)
        {
            return CorpusPart.HeldOut;
        }

        return Draw("senses", key) < HeldOutSenseShare && sentences.Any(sentence => CorpusSentences.Words(sentence).Any(AmbiguousSet.Contains))
            ? CorpusPart.HeldOutSenses
            : CorpusPart.Training;
    }

    /// <summary>Uniform in [0, 1), the same for the same words.</summary>
    private static double Draw(string purpose, string key) =>
        (BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed}|{purpose}|{key}"))) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Drops held-out sentences that repeat a run of words of the training part.</summary>
    private static int DropShared(List<CorpusEntry> entries)
    {
        HashSet<UInt128> trained = [];
        foreach (CorpusEntry entry in entries.Where(entry => entry.Part == CorpusPart.Training))
        {
            foreach (string sentence in entry.Sentences)
            {
                trained.UnionWith(Runs(sentence));
            }
        }

        int dropped = 0;
        for (int i = entries.Count - 1; i >= 0; i--)
        {
            CorpusEntry entry = entries[i];
            if (entry.Part == CorpusPart.Training)
            {
                continue;
            }

            string[] rest = [.. entry.Sentences.Where(sentence => !Runs(sentence).Any(trained.Contains))];
            dropped += entry.Sentences.Count - rest.Length;
            if (rest.Length == 0)
            {
                entries.RemoveAt(i);
            }
            else
            {
                entries[i] = entry with { Sentences = rest };
            }
        }

        return dropped;
    }

    /// <summary>Every run of eight words as a number.</summary>
    private static IEnumerable<UInt128> Runs(string sentence)
    {
        ulong[] words = [.. CorpusSentences.Words(sentence).Select(Hash)];
        for (int i = 0; i + SharedWords <= words.Length; i++)
        {
            UInt128 run = 0;
            for (int j = 0; j < SharedWords; j++)
            {
                run = unchecked((run ^ words[i + j]) * new UInt128(0x0000000001000000, 0x000000000000013B));
            }

            yield return run;
        }

        static ulong Hash(string word)
        {
            ulong hash = 14695981039346656037;
            foreach (char c in word)
            {
                hash = unchecked((hash ^ c) * 1099511628211);
            }

            return hash;
        }
    }

    private CorpusSentence[] Select(Predicate<CorpusPart> wanted) =>
        [.. Entries.SelectMany((entry, number) => wanted(entry.Part) ? entry.Sentences.Select(text => new CorpusSentence(text, number, entry)) : [])];
}
