using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

[assembly: AssemblyFixture(typeof(AttentionLab.Studio.Tests.Hosts.HostTable))]

namespace AttentionLab.Studio.Tests.Hosts;

/// <summary>Notes what each host made of each notebook, and writes the table <c>artifacts/hosts.md</c> behind the last test.</summary>
public sealed class HostTable : IDisposable
{
    private readonly ConcurrentDictionary<(string Notebook, string Host), HostRun> _runs = new();

    /// <summary>Puts a run into the table.</summary>
    public void Add(HostRun run) => _runs[(run.Notebook, run.Host)] = run;

    /// <summary>The table as Markdown: a row for each notebook and host.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("| notebook | host | cells | charts | failures | seconds |\n|---|---|---:|---:|---:|---:|\n");
        IEnumerable<HostRun> sorted = _runs.OrderBy(entry => entry.Key.Notebook, StringComparer.Ordinal)
            .ThenBy(entry => entry.Key.Host, StringComparer.Ordinal).Select(entry => entry.Value);
        foreach (HostRun run in sorted)
        {
            int charts = run.Cells.Sum(cell => cell.Charts), failures = run.Cells.Count(cell => cell.Failure is not null);
            text.Append(CultureInfo.InvariantCulture, $"| {run.Notebook} | {run.Host} | {run.Cells.Count} | {charts} | {failures} | {run.Seconds:0.0} |\n");
        }

        return text.ToString();
    }

    public void Dispose()
    {
        if (!_runs.IsEmpty)
        {
            File.WriteAllText(Path.Combine(Repository.Root, "artifacts", "hosts.md"), ToString());
        }
    }
}
