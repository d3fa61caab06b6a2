using AttentionLab.Testing;

namespace AttentionLab.Benchmarks.Tests;

public sealed class MachinePageTests
{
    private const string Head = "| workload | threads | system | median ms | min ms | GFLOP/s | % of limit | × best rival | clean | bar | met |\n|---|\n";

    [Fact]
    public void Of_TheCommittedTables_IsTheCommittedPage()
    {
        string folder = Path.Combine(Repository.Root, "tests", "AttentionLab.Benchmarks", "results");

        Assert.Equal(MachinePage.Of(folder), File.ReadAllText(Path.Combine(folder, "README.md")));
    }

    [Fact]
    public void Of_TwoMachines_SetsOursSideBySide()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(
            Path.Combine(folder.Path, "a-duel.md"),
            "- CPU: One; ours used 512-bit registers\n- Limit: 100.0 GFLOP/s on 1 thread\n- Date: 2026-01-02\n- Bars: 1 met, 0 missed\n\n" + Head
            + "| matmul 8×8×8 | 1 | ours | 1.500 | 1.0 | 9.0 | 90.0 | 1.25 | 3/3 | ≥ 1 | met |\n"
            + "| matmul 8×8×8 | 1 | oneDNN | 1.875 | 1.0 | 9.0 | 72.0 | 0.80 | 3/3 |  |  |\n"
            + "| matmul 8×8×8 | 2 | ours | 0.800 | 0.7 | 9.0 | 80.0 | 1.10 | 3/3 |  |  |\n"
            + "| matmul 8×8×8 | 1 | ours on one thread | 1.6 | 1 | 9 | 85 | 0.5 | 3/3 |  |  |\n");
        File.WriteAllText(Path.Combine(folder.Path, "b-duel-256.md"), "- CPU: Two\n\n" + Head + "| exp | 1 | ours | 2.000 | 1.0 |  |  |  | 3/3 |  |  |\n");

        File.WriteAllText(Path.Combine(folder.Path, "b-texts.md"), "# Texts\n");
        File.WriteAllText(Path.Combine(folder.Path, "README.md"), "# An earlier page\n");

        string page = MachinePage.Of(folder.Path);

        const string Columns = "\n\n| workload | a-duel | b-duel-256 |\n|---|---|---|\n";
        string[] parts =
        [
            "| [a-duel](a-duel.md) | One; ours used 512-bit registers | 100.0 GFLOP/s on 1 thread | 2026-01-02 | 1 met, 0 missed |\n",
            "## 1 thread" + Columns + "| matmul 8×8×8 | 1.500 ms · 90.0 % · × 1.25 | – |\n| exp | – | 2.000 ms |\n",
            "## 2 threads" + Columns + "| matmul 8×8×8 | 0.800 ms · 80.0 % · × 1.10 | – |\n",
        ];
        Assert.Contains("each with systems of its own: [b-texts](b-texts.md).\n", page, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, page, StringComparison.Ordinal));
    }

    [Fact]
    public void Of_AFolderWithoutTables_NamesItAndTheWay()
    {
        using TemporaryFolder folder = new();

        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => MachinePage.Of(folder.Path));

        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("measure.sh", error.Message, StringComparison.Ordinal);
    }
}
