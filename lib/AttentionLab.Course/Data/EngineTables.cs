using System.Globalization;

namespace AttentionLab.Course.Data;

/// <summary>One line of a committed table of measurements: what one system needed for one workload on one machine.</summary>
/// <param name="Machine">Name of the file without its ending: "epyc-zen4".</param>
/// <param name="Workload">"attention n=1024".</param>
/// <param name="Threads">How many it might use.</param>
/// <param name="System">"ours", "ORT 1.30.0 Attention", "PyTorch 1.13.0a0 as usual".</param>
/// <param name="Milliseconds">Fastest of its samples.</param>
/// <param name="PercentOfLimit">Of what the machine's registers can do; NaN where the table leaves it out.</param>
public sealed record EngineRow(string Machine, string Workload, int Threads, string System, double Milliseconds, double PercentOfLimit);

/// <summary>
/// The tables of <c>tests/AttentionLab.Benchmarks/results</c>: the library beside engines that people use, measured by alternating samples
/// (how, says the README beside them). They are read, not run: the engines need not be installed.
/// </summary>
public static class EngineTables
{
    /// <summary>The files that compare systems, by the end of their name.</summary>
    private static readonly string[] Kinds = ["-duel.md", "-torch.md"];

    /// <summary>All rows of all machines; the machine's name comes first in order.</summary>
    /// <exception cref="FileNotFoundException">The library does not lie inside the repository, or no table is there.</exception>
    public static IReadOnlyList<EngineRow> Read()
    {
        string folder = Path.Combine(CourseData.Root, "tests", "AttentionLab.Benchmarks", "results");
        EngineRow[] rows =
        [
            .. from path in Directory.Exists(folder) ? Directory.GetFiles(folder).Order(StringComparer.Ordinal) : Enumerable.Empty<string>()
               from kind in Kinds
               where path.EndsWith(kind, StringComparison.Ordinal)
               from row in Parse(Path.GetFileName(path)[..^kind.Length], File.ReadLines(path))
               select row,
        ];
        return rows.Length > 0 ? rows : throw new FileNotFoundException($"{folder} holds no table (*{string.Join(", *", Kinds)}): take the whole repository.");
    }

    /// <summary>The fastest row of a workload whose system begins with a name.</summary>
    /// <param name="rows">Of <see cref="Read"/>.</param>
    /// <param name="machine">One machine.</param>
    /// <param name="workload">Exactly.</param>
    /// <param name="system">The beginning of the system's name: "ours", "ORT", "PyTorch".</param>
    /// <param name="threads">Exactly.</param>
    /// <returns>Null if that was not measured.</returns>
    public static EngineRow? Best(this IReadOnlyList<EngineRow> rows, string machine, string workload, string system, int threads = 1) => rows
        .Where(row => row.Machine == machine && row.Workload == workload && row.Threads == threads && row.System.StartsWith(system, StringComparison.Ordinal))
        .MinBy(row => row.Milliseconds);

    /// <summary>The rows of one Markdown table: workload, threads, system, median ms, min ms, GFLOP/s, % of limit, and columns that are not read.</summary>
    internal static IEnumerable<EngineRow> Parse(string machine, IEnumerable<string> lines) =>
        from line in lines
        where line.StartsWith("| ", StringComparison.Ordinal)
        let cells = line.Split('|', StringSplitOptions.TrimEntries)
        where cells.Length > 7 && int.TryParse(cells[2], out _)
        select new EngineRow(machine, cells[1], int.Parse(cells[2], CultureInfo.InvariantCulture), cells[3], Number(cells[5]), Number(cells[7]));

    private static double Number(string cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN;
}
