using System.Globalization;

namespace AttentionLab.Course.Data;

/// <summary>One line of a committed table of measurements: what one system needed for one workload on one machine.</summary>
/// <param name="Machine">Name of the file without its ending: "epyc-zen4".</param>
/// <param name="Table">Name of the file: "epyc-zen4-duel.md". Times of two tables are of two sessions, and must not be divided by each other.</param>
/// <param name="Workload">"attention n=1024".</param>
/// <param name="Threads">How many it might use.</param>
/// <param name="System">"ours", "ORT 1.30.0 Attention", "PyTorch 1.13.0a0 as usual".</param>
/// <param name="Milliseconds">Fastest of its samples.</param>
/// <param name="PercentOfLimit">Of what the machine's registers can do, by the fastest sample; NaN where the table leaves it out.</param>
public sealed record EngineRow(string Machine, string Table, string Workload, int Threads, string System, double Milliseconds, double PercentOfLimit);

/// <summary>
/// The tables of <c>tests/AttentionLab.Benchmarks/results</c>: the library beside engines that people use, measured by alternating samples
/// (how, says the README beside them). They are read, not run: the engines need not be installed.
/// </summary>
/// <remarks>Tables of a special setting ("-duel-256.md": our registers halved) are not read: no reader of the course runs the library so.</remarks>
public static class EngineTables
{
    /// <summary>The system that a ratio is of: it opens each contest.</summary>
    public const string Ours = "ours";

    /// <summary>The files that compare systems, by the end of their name.</summary>
    private static readonly string[] Kinds = ["-duel.md", "-torch.md"];

    /// <summary>All rows of all machines; the machine's name comes first in order.</summary>
    /// <exception cref="FileNotFoundException">The library does not lie inside the repository, or no table is there.</exception>
    public static IReadOnlyList<EngineRow> Read() => Read(Path.Combine(CourseData.Root, "tests", "AttentionLab.Benchmarks", "results"));

    internal static IReadOnlyList<EngineRow> Read(string folder)
    {
        EngineRow[] rows =
        [
            .. from path in Directory.Exists(folder) ? Directory.GetFiles(folder).Order(StringComparer.Ordinal) : Enumerable.Empty<string>()
               from kind in Kinds
               where path.EndsWith(kind, StringComparison.Ordinal)
               from row in Parse(Path.GetFileName(path)[..^kind.Length], Path.GetFileName(path), File.ReadLines(path))
               select row,
        ];
        return rows.Length > 0 ? rows : throw new FileNotFoundException($"{folder} holds no table (*{string.Join(", *", Kinds)}): take the whole repository.");
    }

    /// <summary>The fastest row of a workload whose system begins with a name, in the first table that has one.</summary>
    /// <param name="rows">Of <see cref="Read()"/>.</param>
    /// <param name="machine">One machine.</param>
    /// <param name="workload">Exactly.</param>
    /// <param name="system">The beginning of the system's name: "our reference", "ORT", "PyTorch"; <see cref="Ours"/> is taken exactly.</param>
    /// <param name="threads">Exactly.</param>
    /// <returns>Null if that was not measured.</returns>
    public static EngineRow? Best(this IReadOnlyList<EngineRow> rows, string machine, string workload, string system, int threads = 1) =>
        Tables(rows, machine, workload, threads).Select(table => Fastest(table, system)).FirstOrDefault(row => row is not null);

    /// <summary>The time of a rival's fastest row as a multiple of ours, both from one table: above 1 ours is faster.</summary>
    /// <param name="rows">Of <see cref="Read()"/>.</param>
    /// <param name="machine">One machine.</param>
    /// <param name="workload">Exactly.</param>
    /// <param name="rival">The beginning of its name.</param>
    /// <param name="threads">Exactly.</param>
    /// <returns>Of the first table that has both; NaN if none has.</returns>
    public static double TimesOurs(this IReadOnlyList<EngineRow> rows, string machine, string workload, string rival, int threads = 1) =>
        Tables(rows, machine, workload, threads)
            .Select(table => (Fastest(table, rival)?.Milliseconds / Fastest(table, Ours)?.Milliseconds) ?? double.NaN)
            .FirstOrDefault(double.IsFinite, double.NaN);

    /// <summary>
    /// The rows of one file: workload, threads, system, median ms, min ms, GFLOP/s, % of limit (both at the median), and columns that are not read.
    /// </summary>
    /// <remarks>
    /// A contest begins with <see cref="Ours"/> or with another workload. A row of fewer threads than the contest's ("ours on one thread" of a contest on two)
    /// is a control of that contest, no result on so many threads, and is left out.
    /// </remarks>
    internal static IEnumerable<EngineRow> Parse(string machine, string table, IEnumerable<string> lines)
    {
        (string Workload, int Threads) contest = default;
        foreach (string line in lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal)))
        {
            string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length <= 7 || !int.TryParse(cells[2], CultureInfo.InvariantCulture, out int threads))
            {
                continue;
            }

            if (cells[3] == Ours || cells[1] != contest.Workload)
            {
                contest = (cells[1], threads);
            }

            if (threads == contest.Threads)
            {
                double fastest = Number(cells[5]);
                yield return new EngineRow(machine, table, cells[1], threads, cells[3], fastest, Number(cells[7]) * Number(cells[4]) / fastest);
            }
        }
    }

    private static IEnumerable<IGrouping<string, EngineRow>> Tables(IReadOnlyList<EngineRow> rows, string machine, string workload, int threads) => rows
        .Where(row => row.Machine == machine && row.Workload == workload && row.Threads == threads).GroupBy(row => row.Table);

    private static EngineRow? Fastest(IEnumerable<EngineRow> table, string system) => table
        .Where(row => system == Ours ? row.System == Ours : row.System.StartsWith(system, StringComparison.Ordinal)).MinBy(row => row.Milliseconds);

    private static double Number(string cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN;
}
