using System.Globalization;

namespace AttentionLab.Benchmarks;

/// <summary>Runs contests one after the other, tells the progress, and keeps the files up to date after each.</summary>
/// <param name="command">Arguments of the program, for the report.</param>
/// <param name="rivals">Which were found, for the report.</param>
/// <param name="progress">Where the progress goes.</param>
/// <param name="json">File for the rows as JSON; null for none.</param>
/// <param name="markdown">File for the table; null for none.</param>
internal sealed class DuelSession(string command, IReadOnlyList<string> rivals, TextWriter progress, string? json, string? markdown)
{
    private readonly SortedDictionary<string, double> _limits = new(StringComparer.Ordinal);
    private readonly List<DuelRow> _rows = [];
    private readonly List<DuelNote> _notes = [];

    /// <summary>Contests that were refused for a wrong result.</summary>
    public int Refused { get; private set; }

    /// <summary>What was measured so far.</summary>
    public DuelReport Report => new(
        Machine.Cpu, DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), command, Machine.Runtime, Kernels.Simd.Width,
        new Dictionary<string, double>(_limits), rivals, [.. _rows], [.. _notes]);

    /// <summary>Takes over what an earlier run measured: <see cref="Run"/> passes over contests that have rows. A run that was cut off goes on so.</summary>
    /// <param name="earlier">Its report.</param>
    /// <exception cref="ArgumentException">It was made on another CPU, or with other registers or settings.</exception>
    public void GoOn(DuelReport earlier)
    {
        if ((earlier.Cpu, earlier.Width, earlier.Runtime) != (Machine.Cpu, Kernels.Simd.Width, Machine.Runtime))
        {
            throw new ArgumentException(
                $"the file is of {earlier.Cpu}, {earlier.Width}-bit registers, {earlier.Runtime}, but this is {Machine.Cpu}, "
                + $"{Kernels.Simd.Width}-bit registers, {Machine.Runtime}: remove the file, or name another.");
        }

        _rows.AddRange(earlier.Rows);
        _notes.AddRange(earlier.Notes.Where(note => earlier.Rows.Any(row => row.Workload == note.Workload)));
        foreach ((string threads, double gflops) in earlier.Limits)
        {
            _limits[threads] = gflops;
        }
    }

    /// <summary>Runs contests on so many threads.</summary>
    /// <param name="entries">The contests.</param>
    /// <param name="threads">Threads that every system was told to use.</param>
    /// <param name="limit">Machine limit on as many threads.</param>
    /// <param name="seconds">About how long to sample each.</param>
    /// <param name="cancellation">Ends after the sample under way; what was measured stays.</param>
    /// <returns>False if cancelled.</returns>
    public bool Run(IReadOnlyList<Entry> entries, int threads, FmaLimit limit, double seconds, CancellationToken cancellation)
    {
        Duel duel = new(threads, limit, seconds, cancellation);
        HashSet<string> done = [.. _rows.Where(row => row.System == "ours" && row.Threads == threads).Select(row => row.Workload)];
        entries = [.. entries.Where(entry => !done.Contains(entry.Workload))];
        if (entries.Count == 0)
        {
            Save();
        }

        for (int i = 0; i < entries.Count; i++)
        {
            string name = entries[i].Workload;
            progress.Write($"[{i + 1}/{entries.Count}] {name}, {threads} thread{(threads == 1 ? "" : "s")} … ");
            progress.Flush();
            try
            {
                using Contest contest = entries[i].Make();
                (IReadOnlyList<DuelRow> rows, IReadOnlyList<DuelNote> notes) = duel.Run(contest);
                _rows.AddRange(rows);
                _notes.AddRange(notes);
                progress.WriteLine(Describe(rows[0]));
            }
            catch (OperationCanceledException)
            {
                progress.WriteLine("cancelled");
                return false;
            }
            catch (WrongResultException wrong)
            {
                Refused++;
                _notes.Add(new(name, threads, $"**refused**: {wrong.Message}"));
                progress.WriteLine($"REFUSED: {wrong.Message}");
            }

            _limits[threads.ToString(CultureInfo.InvariantCulture)] = limit.Gflops;
            Save();
            GC.Collect();
        }

        return true;
    }

    private static string Describe(DuelRow ours)
    {
        string ratio = ours.RatioToBestRival is { } value ? string.Create(CultureInfo.InvariantCulture, $", {value:F2} × best rival") : "";
        string met = ours.Met switch { true => ", met", false => ", MISSED", _ => "" };
        return $"{DuelReport.Milliseconds(ours.MedianMs)} ms{ratio}{met} ({ours.Clean}/{ours.Samples} clean)";
    }

    private void Save()
    {
        DuelReport report = Report;
        if (markdown is not null)
        {
            Write(markdown, report.ToMarkdown());
        }

        if (json is not null)
        {
            Write(json, report.ToJson());
        }
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, text);
    }
}
