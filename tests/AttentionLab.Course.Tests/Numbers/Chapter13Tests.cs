using AttentionLab.Course.Data;
using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Tests.Numbers;

/// <summary>The numbers that chapter 13 states, from the library. Of times only what is counted is asserted.</summary>
public class Chapter13Tests
{
    /// <summary>The shared numbers of the course: 14 % at n = 512, as much as the maps at 2d, half of the layer at 6d, 73 % at 8192.</summary>
    [Theory]
    [InlineData(512, 0.143)]
    [InlineData(3072, 0.5)]
    [InlineData(8192, 0.727)]
    public void PairShare_Width512(int tokens, double share) => Assert.Equal(share, LayerCost.Count(tokens, 512, 2048).PairShare, 3);

    [Fact]
    public void PairWork_AtTwiceTheWidth_IsThatOfTheMaps()
    {
        LayerCost cost = LayerCost.Count(1024, 512, 2048);
        Assert.Equal(cost.MapWork, cost.PairWork);
    }

    [Fact]
    public void LayerCost_Measured_CountsAndTimes()
    {
        LayerCost cost = Assert.Single(LayerCost.Measure([16], channels: 8, hidden: 32, heads: 2, rounds: 1));
        Assert.Equal(LayerCost.Count(16, 8, 32).PairWork, cost.PairWork);
        Assert.True(cost.PairMilliseconds > 0 && cost.MapMilliseconds > 0);
    }

    [Theory]
    [InlineData(8, 2)]
    [InlineData(64, 16)]
    [InlineData(12, 6)]
    public void AttentionLoops_AllWays_AreTheReference(int tokens, int dim)
    {
        CounterRandom random = new(1);
        Tensor q = Tensor.Gaussian(random, 1, tokens, dim), k = Tensor.Gaussian(random, 1, tokens, dim), v = Tensor.Gaussian(random, 1, tokens, dim);
        float[] right = new float[q.Length];
        Attend.Reference<float>(AttendInput.Split<float>(q.Span, k.Span, v.Span, new(1, 1, tokens, tokens, dim, dim), 1 / MathF.Sqrt(dim)), right,
            new float[tokens * tokens]);
        foreach (Tensor way in new[] { AttentionLoops.Plain(q, k, v), AttentionLoops.Blocked(q, k, v), AttentionLoops.Rows(q, k, v) })
        {
            Assert.All(way.Values.Zip(right), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        }
    }

    [Fact]
    public void AttentionLoops_Blocked_ARowTooMuch_IsNamed() =>
        Assert.Contains("(5, 2)", Assert.Throws<ArgumentException>(() => AttentionLoops.Blocked(new(5, 2), new(5, 2), new(5, 2))).Message);

    [Fact]
    public void Ladder_CountsWorkAndTraffic()
    {
        AttentionLadder[] steps = AttentionLadder.Measure(tokens: 64, dim: 16, rounds: 1);
        Assert.All(steps, step => Assert.Equal(2.0 * 64 * 64 * 16, step.MultiplyAdds));
        Assert.Equal([4.0 * (4 * 64 * 16 + 4 * 64 * 64), 4.0 * 4 * 64 * 16], [steps[0].Bytes, steps[^1].Bytes]);
        Assert.Equal(0.25, AttentionLadder.OneQuery(keys: 256, dim: 16, rounds: 1).Intensity);
        // As in the chapter: 1024 words of 64 numbers.
        Assert.Equal(7.5, 2.0 * 1024 * 1024 * 64 / (4.0 * (4 * 1024 * 64 + 4 * 1024 * 1024)), 1);
        Assert.Equal(128, 2.0 * 1024 * 1024 * 64 / (4.0 * 4 * 1024 * 64));
    }

    [Fact]
    public void MachineLimit_RoofIsTheLowerOfBoth()
    {
        MachineLimit limit = new(MultiplyAdds: 60, Gigabytes: 20);
        Assert.Equal((3, 5, 60), (limit.Ridge, limit.Roof(0.25), limit.Roof(100)));
        MachineLimit measured = MachineLimit.Measure(bytes: 1 << 16, bursts: 10);
        Assert.True(measured.MultiplyAdds > 0 && measured.Gigabytes > 0);
    }

    [Fact]
    public void PowerLaw_SlopeAndCrossing()
    {
        Assert.Equal(2, PowerLaw.Slope([1, 2, 8], [3, 12, 192]), 1e-9);
        Assert.Equal(2, PowerLaw.CrossesOne([1, 4], [0.5, 2]), 1e-9);
        Assert.True(double.IsNaN(PowerLaw.CrossesOne([1, 4], [2, 3])));
        Assert.Contains("x has 1", Assert.Throws<ArgumentException>(() => PowerLaw.Slope([1], [1])).Message);
    }

    [Fact]
    public void Memory_KeptScoresTake64TimesAsMuch()
    {
        Tensor x = new(4096, 64);
        double kept = Allocation.Bytes(() => ScaledDotProductAttention.Forward(x, x, x)), fused = Allocation.Bytes(() => FusedAttention.Infer(x, x, x));
        Assert.InRange(kept / 1e6, 68, 68.5);
        Assert.InRange(fused / 1e6, 1, 1.1);
    }

    [Fact]
    public void PairMemory_SoftmaxKeepsAll_OneMatrixAsManyAsItsWidth()
    {
        Assert.All(Seeds(1024, memory => memory.BySoftmax()), share => Assert.InRange(share, 0.99, 1));
        Assert.All(Seeds(64, memory => memory.ByState()), share => Assert.InRange(share, 0.95, 1));
        Assert.All(Seeds(1024, memory => memory.ByState()), share => Assert.InRange(share, 0.02, 0.15));
        Assert.All(Seeds(64, memory => memory.ByLinear()), share => Assert.InRange(share, 0, 0.15));
        Assert.All(Seeds(64, memory => memory.ByMean()), share => Assert.InRange(share, 0, 0.1));

        static double[] Seeds(int pairs, Func<PairMemory, bool[]> ask) =>
            [.. Enumerable.Range(1, 5).Select(seed => ask(new(pairs, 64, (ulong)seed)).Average(hit => hit ? 1.0 : 0))];
    }

    [Fact]
    public void PairMemory_Decay_KeepsTheNewest()
    {
        PairMemory memory = new(1024, 64);
        (bool Hit, int Age)[] found = [.. memory.ByState(0.99f).Zip(memory.Ages)];
        Assert.All(found.Where(pair => pair.Age < 16), pair => Assert.True(pair.Hit));
        Assert.InRange(found.Where(pair => pair.Age >= 256).Average(pair => pair.Hit ? 1.0 : 0), 0, 0.05);
    }

    /// <summary>The product of matrices in <see cref="PairMemory"/> is what the library's steps build up.</summary>
    [Fact]
    public void PairMemory_State_IsThatOfTheSteps()
    {
        CounterRandom random = new(3);
        Tensor k = Tensor.Gaussian(random, 1, 20, 4), v = Tensor.Gaussian(random, 1, 20, 4), state = new(4, 4), decayed = k.Copy();
        for (int t = 0; t < 20; t++)
        {
            LightningAttend.Step(k.Row(t), k.Row(t), v.Row(t), state.Span, new float[4], 0.9f);
            Multiply.Scale(k.Row(t), MathF.Pow(0.9f, 19 - t), decayed.Row(t));
        }

        Assert.All(decayed.TransposedMatMul(v).Values.Zip(state.Values), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
    }

    [Fact]
    public void NextWord_AgainCostsTTimesTheCache()
    {
        NextWordCost[] next = NextWordCost.Measure([1, 8], channels: 16, heads: 2, rounds: 1);
        Assert.Equal(8, next[1].AgainWork / next[1].CacheWork);
        Assert.Equal((2L * 8 * 16 * 4, 16L * 8 * 4), (next[1].CacheBytes, next[1].StateBytes));
        Assert.Equal((next[0].StateWork, next[0].StateBytes), (next[1].StateWork, next[1].StateBytes));
        Assert.All(next, cost => Assert.True(cost.AgainMilliseconds > 0 && cost.CacheMilliseconds > 0 && cost.StateMilliseconds > 0));
    }

    [Fact]
    public void EngineTables_EveryMachine_OursIsAboutAsFastAsTheBestEngine()
    {
        IReadOnlyList<EngineRow> rows = EngineTables.Read();
        string[] machines = [.. rows.Select(row => row.Machine).Distinct().Where(machine => rows.Best(machine, "attention n=2048", "ORT") is not null)];
        Assert.NotEmpty(machines);
        Assert.All(machines, machine => Assert.InRange(rows.TimesOurs(machine, "attention n=2048", "ORT"), 0.9, 1.5));
    }

    [Fact]
    public void EngineTables_Parse_ReadsARowAndSkipsTheRest()
    {
        EngineRow row = Assert.Single(EngineTables.Parse("m", "m-duel.md", [
            "- CPU: x", "| workload | threads | system | median ms | min ms | GFLOP/s | % of limit |", "|---|--:|---|--:|--:|--:|--:|",
            "| exp | 2 | ours | 0.5 | 0.4 |  | 50.4 | 1 | 3/3 |  |  |"]));
        Assert.Equal(("m", "m-duel.md", "exp", 2, "ours", 0.4), (row.Machine, row.Table, row.Workload, row.Threads, row.System, row.Milliseconds));
        Assert.Equal(63, row.PercentOfLimit, 1e-9);
        Assert.Null(new[] { row }.Best("m", "exp", "ours", threads: 1));
    }

    /// <summary>
    /// Two files of two sessions and, in the first, a second session on two threads: no time of one may stand under or over a time of another.
    /// </summary>
    [Fact]
    public void EngineTables_TimesOurs_StaysInsideOneSession()
    {
        EngineRow[] rows =
        [
            .. EngineTables.Parse("m", "m-duel.md", [
                Row(1, "ours", 10), Row(1, "ours, weights stored", 2), Row(1, "ORT a", 12), Row(1, "ORT b", 11), Row(1, "our reference", 90),
                Row(2, "ours", 6), Row(1, "ours on one thread", 5), Row(2, "ORT a", 6), Row(1, "our reference", 80)]),
            .. EngineTables.Parse("m", "m-torch.md", [Row(1, "ours", 8), Row(1, "PyTorch", 24)]),
        ];
        Assert.Equal(1.1, rows.TimesOurs("m", "w", "ORT"), 1e-9);
        Assert.Equal(3, rows.TimesOurs("m", "w", "PyTorch"), 1e-9);
        Assert.Equal(1, rows.TimesOurs("m", "w", "ORT", threads: 2), 1e-9);
        Assert.Equal((10, 90), (rows.Best("m", "w", "ours")!.Milliseconds, rows.Best("m", "w", "our reference")!.Milliseconds));
        Assert.True(double.IsNaN(rows.TimesOurs("m", "w", "oneDNN")));
        Assert.True(double.IsNaN(rows.TimesOurs("m", "w", "PyTorch", threads: 2)));

        static string Row(int threads, string system, double least) => $"| w | {threads} | {system} | {least} | {least} |  | 50 | 1 | 3/3 |  |  |";
    }
}
