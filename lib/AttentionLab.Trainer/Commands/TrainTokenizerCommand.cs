using System.CommandLine;
using System.Diagnostics;

namespace AttentionLab.Trainer;

/// <summary><c>train tokenizer</c>: the encoder's WordPiece vocabulary.</summary>
internal static class TrainTokenizerCommand
{
    public static Command Create()
    {
        Option<string?> corpus = TrainCommand.CorpusFolder(), output = TrainCommand.Output();
        Option<int> size = TrainOptions.Number("--size", "Pieces of the vocabulary.", TrainTokenizer.Size, 1, 1_000_000);
        var command = new Command(
            "tokenizer", "Learn the encoder's WordPiece vocabulary from the training part: encoder/vocab.txt and its recipe.") { corpus, output, size };
        command.SetAction(
            (parsed, cancellationToken) => Task.Run(
                () => Run(parsed.GetValue(corpus), parsed.GetValue(output), parsed.GetValue(size), cancellationToken), cancellationToken));
        return command;
    }

    private static int Run(string? folder, string? named, int size, CancellationToken cancellationToken)
    {
        string output = TrainCommand.OutputFolder(named, "encoder");
        Stopwatch watch = Stopwatch.StartNew();
        Corpus corpus = Corpus.Read(folder);
        Console.WriteLine(FormattableString.Invariant($"{corpus.Training.Count:N0} sentences to learn from, read in {watch.Elapsed.TotalSeconds:0.0} s"));
        watch.Restart();
        double next = 0;
        string path = TrainTokenizer.Run(corpus, output, size, Show, cancellationToken);
        Console.WriteLine(FormattableString.Invariant($"{path} written after {watch.Elapsed.TotalSeconds:0.0} s"));
        return 0;

        void Show(int pieces)
        {
            if (watch.Elapsed.TotalSeconds >= next || pieces == size)
            {
                next = watch.Elapsed.TotalSeconds + 2;
                Console.WriteLine(FormattableString.Invariant($"{pieces:N0} of {size:N0} pieces, {watch.Elapsed.TotalSeconds:0.0} s"));
            }
        }
    }
}
