using System.CommandLine;
using AttentionLab.Course.Experiments;

namespace AttentionLab.Trainer;

/// <summary><c>train dates</c>: the model that reads spoken dates.</summary>
internal static class TrainDatesCommand
{
    public static Command Create()
    {
        Option<string?> output = TrainCommand.Output();
        var seed = new Option<ulong>("--seed") { Description = "Seed of the model that is kept.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var seeds = new Option<int>("--seeds") { Description = "How many seeds are trained and measured, from the first on.", HelpName = "N", DefaultValueFactory = _ => 5 };
        var steps = new Option<int>("--steps") { Description = "Batches a seed learns from.", HelpName = "N", DefaultValueFactory = _ => new DateReaderSettings().Steps };
        foreach (Option<int> count in (Option<int>[])[seeds, steps])
        {
            count.Validators.Add(result =>
            {
                if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out int number) && number < 1)
                {
                    result.AddError($"{count.Name} {number} is too few: pass 1 or more.");
                }
            });
        }

        var command = new Command("dates", "Train the model that reads spoken dates (chapters 08 and 11), with several seeds: dates/model.safetensors of the first, and the recipe with the measures of all. Needs no corpus.")
        {
            output, seed, seeds, steps,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                string path = TrainDates.Run(TrainCommand.OutputFolder(parsed.GetValue(output)), parsed.GetValue(seed), parsed.GetValue(seeds), parsed.GetValue(steps), Console.WriteLine, cancellation);
                Console.WriteLine($"{path} written");
                return 0;
            },
            cancellation));
        return command;
    }
}
