using System.Globalization;
using System.Text;

namespace AttentionLab.Benchmarks;

/// <summary>
/// The committed tables of all machines side by side: what ours took, its share of that machine's limit, and its ratio to the best rival there.
/// Only numbers of one machine may be compared with each other: milliseconds of two tell of the machines, not of the code.
/// </summary>
internal static class MachinePage
{
    /// <summary>Files that begin a column: by the duel, at one width of registers each.</summary>
    private const string Tables = "*-duel*.md";

    /// <summary>One row of a machine's table that is ours.</summary>
    /// <param name="Workload">With the shape.</param>
    /// <param name="Threads">1 or 2.</param>
    /// <param name="Cell">What stands in the page.</param>
    private sealed record Row(string Workload, int Threads, string Cell);

    /// <summary>One table.</summary>
    /// <param name="Name">Of the file, without its ending.</param>
    /// <param name="Facts">Its first lines, by the word before the colon.</param>
    /// <param name="Rows">Ours.</param>
    private sealed record Table(string Name, IReadOnlyDictionary<string, string> Facts, IReadOnlyList<Row> Rows);

    /// <summary>The page.</summary>
    /// <param name="folder">Of the tables.</param>
    /// <returns>Markdown.</returns>
    /// <exception cref="FileNotFoundException">The folder holds no table.</exception>
    public static string Of(string folder)
    {
        Table[] tables = [.. Directory.GetFiles(folder, Tables).Order(StringComparer.Ordinal).Select(Read)];
        if (tables.Length == 0)
        {
            throw new FileNotFoundException($"{folder} holds no table ({Tables}): measure.sh NAME DIR duel makes one.");
        }

        StringBuilder text = new("# All machines side by side\n\n");
        text.Append("Made from the tables in this folder by `dotnet run --project tests/AttentionLab.Benchmarks -- machines`; `measure.sh` runs it as well.\n");
        text.Append("Each cell: the median time of ours, its share of what that machine can do at most, and the best rival's time divided by ours\n");
        text.Append("(above 1 ours is faster). Milliseconds of two machines tell of the machines; compare shares and ratios.\n");
        text.Append("([How it was measured](../README.md))\n\n");
        text.Append("| table | CPU | limit | date | bars |\n|---|---|---|---|---|\n");
        foreach (Table table in tables)
        {
            text.Append(
                $"| [{table.Name}]({table.Name}.md) | {Fact(table, "CPU")} | {Fact(table, "Limit")} | {Fact(table, "Date")} | {Fact(table, "Bars")} |\n");
        }

        string[] others = [.. Directory.GetFiles(folder, "*.md").Select(file => Path.GetFileNameWithoutExtension(file)!)
            .Where(name => name != "README" && tables.All(table => table.Name != name)).Order(StringComparer.Ordinal)];
        if (others.Length > 0)
        {
            text.Append($"\nOther tables of these machines (texts to vectors, phases of a training step, and so on), each with systems of its own: "
                + $"{string.Join(", ", others.Select(name => $"[{name}]({name}.md)"))}.\n");
        }

        foreach (int threads in tables.SelectMany(table => table.Rows).Select(row => row.Threads).Distinct().Order())
        {
            text.Append($"\n## {threads} thread{(threads == 1 ? "" : "s")}\n\n| workload | {string.Join(" | ", tables.Select(table => table.Name))} |\n");
            text.Append($"|---|{string.Concat(tables.Select(_ => "---|"))}\n");

            // The table with the most rows gives the order; what only others have comes below.
            string[] workloads = [.. tables.OrderByDescending(table => table.Rows.Count).SelectMany(table => table.Rows)
                .Where(row => row.Threads == threads).Select(row => row.Workload).Distinct()];
            foreach (string workload in workloads)
            {
                IEnumerable<string> cells = tables.Select(
                    table => table.Rows.FirstOrDefault(row => row.Workload == workload && row.Threads == threads)?.Cell ?? "–");
                text.Append($"| {workload} | {string.Join(" | ", cells)} |\n");
            }
        }

        return text.ToString();
    }

    private static string Fact(Table table, string name) => table.Facts.GetValueOrDefault(name, "–");

    private static Table Read(string path)
    {
        Dictionary<string, string> facts = [];
        List<Row> rows = [];
        foreach (string line in File.ReadLines(path))
        {
            string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (line.StartsWith("- ", StringComparison.Ordinal) && line.IndexOf(": ", StringComparison.Ordinal) is > 0 and int colon && rows.Count == 0)
            {
                facts.TryAdd(line[2..colon], line[(colon + 2)..]);
            }
            else if (cells.Length > 8 && cells[3] == "ours" && int.TryParse(cells[2], CultureInfo.InvariantCulture, out int threads))
            {
                string share = cells[7] == "" ? "" : $" · {cells[7]} %", ratio = cells[8] == "" ? "" : $" · × {cells[8]}";
                rows.Add(new(cells[1], threads, $"{cells[4]} ms{share}{ratio}"));
            }
        }

        return new(Path.GetFileNameWithoutExtension(path), facts, rows);
    }
}
