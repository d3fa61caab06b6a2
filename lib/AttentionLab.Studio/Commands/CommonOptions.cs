using System.CommandLine;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    public static Option<double> TimeLimit()
    {
        var option = new Option<double>("--cell-limit")
        {
            Description = "Stop a cell, and its notebook with it, after so many seconds.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => new KernelOptions().CellTimeLimit.TotalSeconds,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 86_400))
            {
                result.AddError("--cell-limit: give seconds, more than 0 and at most 86400.");
            }
        });
        return option;
    }

    public static Option<string?> Notebooks() => new("--notebooks")
    {
        Description = "Folder of the notebooks; without it, the course's own.",
        HelpName = "DIR",
    };

    public static Option<string[]> Only() => new("--only")
    {
        Description = "Run these chapters only, by number: 03,04. The others are shown as they are known.",
        HelpName = "NN,NN",
    };

    public static IReadOnlyList<string> Split(string[]? lists) =>
        [.. (lists ?? []).SelectMany(list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    public static KernelOptions Kernel(double cellLimit) => new() { CellTimeLimit = TimeSpan.FromSeconds(cellLimit) };
}
