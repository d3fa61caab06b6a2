using System.CommandLine;
using System.Diagnostics;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary><c>train words</c>: word vectors by skip-gram.</summary>
internal static class TrainWordsCommand
{
    public static Command Create()
    {
        SkipGramOptions usual = TrainWords.Usual;
        Option<string?> corpus = TrainCommand.CorpusFolder(), output = TrainCommand.Output();
        Option<int> size = TrainOptions.Number("--words", "Words that get a vector, the most frequent ones.", TrainWords.UsualSize, 1, 10_000_000);
        Option<int> channels = TrainOptions.Number("--channels", "Numbers a vector.", usual.Channels, 1, 4096);
        Option<int> epochs = TrainOptions.Number("--epochs", "Passes over the text.", usual.Epochs, 1, 100_000);
        Option<int> window = TrainOptions.Number("--window", "Neighbours on each side, at most.", usual.Window, 1, 1000);
        Option<int> negatives = TrainOptions.Number("--negatives", "Random words beside each neighbour.", usual.Negatives, 0, 1000);
        Option<float> rate = TrainOptions.Number("--rate", "Learning rate at the start; it falls to 0.", usual.Rate, 1e-9f, 10f);
        Option<double> subsample = TrainOptions.Number("--subsample", "Frequency above which words are dropped at random.", usual.Subsample, 0, 1);
        Option<double> power = TrainOptions.Number("--power", "Random words are drawn by their count to this power.", usual.NegativePower, 0, 2);
        Option<ulong> seed = TrainOptions.Number("--seed", "Seed: the same one gives the same file.", usual.Seed, ulong.MinValue, ulong.MaxValue);
        Option<string?> text = TrainOptions.Text(
            "--text", "Also write the text as other programs read it: a sentence a line, only words that get a vector.", "FILE");
        var rival = new Option<bool>("--fasttext")
        {
            Description = "Also train fastText on the same text, with and without parts of words, and print its scores. Takes many times as long.",
        };
        var command = new Command(
            "words",
            "Learn word vectors from the training part by skip-gram with negative sampling: words/words.txt, words/vectors.safetensors and their recipe.")
        {
            corpus, output, size, channels, epochs, window, negatives, rate, subsample, power, seed, text, rival,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            SkipGramOptions settings = new()
            {
                Channels = parsed.GetValue(channels),
                Epochs = parsed.GetValue(epochs),
                Window = parsed.GetValue(window),
                Negatives = parsed.GetValue(negatives),
                Rate = parsed.GetValue(rate),
                Subsample = parsed.GetValue(subsample),
                NegativePower = parsed.GetValue(power),
                Seed = parsed.GetValue(seed),
            };
            return Task.Run(
                () =>
                    Run(
                        parsed.GetValue(corpus), parsed.GetValue(output), parsed.GetValue(size), settings, parsed.GetValue(text), parsed.GetValue(rival),
                        cancellationToken),
                cancellationToken);
        });
        return command;
    }

    private static int Run(string? folder, string? named, int size, SkipGramOptions settings, string? text, bool rival, CancellationToken cancellationToken)
    {
        string output = TrainCommand.OutputFolder(named, "words");
        Stopwatch watch = Stopwatch.StartNew();
        Corpus corpus = Corpus.Read(folder);
        WordNetTree tree = WordNetTree.Read(folder);
        List<string>[] sentences = VectorText.Of(corpus);
        Say($"{sentences.Length:N0} sentences to learn from, read in {watch.Elapsed.TotalSeconds:0.0} s");
        if (text is not null)
        {
            VectorText.Write(text, sentences, VectorText.Vocabulary(sentences, size));
        }

        TrainWordsMeasures? questions = null;
        double next = 0;
        TrainWords training = new(sentences, output)
        {
            Size = size,
            Settings = settings,
            Corpus = TrainRecipe.Describe(corpus),
            Measures = words => questions = new(tree, words),
            Progress = Show,
        };
        (WordVectors vectors, VectorScores? scores, VectorScores? plain) = training.Run(cancellationToken);
        Say($"{Path.Combine(output, "words")} written after {watch.Elapsed.TotalSeconds:0.0} s");
        Console.WriteLine();
        Say($"{"",-34}{"neighbours that are related",28}{"triples right",16}");
        Print("v + u (written)", scores!);
        Print("v alone", plain!);
        if (rival && !TrainWordsRival.IsInstalled())
        {
            Console.WriteLine("fastText is not installed (apt-get install fasttext).");
        }
        else if (rival)
        {
            foreach (bool subwords in new[] { false, true })
            {
                (WordVectors theirs, TimeSpan time) = TrainWordsRival.Run(
                    sentences, vectors.Words, settings.Epochs, settings.Channels, subwords, cancellationToken);
                Print(FormattableString.Invariant($"fastText{(subwords ? "" : " -maxn 0")}, {time.TotalSeconds:0} s"), questions!.Of(theirs));
            }
        }

        Say($"({scores!.Nouns:N0} nouns, {scores.TripleCount:N0} triples ± {100 * scores.TripleError:0.0} %; chance of a triple 33.3 %)");
        return 0;

        void Print(string name, VectorScores s) => Say($"{name,-34}{100 * s.Precision,26:0.00} %{100 * s.Triples,14:0.0} %");

        void Show(SkipGramProgress now)
        {
            if (now.Elapsed.TotalSeconds >= next || now.Done == 1)
            {
                next = now.Elapsed.TotalSeconds + 2;
                Say($"{100 * now.Done,5:0.0} %   loss {now.Loss:0.000}   rate {now.Rate:0.0000}   {now.Speed:N0} words/s   {now.Left.TotalSeconds:0} s left");
            }
        }
    }

    private static void Say(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
