using System.Globalization;

namespace AttentionLab.Benchmarks.Tests;

public sealed class DuelTests
{
    [Fact]
    public void Run_WrongContender_IsRefusedBeforeAnythingIsTimed()
    {
        float[] right = new float[3], wrong = new float[3];
        int runs = 0;
        Contest contest = Contest(
            new("ours", () => { runs++; Fill(right, 1); }, right),
            new("cheat", () => { runs++; Fill(wrong, 1); wrong[2] = 1.01f; }, wrong) { IsRival = true });
        WrongResultException refused = Assert.Throws<WrongResultException>(() => Run(contest));
        Assert.Contains("cheat has 1.01 at 2 where 1 is right", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, runs);
    }

    [Fact]
    public void Run_ContenderThatWritesNothing_IsRefused()
    {
        float[] right = new float[3];
        Contest contest = Contest(new("ours", () => Fill(right, 1), right), new("idle", () => { }, new float[3]));
        Assert.Contains("idle has NaN", Assert.Throws<WrongResultException>(() => Run(contest)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OursAgainstTheReference_IsRefusedByTheCheck()
    {
        float[] ours = new float[1];
        Contest contest = new("planted", 0, [new("ours", () => ours[0] = 2, ours)], [], result => throw new WrongResultException($"ours is {result[0]}"));
        Assert.Equal("ours is 2", Assert.Throws<WrongResultException>(() => Run(contest)).Message);
    }

    [Fact]
    public void Run_OwnExpectation_ReplacesOurs()
    {
        float[] ours = new float[2], other = new float[2];
        Contest contest = Contest(new("ours", () => Fill(ours, 1), ours), new("other", () => Fill(other, 5), other) { Expected = [5, 5] });
        Assert.Equal(2, Run(contest).Rows.Count);
    }

    [Fact]
    public void Run_SlowAndFastContender_RatioAndBarFollowTheTimes()
    {
        float[] ours = new float[1], rival = new float[1];
        Contest contest = Contest(
            new("ours", () => ours[0] = 1, ours) { OwnClock = _ => 0.010 },
            new("rival 2.0", () => rival[0] = 1, rival) { OwnClock = _ => 0.020, IsRival = true, Family = "rival" });
        IReadOnlyList<DuelRow> rows = Run(contest with { Flops = 1e9, Bars = [Bar.AtLeast(1.8, "rival")] }).Rows;
        Assert.Equal(
            ("ours", 10, 2, true), (rows[0].System, Math.Round(rows[0].MedianMs, 6), Math.Round(rows[0].RatioToBestRival!.Value, 6), rows[0].Met!.Value));
        Assert.Equal(100, rows[0].Gflops!.Value, 6);
        Assert.Equal((1.0, null, null), (rows[1].RatioToBestRival!.Value, rows[1].Bar, rows[1].Met));
        Assert.True(rows[0].Samples >= 3 && rows[0].Clean <= rows[0].Samples);
    }

    [Fact]
    public void Run_ContenderWhoseFirstRunIsCompiled_IsRepeatedInItsSamples()
    {
        float[] ours = new float[1];
        bool isCompiled = false;
        int repeated = 0;
        Contest contest = Contest(
            new Contender("ours", First, ours) { OwnClock = repeats => { repeated = Math.Max(repeated, repeats); return 1e-4; } });
        Run(contest);
        Assert.Equal(100, repeated);

        void First()
        {
            Thread.Sleep(isCompiled ? 0 : 50);
            isCompiled = true;
            ours[0] = 1;
        }
    }

    [Fact]
    public void Run_SlowContender_GetsThreeSamples()
    {
        float[] ours = new float[1], slow = new float[1];
        int runs = 0;
        Contest contest = Contest(
            new("ours", () => ours[0] = 1, ours) { OwnClock = _ => 0.010 },
            new("slow", () => slow[0] = 1, slow) { IsSlow = true, OwnClock = _ => { runs++; return 1; } });
        Assert.Equal(3, Run(contest).Rows[1].Samples);

        // One more decides how often a sample repeats it.
        Assert.Equal(4, runs);
    }

    [Fact]
    public void Session_WrongResult_ShowsNoTimeAndCounts()
    {
        float[] ours = new float[1], wrong = new float[1];
        Contest good = Contest(new Contender("ours", () => ours[0] = 1, ours));
        Contest bad = Contest(new("ours", () => ours[0] = 1, ours), new("cheat", () => wrong[0] = 7, wrong));
        StringWriter progress = new(CultureInfo.InvariantCulture);
        DuelSession session = new("duel", [], progress, null, null);
        using FmaLimit limit = new(1);
        Assert.True(session.Run([new("g", "good", () => good), new("g", "bad", () => bad)], 1, limit, 0.01, TestContext.Current.CancellationToken));
        Assert.Equal(1, session.Refused);
        Assert.Single(session.Report.Rows);
        Assert.Contains("bad, 1 thread … REFUSED", progress.ToString(), StringComparison.Ordinal);
        Assert.Contains("bad, 1 thread: **refused**", session.Report.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void Session_Cancelled_KeepsWhatWasMeasured()
    {
        float[] ours = new float[1];
        using CancellationTokenSource cancel = new();
        using FmaLimit limit = new(1);
        string json = Path.Combine(Directory.CreateTempSubdirectory().FullName, "rows.json"), markdown = Path.ChangeExtension(json, "md");
        DuelSession session = new("duel", [], TextWriter.Null, json, null);
        Entry first = new("g", "first", () => Contest(new Contender("ours", () => ours[0] = 1, ours)));
        Entry second = new("g", "second", () => { cancel.Cancel(); return first.Make(); });
        Assert.False(session.Run([first, second], 1, limit, 0.01, cancel.Token));
        Assert.Single(session.Report.Rows);
        Assert.Contains("\"system\": \"ours\"", File.ReadAllText(json), StringComparison.Ordinal);

        // The next run makes what is missing, and never the first contest again.
        DuelReport earlier = DuelReport.FromJson(File.ReadAllText(json));
        DuelSession rest = new("duel", [], TextWriter.Null, null, null);
        rest.GoOn(earlier);
        Entry again = new("g", "second", first.Make);
        Assert.True(rest.Run(
            [first with { Workload = "planted", Make = () => throw new InvalidOperationException() }, again], 1, limit, 0.01,
            TestContext.Current.CancellationToken));
        Assert.Equal(2, rest.Report.Rows.Count);
        ArgumentException other = Assert.Throws<ArgumentException>(() => rest.GoOn(earlier with { Cpu = "Another CPU" }));
        Assert.Contains("Another CPU", other.Message, StringComparison.Ordinal);

        // With nothing missing the files are written all the same.
        DuelSession whole = new("duel", [], TextWriter.Null, null, markdown);
        whole.GoOn(earlier);
        Assert.True(whole.Run([first with { Workload = "planted" }], 1, limit, 0.01, TestContext.Current.CancellationToken));
        Assert.Contains("| planted | 1 | ours |", File.ReadAllText(markdown), StringComparison.Ordinal);
    }

    private static Contest Contest(params Contender[] contenders) => new("planted", 0, contenders, [], _ => { });

    private static (IReadOnlyList<DuelRow> Rows, IReadOnlyList<DuelNote> Notes) Run(Contest contest)
    {
        using FmaLimit limit = new(1);
        limit.Find(3);
        return new Duel(1, limit, 0.01, default).Run(contest);
    }

    private static void Fill(float[] values, float value) => Array.Fill(values, value);
}
