using System.Runtime.InteropServices;
using System.Text;
using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Tests.Words;
using AttentionLab.Words;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>Text to ids: WordPiece over the vocabulary of data/encoder. Everybody works on one thread; a result is the ids.</summary>
internal static class TokenContests
{
    private const int Tokens = 400;

    /// <summary>
    /// Plain text, one with capitals and marks in it, and one with accents. The managed rivals drop accents by string.Normalize, which does nothing under
    /// InvariantGlobalization, as this program runs: who gives other ids there has no row, but a note.
    /// </summary>
    public static IEnumerable<Entry> All(RivalSet rivals)
    {
        yield return New("tokenize 400 pieces", text => text);
        yield return New("tokenize 400 pieces, capitals and marks", text => text.Replace(" the ", " The (new)", StringComparison.Ordinal) + "!");
        yield return New("tokenize 400 pieces, accents", text => text.Replace('a', 'á'), mayDiffer: true);

        Entry New(string name, Func<string, string> change, bool mayDiffer = false) =>
            new("tokens", name, () => Make(name, change, mayDiffer, rivals));
    }

    private static Contest Make(string name, Func<string, string> change, bool mayDiffer, RivalSet rivals)
    {
        string vocabulary = Path.Combine(AppContext.BaseDirectory, "Texts", "vocab.txt");
        WordPieceTokenizer ours = WordPieceTokenizer.Read(vocabulary, lowerCase: true);
        string text = Text(change, ours);
        int[] expected = ours.Encode(text).Ids;
        int count = expected.Length;
        Lineup lineup = new(rivals, threads: 1, count);
        List<string> notes = [$"{name}: {text.Length} characters, {count} ids with [CLS] and [SEP]. Bytes that one call leaves to the garbage collector: "];
        List<string> bytes = [];

        Add("ours", one => ours.Encode(one), encoded => encoded.Ids);

        FastBertTokenizer.BertTokenizer fast = new();
        using (StreamReader reader = new(vocabulary, Encoding.UTF8))
        {
            fast.LoadVocabulary(reader, convertInputToLowercase: true);
        }

        Add("FastBertTokenizer", one => fast.Encode(one, count), encoded => [.. encoded.InputIds.Span.ToArray().Select(id => (int)id)]);

        Microsoft.ML.Tokenizers.BertTokenizer ml = Microsoft.ML.Tokenizers.BertTokenizer.Create(
            vocabulary, new Microsoft.ML.Tokenizers.BertOptions { RemoveNonSpacingMarks = true });
        Add("Microsoft.ML.Tokenizers", one => ml.EncodeToIds(one), encoded => [.. encoded]);

        if (OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            string json = Path.Combine(Directory.CreateTempSubdirectory("duel-").FullName, "tokenizer.json");
            TokenizerFile.Write(json, File.ReadLines(vocabulary));
            Tokenizers.DotNet.Tokenizer native = new(json);
            Directory.Delete(Path.GetDirectoryName(json)!, recursive: true);
            Add("Tokenizers.DotNet", native.Encode, encoded => [.. encoded.Select(id => (int)id)]);
        }

        notes[0] += string.Join(", ", bytes) + ".";
        return lineup.Finish(name, 0, [Bar.AtLeast(1, "FastBertTokenizer")], ids => Check(name, ids, expected)) with { Agreement = 0, Notes = notes };

        void Add<T>(string system, Func<string, T> encode, Func<T, int[]> ids)
        {
            T last = encode(text);
            int[] given = ids(last);
            if (mayDiffer && !given.SequenceEqual(expected))
            {
                notes.Add($"{system} gives other ids: accents stay, because string.Normalize does nothing under InvariantGlobalization.");
                return;
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            last = encode(text);
            bytes.Add($"{system} {GC.GetAllocatedBytesForCurrentThread() - before:N0}");
            lineup.AddIds(system, () => last = encode(text), result => Copy(ids(last), result));
        }
    }

    /// <summary>Sentences of the course's text until there are enough pieces.</summary>
    private static string Text(Func<string, string> change, WordPieceTokenizer tokenizer)
    {
        StringBuilder text = new();
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Texts", "small-text.txt")))
        {
            text.Append(change(line)).Append(' ');
            if (tokenizer.Encode(text.ToString()).Length >= Tokens)
            {
                break;
            }
        }

        return text.ToString();
    }

    private static void Copy(int[] ids, float[] result)
    {
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = i < ids.Length ? ids[i] : -1;
        }
    }

    private static void Check(string workload, float[] ids, int[] expected)
    {
        if (!ids.Select(id => (int)id).SequenceEqual(expected))
        {
            throw new WrongResultException($"{workload}: ours gives other ids than when it was asked first: no time is shown for a wrong result.");
        }
    }
}
