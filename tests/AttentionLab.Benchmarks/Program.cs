using System.CommandLine;
using AttentionLab.Benchmarks;
using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Benchmarks.Workloads;
using AttentionLab.Kernels;

Option<string?> only = new("--only") { Description = "Only contests of this group: matmul, attention, causal, rows, encoder, train." };
Option<int> threads = new("--threads") { Description = "Threads that every system may use.", DefaultValueFactory = _ => 1 };
Option<string?> rivals = new("--rivals") { Description = "Folder made by Rivals/setup.sh, with ONNX Runtime and its models." };
Option<string?> json = new("--json") { Description = "Write the rows to this file as JSON, too." };
Option<string?> markdown = new("--out") { Description = "Write the table to this file as Markdown, too." };
Option<double> seconds = new("--seconds") { Description = "About how long to sample each contest.", DefaultValueFactory = _ => 6 };

Command duel = new("duel", "Ours against every rival found, in one process, interleaved.") { only, threads, rivals, json, markdown, seconds };
duel.SetAction(result =>
{
    int count = result.GetValue(threads);
    RivalSet found = RivalSet.Find(result.GetValue(rivals), count);
    double limit = MachineLimit.BestGflops();
    List<DuelRow> rows = [];
    foreach (Contest contest in MatMulContests.All(found, count).Concat(AttentionContests.All(found, count)).Where(contest => result.GetValue(only) is not { } group || contest.Group == group))
    {
        Console.Error.WriteLine($"… {contest.Name}");
        rows.AddRange(Duel.Run(contest, count, limit * count, result.GetValue(seconds)));
    }

    DuelReport report = new(Machine.Cpu, DateTime.UtcNow.ToString("yyyy-MM-dd"), $".NET {Environment.Version}", Simd.Width, limit, rows);
    string table = Duel.Markdown(report);
    Console.WriteLine(table);
    if (result.GetValue(markdown) is { } file)
    {
        File.WriteAllText(file, table);
    }

    if (result.GetValue(json) is { } jsonFile)
    {
        Duel.WriteJson(report, jsonFile);
    }

    return rows.Any(row => row.Met == false) ? 1 : 0;
});

Command limitCommand = new("limit", "The machine's multiply-add and reading limits, one core.");
limitCommand.SetAction(_ =>
{
    Console.WriteLine($"{Machine.Cpu}: {MachineLimit.BestGflops():F1} GFLOP/s, {Simd.Width}-bit registers");
    foreach (int size in new[] { 24 << 10, 512 << 10, 8 << 20, 256 << 20 })
    {
        Console.WriteLine($"read {size >> 10,7} KB: {MachineLimit.ReadGigabytes(size):F1} GB/s");
    }
});

RootCommand root = new("Benchmarks of AttentionLab.") { duel, limitCommand };
return root.Parse(args).Invoke();
