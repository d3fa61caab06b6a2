using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Commands;

/// <summary>Options that several commands have, and how values are read: what cannot be used is refused in one line that names it and the fix.</summary>
internal static class CommonOptions
{
    /// <summary>Megabytes in which the kernel starts, compiles and answers the editor.</summary>
    private const int LeastMemory = 128;

    /// <summary>More megabytes than a machine has: a terabyte.</summary>
    private const int MostMemory = 1 << 20;

    public static Option<double> TimeLimit() => new("--cell-limit")
    {
        Description = "Stop a cell, and its notebook with it, after so many seconds.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => new KernelOptions().CellTimeLimit.TotalSeconds,
        CustomParser = given => double.TryParse(Text(given), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && seconds is > 0 and <= 86_400
            ? seconds : Refuse<double>(given, "give seconds, more than 0 and at most 86400"),
    };

    public static Option<int> MemoryLimit() => new("--memory-limit")
    {
        Description = "Managed memory of one notebook in megabytes; a cell that wants more gets an OutOfMemoryException.",
        HelpName = "MB",
        DefaultValueFactory = _ => (int)KernelEnd.Megabytes(new KernelOptions().MemoryLimit),
        CustomParser = given => int.TryParse(Text(given), NumberStyles.None, CultureInfo.InvariantCulture, out int megabytes)
            && megabytes is >= LeastMemory and <= MostMemory
            ? megabytes : Refuse<int>(given, $"give megabytes, a whole number from {LeastMemory} to {MostMemory}"),
    };

    public static Option<string?> Notebooks() => File("--notebooks", "DIR", "Folder of the notebooks; without it, the course's own.");

    public static Option<string[]> Only() => new("--only")
    {
        Description = "Run these chapters only, by number: 03,04. The others are shown as they are known.",
        HelpName = "NN,NN",
        CustomParser = given => given.Tokens.SelectMany(list => list.Value.Split(',', StringSplitOptions.TrimEntries)).ToArray() is var names
            && names.All(name => name.Length > 0)
            ? names : Refuse<string[]>(given, "give numbers of chapters with commas between them"),
    };

    /// <summary>An option that names a file or folder.</summary>
    public static Option<string?> File(string name, string help, string description) => new(name)
    {
        Description = description,
        HelpName = help,
        CustomParser = Name,
    };

    /// <summary>The name of a file or folder as it was given; the empty name is refused.</summary>
    public static string? Name(ArgumentResult given) => string.IsNullOrWhiteSpace(Text(given)) ? Refuse<string>(given, "name a file or folder") : Text(given);

    public static T? Refuse<T>(ArgumentResult given, string fix)
    {
        string name = given.Parent is OptionResult option ? option.Option.Name : given.Argument.Name;
        given.AddError($"{name} {(Text(given) is { Length: > 0 } text ? text : "\"\"")}: {fix}.");
        return default;
    }

    /// <param name="cellLimit">Seconds.</param>
    /// <param name="memoryLimit">Megabytes.</param>
    public static KernelOptions Kernel(double cellLimit, int memoryLimit) =>
        new() { CellTimeLimit = TimeSpan.FromSeconds(cellLimit), MemoryLimit = (long)memoryLimit << 20 };

    private static string Text(ArgumentResult given) => string.Join(' ', given.Tokens.Select(token => token.Value));
}
