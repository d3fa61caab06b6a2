using System.CommandLine;
using AttentionLab.Kernels;

namespace AttentionLab.Trainer;

/// <summary><c>train corpus</c>: what the clean-up makes of the dictionaries, counted, and a sample to look at.</summary>
internal static class TrainCorpusCommand
{
    public static Command Create()
    {
        Option<string?> corpus = TrainCommand.CorpusFolder();
        Option<int> sample = TrainOptions.Number("--sample", "Also print so many sentences, drawn at random.", 0, 0, int.MaxValue);
        Option<string?> word = TrainOptions.Text("--word", "Draw the sample from the sentences with this word.", "WORD");
        Option<CorpusSource?> source = TrainOptions.Choice<CorpusSource>("--source", "Draw the sample from this dictionary.");
        Option<ulong> seed = TrainOptions.Number("--seed", "Seed of the sample.", 1UL, ulong.MinValue, ulong.MaxValue);
        var command = new Command(
            "corpus", "Read and clean the dictionaries; print how much text comes out and what is held out. Writes nothing.") { corpus, sample, word, source,
            seed };
        command.SetAction(
            parsed => Run(parsed.GetValue(corpus), parsed.GetValue(sample), parsed.GetValue(word), parsed.GetValue(source), parsed.GetValue(seed)));
        return command;
    }

    private static int Run(string? folder, int sample, string? word, CorpusSource? source, ulong seed)
    {
        Corpus corpus = Corpus.Read(folder);
        Print("{0,-22}{1,10}{2,11}{3,12}{4,11}{5,12}", "dictionary", "entries", "sentences", "words", "held out", "for senses");
        foreach (CorpusSource? part in new CorpusSource?[] { CorpusSource.WordNet, CorpusSource.Gcide, CorpusSource.Foldoc, null })
        {
            CorpusEntry[] entries = [.. corpus.Entries.Where(entry => part is null || entry.Source == part)];
            string[] sentences = [.. entries.SelectMany(entry => entry.Sentences)];
            Print("{0,-22}{1,10:N0}{2,11:N0}{3,12:N0}{4,11:N0}{5,12:N0}", part?.ToString() ?? "together", entries.Length, sentences.Length,
                sentences.Sum(sentence => (long)CorpusSentences.CountWords(sentence)), Count(CorpusPart.HeldOut), Count(CorpusPart.HeldOutSenses));

            int Count(CorpusPart wanted) => entries.Where(entry => entry.Part == wanted).Sum(entry => entry.Sentences.Count);
        }

        Print(
            "Dropped: {0:N0} repeated sentences, {1:N0} held-out ones that share eight words in a row with the training part.", corpus.Repeated, corpus.Shared);
        Console.WriteLine();
        Print("{0,-12}{1,10}{2,11}{3,20}{4,20}", "word", "general", "computing", "held out, general", "held out, computing");
        Dictionary<string, int[]> counts = Corpus.AmbiguousWords.ToDictionary(w => w, _ => new int[4]);
        foreach (CorpusEntry entry in corpus.Entries)
        {
            int side = entry.Source == CorpusSource.Foldoc ? 1 : 0;
            foreach (string found in entry.Sentences.SelectMany(sentence => CorpusSentences.Words(sentence).Distinct()).Where(counts.ContainsKey))
            {
                counts[found][side]++;
                counts[found][side + 2] += entry.Part == CorpusPart.Training ? 0 : 1;
            }
        }

        foreach ((string found, int[] n) in counts)
        {
            Print("{0,-12}{1,10:N0}{2,11:N0}{3,20:N0}{4,20:N0}", found, n[0], n[1], n[2], n[3]);
        }

        CorpusSentence[] all = [.. corpus.Training.Concat(corpus.HeldOutSenses)
            .Where(sentence => (source is null || sentence.Source == source) && (word is null || CorpusSentences.Words(sentence.Text).Contains(word)))];
        foreach (int i in new CounterRandom(seed).Permutation(all.Length).Take(sample))
        {
            Print("{0,-8}{1}", all[i].Source, all[i].Text);
        }

        return 0;
    }

    private static void Print(string format, params object[] values) =>
        Console.WriteLine(string.Format(System.Globalization.CultureInfo.InvariantCulture, format, values));
}
