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

    public static KernelOptions Kernel(double cellLimit) => new() { CellTimeLimit = TimeSpan.FromSeconds(cellLimit) };
}
