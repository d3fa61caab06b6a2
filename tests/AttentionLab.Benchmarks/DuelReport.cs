using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AttentionLab.Benchmarks;

/// <summary>One line of the table.</summary>
/// <param name="Workload">What was done, with the shape.</param>
/// <param name="Threads">Threads the system was allowed.</param>
/// <param name="System">Who did it.</param>
/// <param name="MedianMs">Median of the clean samples if there are three, else of all.</param>
/// <param name="MinMs">Best of all samples.</param>
/// <param name="Gflops">10⁹ floating point operations a second at the median; null where they are not what counts.</param>
/// <param name="PercentOfLimit">Time at the machine's limit / median · 100; null where no limit is known.</param>
/// <param name="RatioToBestRival">Best rival's median / this median: above 1 is faster; null without rivals.</param>
/// <param name="Bar">For ours: what must be reached, and what was.</param>
/// <param name="Met">Whether every bar was met; null where there is none or one cannot be judged.</param>
/// <param name="Clean">Samples whose bursts before and after ran undisturbed.</param>
/// <param name="Samples">All samples.</param>
internal sealed record DuelRow(
    string Workload, int Threads, string System, double MedianMs, double MinMs, double? Gflops, double? PercentOfLimit,
    double? RatioToBestRival, string? Bar, bool? Met, int Clean, int Samples);

/// <summary>A fact about one workload.</summary>
internal sealed record DuelNote(string Workload, int Threads, string Text);

/// <summary>The whole result, as <c>--json</c> writes it.</summary>
/// <param name="Cpu">Name of the CPU.</param>
/// <param name="Date">Day of the run, UTC.</param>
/// <param name="Command">Arguments of the program.</param>
/// <param name="Runtime">.NET and the settings that change times.</param>
/// <param name="Width">Register width that ours used, bits.</param>
/// <param name="Limits">GFLOP/s by number of threads, measured in this run.</param>
/// <param name="Rivals">Which were found, and which not.</param>
/// <param name="Rows">The table.</param>
/// <param name="Notes">Below the table.</param>
internal sealed record DuelReport(
    string Cpu, string Date, string Command, string Runtime, int Width, IReadOnlyDictionary<string, double> Limits,
    IReadOnlyList<string> Rivals, IReadOnlyList<DuelRow> Rows, IReadOnlyList<DuelNote> Notes)
{
    /// <summary>The table as Markdown.</summary>
    public string ToMarkdown()
    {
        StringBuilder text = new();
        string limits = string.Join(
            ", ",
            Limits.Select(
                limit => string.Create(CultureInfo.InvariantCulture, $"{limit.Value:F1} GFLOP/s on {limit.Key} thread{(limit.Key == "1" ? "" : "s")}")));
        text.Append($"- CPU: {Cpu}; ours used {Width}-bit registers\n- Limit: {limits}\n- Date: {Date}\n- Command: `{Command}`\n- Runtime: {Runtime}\n");
        foreach (string rival in Rivals)
        {
            text.Append($"- {rival}\n");
        }

        text.Append($"- Bars: {Rows.Count(row => row.Met == true)} met, {Rows.Count(row => row.Met == false)} missed\n\n");
        text.Append("| workload | threads | system | median ms | min ms | GFLOP/s | % of limit | × best rival | clean | bar | met |\n");
        text.Append("|---|--:|---|--:|--:|--:|--:|--:|--:|---|---|\n");
        foreach (DuelRow row in Rows)
        {
            string met = row.Met switch { true => "met", false => "**missed**", _ => "" };
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {row.Workload} | {row.Threads} | {row.System} | {Milliseconds(row.MedianMs)} | {Milliseconds(row.MinMs)} | {row.Gflops:F1} | "
                + $"{row.PercentOfLimit:F1} | {row.RatioToBestRival:F2} | {row.Clean}/{row.Samples} | {row.Bar} | {met} |\n");
        }

        if (Notes.Count > 0)
        {
            text.Append('\n');
        }

        // What is said of several workloads is said once.
        foreach (IGrouping<(int Threads, string Text), string> note in Notes.GroupBy(note => (note.Threads, note.Text), note => note.Workload))
        {
            text.Append($"- {string.Join(" · ", note)}, {note.Key.Threads} thread{(note.Key.Threads == 1 ? "" : "s")}: {note.Key.Text}\n");
        }

        return text.ToString();
    }

    /// <summary>The rows and what is known about the run.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DuelJson.Default.DuelReport) + "\n";

    /// <summary>What <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    public static DuelReport FromJson(string json) => JsonSerializer.Deserialize(json, DuelJson.Default.DuelReport)!;

    /// <summary>Three digits and more, whatever the size.</summary>
    public static string Milliseconds(double value) =>
        value.ToString(value < 1 ? "F4" : value < 10 ? "F3" : value < 100 ? "F2" : value < 1000 ? "F1" : "F0", CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DuelReport))]
internal sealed partial class DuelJson : JsonSerializerContext;
