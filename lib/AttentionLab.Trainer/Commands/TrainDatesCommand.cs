using System.CommandLine;
using AttentionLab.Course.Experiments;

namespace AttentionLab.Trainer;

/// <summary><c>train dates</c>: the model that reads spoken dates.</summary>
internal static class TrainDatesCommand
{
    public static Command Create()
    {
        Option<string?> output = TrainCommand.Output();
        Option<ulong> seed = TrainOptions.Number("--seed", "Seed of the model that is kept.", 1UL, ulong.MinValue, ulong.MaxValue);
        Option<int> seeds = TrainOptions.Number("--seeds", "How many seeds are trained and measured, from the first on.", 5, 1, 10_000);
        Option<int> steps = TrainOptions.Number("--steps", "Batches a seed learns from.", new DateReaderSettings().Steps, 1, (int)TrainOptions.MostSteps);
        var command = new Command(
            "dates",
            "Train the model that reads spoken dates (chapter 11), with several seeds: dates/model.safetensors of the first, and the recipe with the "
            + "measures of all. Needs no corpus.")
        {
            output, seed, seeds, steps,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () =>
            {
                string path = TrainDates.Run(
                    TrainCommand.OutputFolder(parsed.GetValue(output), "dates"), parsed.GetValue(seed), parsed.GetValue(seeds), parsed.GetValue(steps),
                    Console.WriteLine, cancellationToken);
                Console.WriteLine($"{path} written");
                return 0;
            },
            cancellationToken));
        return command;
    }
}
