using System.CommandLine;
using AttentionLab.Course.Data;

namespace AttentionLab.Trainer;

/// <summary><c>train text</c>: the small text of chapter 01, from its grammar.</summary>
internal static class TrainTextCommand
{
    public static Command Create()
    {
        Option<string?> output = TrainCommand.Output();
        Option<ulong> seed = TrainOptions.Number("--seed", "Seed of the grammar.", 1UL, ulong.MinValue, ulong.MaxValue);
        var command = new Command("text", "Write the small text of chapter 01, small-text.txt, from its grammar. Needs no dictionary.") { output, seed };
        command.SetAction(parsed =>
        {
            string path = Path.Combine(TrainCommand.OutputFolder(parsed.GetValue(output)), "small-text.txt");
            IReadOnlyList<string> sentences = SmallText.Generate(parsed.GetValue(seed));
            File.WriteAllText(path, string.Concat(sentences.Select(sentence => sentence + "\n")));
            Console.WriteLine(FormattableString.Invariant($"{path}: {sentences.Count:N0} sentences"));
            return 0;
        });
        return command;
    }
}
