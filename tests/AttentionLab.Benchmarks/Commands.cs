using System.CommandLine;
using System.Globalization;
using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Benchmarks.Workloads;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks;

/// <summary>The program's commands and options.</summary>
internal static class Commands
{
    /// <summary>Exit code for options that are not understood.</summary>
    public const int BadOptions = 2;

    /// <summary>Exit code for a run that was cancelled.</summary>
    public const int Cancelled = 130;

    private static readonly Option<string[]> Only = new("--only")
    {
        Description = $"Only these groups: {string.Join(", ", Catalog.Groups)}.",
        HelpName = "GROUP",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
    };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Go on from the rows that the file of --json has." };
    private static readonly Option<int?> Threads = new("--threads")
    {
        Description = "Threads that every system may use, 1 or 2. Without it: first 1, then 2.",
        HelpName = "1|2",
    };
    private static readonly Option<string?> Rivals = new("--rivals") { Description = "Folder made by Rivals/setup.sh, for ONNX Runtime.", HelpName = "DIR" };
    private static readonly Option<string?> Python = new("--python")
    {
        Description = "Python that has torch; without it the usual ones are tried.",
        HelpName = "PATH",
    };
    private static readonly Option<string?> Json = new("--json") { Description = "Also write the rows to this file as JSON.", HelpName = "FILE" };
    private static readonly Option<string?> Out = new("--out") { Description = "Also write the table to this file as Markdown.", HelpName = "FILE" };
    private static readonly Option<double> Seconds = new("--seconds")
    {
        Description = "About how long to sample a row; every system gets at least three samples.",
        HelpName = "S",
        DefaultValueFactory = _ => 3,
    };
    private static readonly Option<string?> TorchOnly = new("--only")
    {
        Description = "Only one group: attention, causal, encoder, training.",
        HelpName = "GROUP",
    };
    private static readonly Option<string?> Ahead = new("--ahead")
    {
        Description = "AttentionLab.FirstVector as dotnet publish -p:PublishAot=true makes it: one more row of first vectors.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> TextsOnly = new("--only")
    {
        Description = "Only one part: many and single texts, the first vector of a process, the largest difference of vectors.",
        HelpName = "many|single|first|difference",
    };
    private static readonly Option<string> Model = new("--model")
    {
        Description = "Folder of MiniLM with its ONNX file: dotnet run --project lib/AttentionLab.Studio -- model get minilm --onnx.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Path.Combine("work", "models", "minilm"),
    };
    private static readonly Option<string> Results = new("--results")
    {
        Description = "Folder of the tables.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Path.Combine("tests", "AttentionLab.Benchmarks", "results"),
    };
    private static readonly Argument<string> Folder = new("folder"), File1 = new("file"), Runtime = new("rivals");
    private static readonly Argument<string> Way = new("way");
    private static readonly Argument<int> Tokens = new("tokens");
    private static readonly Argument<int> One = new("threads");
    private static readonly Argument<bool> Many = new("many");
    private static readonly Argument<string?> Filter = new("filter") { Description = "Part of a benchmark's name.", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Parses and runs.</summary>
    /// <param name="arguments">Of the program.</param>
    /// <returns>0; 1 if a result was wrong; 2 for options that are not understood; 130 if cancelled.</returns>
    public static int Run(string[] arguments)
    {
        ParseResult parsed = Root().Parse(arguments);
        if (parsed.Errors.Count == 0)
        {
            return parsed.Invoke(new() { EnableDefaultExceptionHandler = false });
        }

        foreach (string message in parsed.Errors.Select(error => error.Message))
        {
            Console.Error.WriteLine(message);
        }

        Console.Error.WriteLine(Choices(parsed.CommandResult.Command));
        return BadOptions;
    }

    /// <summary>The commands.</summary>
    internal static RootCommand Root()
    {
        Only.AcceptOnlyFromAmong([.. Catalog.Groups]);
        TorchOnly.AcceptOnlyFromAmong("attention", "causal", "encoder", "training");
        TextsOnly.AcceptOnlyFromAmong("many", "single", "first", "difference");
        Threads.Validators.Clear();
        Threads.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.Tokens[0].Value is not ("1" or "2"))
            {
                result.AddError($"--threads is {result.Tokens[0].Value} but must be 1 or 2.");
            }
        });
        Seconds.Validators.Clear();
        Seconds.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !(double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double value) && value > 0))
            {
                result.AddError($"--seconds is {result.Tokens[0].Value} but must be a number above 0.");
            }
        });

        Command duel = new(
            "duel", "Ours against every rival found, in one process, interleaved. Results are checked before anything is timed.") { Only, Threads, Rivals,
            Python, Json, Resume, Out, Seconds };
        duel.SetAction(result => Duel(result));

        Command torch = new(
            "torch", "Ours against PyTorch in a child process, which takes turns with us sample by sample.") { TorchOnly, Threads, Python, Json, Out,
            Seconds };
        torch.SetAction(result => TorchDuel(result));
        Command scale = new(
            "scale", "Time and peak memory of one head for 1k to 32k tokens: fused, weights stored, Lightning; with slopes.") { Threads, Out };
        scale.SetAction(result => ScaleTable(result));
        Command micro = new("micro", "Single kernels by BenchmarkDotNet.") { Filter };
        micro.SetAction(result => Micro.Run(result.GetValue(Filter)));
        Command phases = new("phases", "Where the time of a training step goes: its phases, with percent of the limit.") { Threads, Out, Seconds };
        phases.SetAction(result => Say(result, string.Join(
            '\n', Counts(result).Select(threads => TrainingPhases.Run(threads, result.GetValue(Seconds))))));
        Command alignment = new("alignment", "Kernels on arrays that begin at a cache line and 4 to 60 bytes behind one.") { Out };
        alignment.SetAction(result => Say(result, Alignment.Run()));
        Command one = new("scale-one") { Way, Tokens, One };
        one.Hidden = true;
        one.SetAction(result => Scale.One(result.GetValue(Way)!, result.GetValue(Tokens), result.GetValue(One)));
        Command texts = new(
            "texts", "Texts to vectors with MiniLM: ours against ONNX Runtime, interleaved; then the first vector of a process, memory, and how far "
            + "the vectors are apart. Without --threads first on one thread, then on two.") { TextsOnly, Threads, Rivals, Model, Ahead, Json, Out, Seconds };
        texts.SetAction(result => Texts(result));
        Command first = new("first-one") { Way, Folder, File1, Runtime, One, Many };
        first.Hidden = true;
        first.SetAction(result => FirstVector.One(
            result.GetValue(Way)!, result.GetValue(Folder)!, result.GetValue(File1)!, result.GetValue(Runtime)!, result.GetValue(One),
            result.GetValue(Many)));
        Command machines = new("machines", "The committed tables of all machines side by side, into README.md beside them.") { Results };
        machines.SetAction(result => Machines(result.GetValue(Results)!));
        Command limit = new("limit", "The machine's limits: multiply-adds on one and two threads, reading from each level of memory.");
        limit.SetAction(_ => Limit());
        return new RootCommand(
            "Benchmarks of AttentionLab. Exit code: 0; 1 if a result was wrong; 2 for wrong options; 130 if cancelled. A missed bar is a result, no "
            + "failure.") { duel,
            torch, texts, phases, limit, scale, alignment, micro, machines, one, first };
    }

    internal static string Choices(Command command)
    {
        string[] names =
        [
            .. command.Subcommands.Count > 0
                ? command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name)
                : command.Options.Select(option => $"{option.Name} {option.HelpName}".TrimEnd()).Where(name => name[2..] is not ("help" or "version"))
        ];
        return command.Subcommands.Count > 0 ? $"Commands: {string.Join(", ", names)}. More: -- COMMAND --help"
            : names.Length > 0 ? $"Options of {command.Name}: {string.Join(", ", names)}." : $"{command.Name} has no options.";
    }

    private static int Machines(string folder)
    {
        try
        {
            string page = Path.Combine(folder, "README.md");
            File.WriteAllText(page, MachinePage.Of(folder));
            Console.WriteLine(page);
            return 0;
        }
        catch (IOException error)
        {
            Console.Error.WriteLine($"{error.Message} Run this at the top of the repository, or pass --results DIR.");
            return 1;
        }
    }

    private static int Limit()
    {
        Console.WriteLine($"{Machine.Cpu}, {Simd.Width}-bit registers, {Machine.Runtime}");
        foreach (int threads in new[] { 1, 2 })
        {
            Machine.Pin(threads == 1);
            using FmaLimit limit = new(threads);
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"multiply-add, {threads} thread{(threads == 1 ? " " : "s")}: {limit.Find(1000),7:F1} GFLOP/s"));
        }

        foreach ((string level, int bytes) in ReadLimit.Levels)
        {
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"read {level,-4} ({bytes >> 10,6} KB): {ReadLimit.Gigabytes(bytes),7:F1} GB/s on one thread"));
        }

        return 0;
    }

    private static int TorchDuel(ParseResult result)
    {
        string? only = result.GetValue(TorchOnly);
        using RivalSet rivals = RivalSet.None with { Torch = Torch.Find(result.GetValue(Python)), WithTorch = true };
        if (rivals.Torch is null)
        {
            Console.Error.WriteLine("PyTorch: not found. apt-get install python3-torch, or pass --python PATH of a Python that has it.");
            return 1;
        }

        return Session(
            result, [rivals.Lines.First(line => line.StartsWith("PyTorch", StringComparison.Ordinal))], rivals,
            threads => [.. TorchContests.All(rivals, threads).Where(entry => only is null || entry.Group == only)]);
    }

    private static int Texts(ParseResult result)
    {
        string folder = result.GetValue(Model)!;
        using RivalSet rivals = RivalSet.None with { Ort = OnnxRuntime.Find(result.GetValue(Rivals)) };
        if (rivals.Ort is null || !File.Exists(OnnxBert.PublishedFile(folder)))
        {
            Console.Error.WriteLine(rivals.Ort is null
                ? "ONNX Runtime was not found: pass --rivals DIR, made by Rivals/setup.sh."
                : $"{OnnxBert.PublishedFile(folder)} was not found: dotnet run --project lib/AttentionLab.Studio -- model get minilm --onnx");
            return 1;
        }

        if (result.GetValue(Ahead) is { } ahead && !File.Exists(ahead))
        {
            Console.Error.WriteLine($"--ahead: {ahead} was not found: dotnet publish tests/AttentionLab.FirstVector -p:PublishAot=true -o DIR");
            return 1;
        }

        string? only = result.GetValue(TextsOnly), file = result.GetValue(Out);
        int code = 0;
        if (only is null or "many" or "single")
        {
            code = Session(
                result, [rivals.Lines[0]], rivals,
                threads => [.. TextContests.All(folder, rivals, threads).Where(entry => only is null || entry.Group == only)]);
        }
        else if (file is not null)
        {
            File.Delete(file);
        }

        foreach (string table in TextTables.All(only, folder, result.GetValue(Rivals)!, result.GetValue(Ahead), rivals.Ort, Counts(result)))
        {
            Console.WriteLine(table);
            if (file is not null)
            {
                File.AppendAllText(file, table);
            }
        }

        return code;
    }

    private static int ScaleTable(ParseResult result) => Say(result, Scale.Run(result.GetValue(Threads) ?? 1, Console.Error));

    /// <summary>Prints a table, and writes it where <c>--out</c> says.</summary>
    private static int Say(ParseResult result, string table)
    {
        Console.WriteLine(table);
        if (result.GetValue(Out) is { } file)
        {
            File.WriteAllText(file, table);
        }

        return 0;
    }

    private static int Duel(ParseResult result)
    {
        string[] only = result.GetValue(Only) is { Length: > 0 } some ? some : [.. Catalog.Groups];
        using RivalSet rivals = RivalSet.Find(result.GetValue(Rivals), result.GetValue(Python), withTorch: only.Contains("training"));
        return Session(result, rivals.Lines, rivals, threads => [.. Catalog.All(rivals, threads).Where(entry => only.Contains(entry.Group))]);
    }

    private static int[] Counts(ParseResult result) => result.GetValue(Threads) is { } one ? [one] : [1, 2];

    private static int Session(ParseResult result, IReadOnlyList<string> lines, RivalSet rivals, Func<int, IReadOnlyList<Entry>> entries)
    {
        string command = string.Join(' ', result.Tokens.Select(token => Path.IsPathRooted(token.Value) ? Path.GetFileName(token.Value) : token.Value));
        foreach (string line in lines)
        {
            Console.Error.WriteLine(line);
        }

        using CancellationTokenSource cancelled = new();
        Console.CancelKeyPress += (_, pressed) =>
        {
            // The first time the sample under way ends; the second time the program.
            pressed.Cancel = !cancelled.IsCancellationRequested;
            cancelled.Cancel();
        };
        DuelSession session = new(command, lines, Console.Error, result.GetValue(Json), result.GetValue(Out));
        if (result.GetValue(Resume) && File.Exists(result.GetValue(Json)))
        {
            session.GoOn(DuelReport.FromJson(File.ReadAllText(result.GetValue(Json)!)));
        }

        bool finished = Counts(result).All(threads =>
        {
            // One thread stays on one core. Threads that are started later must not inherit that.
            Machine.Pin(threads == 1);
            Workers.Count = threads;
            rivals.UseThreads(threads);
            using FmaLimit limit = new(threads);
            Console.Error.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"limit of {threads} thread{(threads == 1 ? "" : "s")}: {limit.Find():F1} GFLOP/s"));
            return session.Run(entries(threads), threads, limit, result.GetValue(Seconds), cancelled.Token);
        });
        Console.WriteLine(session.Report.ToMarkdown());
        return session.Refused > 0 ? 1 : finished ? 0 : Cancelled;
    }
}
