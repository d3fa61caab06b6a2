using System.CommandLine;
using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Benchmarks.Workloads;

namespace AttentionLab.Benchmarks.Tests;

public sealed class CommandsTests
{
    [Theory]
    [InlineData("duel")]
    [InlineData("duel --only attention --threads 2 --rivals DIR --json rows.json --out table.md --seconds 2.5")]
    [InlineData("torch --only training --threads 1 --python python3")]
    [InlineData("texts --rivals DIR --model work/models/minilm --threads 1")]
    [InlineData("texts --rivals DIR --only first --ahead out/AttentionLab.FirstVector")]
    [InlineData("duel --only matmul encoder --json rows.json --resume")]
    [InlineData("phases --threads 1 --seconds 2 --out phases.md")]
    [InlineData("limit")]
    [InlineData("scale --threads 2 --out scale.md")]
    [InlineData("alignment --out alignment.md")]
    [InlineData("machines --results results")]
    [InlineData("micro")]
    [InlineData("micro Softmax")]
    public void Parse_RightOptions_HasNoErrors(string line) => Assert.Empty(Commands.Root().Parse(line).Errors);

    [Theory]
    [InlineData("duel --threads 3")]
    [InlineData("duel --threads two")]
    [InlineData("duel --only lions")]
    [InlineData("duel --seconds 0")]
    [InlineData("duel --seconds soon")]
    [InlineData("duel --only")]
    [InlineData("limit --json x")]
    [InlineData("")]
    [InlineData("dual")]
    public void Run_WrongOptions_ExitWithTwo(string line) =>
        Assert.Equal(Commands.BadOptions, Commands.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void Choices_UnknownOption_NamesTheRightOnes()
    {
        ParseResult parsed = Commands.Root().Parse("duel --thread 1");
        Assert.NotEmpty(parsed.Errors);
        Assert.Equal(
            "Options of duel: --only GROUP, --threads 1|2, --rivals DIR, --python PATH, --json FILE, --resume, --out FILE, --seconds S.",
            Commands.Choices(parsed.CommandResult.Command));
        Assert.Equal(
            "Commands: duel, torch, texts, phases, limit, scale, alignment, micro, machines. More: -- COMMAND --help",
            Commands.Choices(Commands.Root().Parse("dual").CommandResult.Command));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Catalog_Entries_HaveKnownGroupsAndNamesOfTheirOwn(int threads)
    {
        Entry[] entries = [.. Catalog.All(RivalSet.None, threads)];
        Assert.All(entries, entry => Assert.Contains(entry.Group, Catalog.Groups));

        // Tokenizers use one thread: in a second pass their rows would stand in the table twice, as rows of one thread.
        IEnumerable<string> groups = Catalog.Groups.Where(group => threads == 1 || group != "tokens");
        Assert.Equal(groups.Order(), entries.Select(entry => entry.Group).Distinct().Order());
        Assert.Equal(entries.Length, entries.Select(entry => entry.Workload).Distinct().Count());
        Assert.Contains(entries, entry => entry.Workload == "attention n=1024");
    }

    /// <summary>Every small contest runs without any rival: ours is right, and the reference agrees.</summary>
    [Theory]
    [InlineData("attention n=128")]
    [InlineData("attention causal n=128")]
    [InlineData("attention 128 queries × 2048 keys")]
    [InlineData("attention n=1000, D=80")]
    [InlineData("attention n=1024, peaked scores")]
    [InlineData("attention n=1024, window of ±128")]
    [InlineData("attention n=1024, last quarter padding")]
    [InlineData("decode: 1 query over 2048 keys in a cache")]
    [InlineData("packed 8×2048×2048")]
    [InlineData("encoder layer b1 n=128")]
    [InlineData("softmax 32×512 (cached)")]
    [InlineData("LayerNorm 4096×512")]
    [InlineData("GELU 512×2048")]
    [InlineData("exp 4096×512")]
    [InlineData("matmul A·Bᵀ 1024×64×1024")]
    [InlineData("matmul Aᵀ·B 512×2048×512")]
    [InlineData("packed 128×512×2048")]
    [InlineData("training step")]
    [InlineData("Lightning n=512")]
    public void Catalog_SmallContest_IsRight(string workload)
    {
        using FmaLimit limit = new(1);
        limit.Find(3);
        using Contest contest = Catalog.All(RivalSet.None, 1).Single(entry => entry.Workload == workload).Make();
        (IReadOnlyList<DuelRow> rows, _) = new Duel(1, limit, 0.001, default).Run(contest);
        Assert.Equal("ours", rows[0].System);
        Assert.All(rows, row => Assert.True(row.MinMs > 0 && row.MinMs <= row.MedianMs));
    }

    [Theory]
    [InlineData(true, true, "SkylakeX")]
    [InlineData(false, true, "Haswell")]
    [InlineData(false, false, null)]
    public void OpenBlasCore_FollowsTheCpu(bool hasAvx512, bool hasAvx2, string? core) => Assert.Equal(core, RivalSet.OpenBlasCore(hasAvx512, hasAvx2));
}
