using System.Globalization;
using System.Text.Json;

namespace AttentionLab.Benchmarks.Tests;

public sealed class DuelReportTests
{
    private static readonly DuelReport Report = new(
        "A CPU", "2026-11-21", "duel --only rows", ".NET 10", 512, new Dictionary<string, double> { ["1"] = 118.3 }, ["ORT: not found (how to get it)"],
        [
            new("attention n=1024", 1, "ours", 18.25, 18, 117.5, 99.3, 1.28, "≥ 1.2 × ORT: 1.28 met", true, 9, 11),
            new("attention n=1024", 1, "ORT 1.30.0", 23.4, 23.1, 91.7, 77.5, 1, null, null, 10, 11),
            new("softmax", 1, "ours", 0.0044, 0.0043, null, null, null, "≥ 1 × ORT: 0.90 missed", false, 3, 3),
        ],
        [new("attention n=1024", 1, "a fact"), new("softmax", 1, "a fact")]);

    [Fact]
    public void ToJson_Rows_HaveOneNameForEachColumn()
    {
        using JsonDocument document = JsonDocument.Parse(Report.ToJson());
        JsonElement rows = document.RootElement.GetProperty("rows");
        Assert.Equal(3, rows.GetArrayLength());
        string[] names =
        [
            "workload", "threads", "system", "medianMs", "minMs", "gflops", "percentOfLimit", "ratioToBestRival", "bar", "met", "clean", "samples"
        ];
        Assert.All(rows.EnumerateArray(), row => Assert.Equal(names, row.EnumerateObject().Select(property => property.Name)));
        JsonElement ours = rows[0];
        Assert.Equal("attention n=1024", ours.GetProperty("workload").GetString());
        Assert.Equal(1, ours.GetProperty("threads").GetInt32());
        Assert.Equal("ours", ours.GetProperty("system").GetString());
        Assert.Equal(18.25, ours.GetProperty("medianMs").GetDouble());
        Assert.True(ours.GetProperty("met").GetBoolean());
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("met").ValueKind);
    }

    [Fact]
    public void ToJson_Machine_IsNamed()
    {
        using JsonDocument document = JsonDocument.Parse(Report.ToJson());
        Assert.Equal(("A CPU", "2026-11-21", "duel --only rows", ".NET 10"), (Text("cpu"), Text("date"), Text("command"), Text("runtime")));
        Assert.Equal(118.3, document.RootElement.GetProperty("limits").GetProperty("1").GetDouble());

        string? Text(string name) => document.RootElement.GetProperty(name).GetString();
    }

    [Fact]
    public void ToMarkdown_Table_ShowsEveryColumn()
    {
        string text = Report.ToMarkdown();
        Assert.Contains(
            "| workload | threads | system | median ms | min ms | GFLOP/s | % of limit | × best rival | clean | bar | met |\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "| attention n=1024 | 1 | ours | 18.25 | 18.00 | 117.5 | 99.3 | 1.28 | 9/11 | ≥ 1.2 × ORT: 1.28 met | met |\n", text, StringComparison.Ordinal);
        Assert.Contains("| softmax | 1 | ours | 0.0044 | 0.0043 |  |  |  | 3/3 | ≥ 1 × ORT: 0.90 missed | **missed** |\n", text, StringComparison.Ordinal);
        Assert.Contains("- Bars: 1 met, 1 missed\n", text, StringComparison.Ordinal);
        Assert.Contains("- ORT: not found (how to get it)\n", text, StringComparison.Ordinal);
        Assert.EndsWith("- attention n=1024 · softmax, 1 thread: a fact\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ToMarkdown_GermanLocale_ChangesNothing()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            Assert.Contains("| 18.25 | 18.00 | 117.5 |", Report.ToMarkdown(), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
