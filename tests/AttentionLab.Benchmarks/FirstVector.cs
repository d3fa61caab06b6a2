using System.Diagnostics;
using System.Globalization;
using System.Text;
using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Benchmarks.Workloads;
using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Words;

namespace AttentionLab.Benchmarks;

/// <summary>
/// The first vector after the start of a process, loading included, and the most memory that it takes; each in processes of its own, in turn. All ways cut the
/// text into pieces with our tokenizer.
/// </summary>
internal static class FirstVector
{
    private const int Rounds = 7;
    private const string Text = "The apple fell from the tree.";

    /// <summary>Measures and describes.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="rivals">Folder of ONNX Runtime.</param>
    /// <param name="ahead">The program AttentionLab.FirstVector, compiled ahead of time, or null.</param>
    /// <param name="threads">Threads of everybody.</param>
    /// <param name="progress">Told of each process.</param>
    public static string Run(string folder, string rivals, string? ahead, int threads, TextWriter progress)
    {
        (string Way, string Name)[] ways =
        [
            ("ours", "ours"), .. ahead is null ? [] : ((string, string)[])[("ahead", "ours, compiled ahead of time")],
            ("shipped", "ORT graph as published"), ("fused", "ORT fused operators"),
        ];
        Dictionary<string, List<(double Milliseconds, double First)>> points = [];
        Dictionary<string, double> all = [];
        string fused = Path.GetTempFileName(), mixed = Path.GetTempFileName();
        File.WriteAllBytes(fused, FusedBert.Build(Bert.Load(folder), masked: true));
        File.WriteAllLines(mixed, TextContests.Mixed(Tokenizer(folder), 256));
        for (int round = 0; round < Rounds; round++)
        {
            foreach ((string way, _) in ways)
            {
                points.TryAdd(way, []);
                bool many = round == 0;
                string count = threads.ToString(CultureInfo.InvariantCulture);
                (double milliseconds, double first, double peak) = way == "ahead"
                    ? Child(way, ahead!, many ? [folder, count, Text, mixed] : [folder, count, Text])
                    : Child(
                        way, Environment.ProcessPath!,
                        [.. Scale.Host(), "first-one", way, folder, way == "fused" ? fused : OnnxBert.PublishedFile(folder), rivals, count, many.ToString()]);
                points[way].Add((milliseconds, first));
                all.TryAdd(way, peak);
                progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{way}: {milliseconds:F0} ms, {first:F0} MB{(many ? $", {peak:F0} MB" : "")}"));
            }
        }

        File.Delete(fused);
        File.Delete(mixed);
        StringBuilder text = new($"\nFirst vector after the start of a process, {threads} thread{(threads == 1 ? "" : "s")}, median of {Rounds}; "
            + "peak memory of that process:\n\n| system | ms | × ours | MB, first vector | MB, 256 mixed texts |\n|---|--:|--:|--:|--:|\n");
        double ours = Median(points["ours"].Select(point => point.Milliseconds));
        foreach ((string way, string name) in ways)
        {
            double time = Median(points[way].Select(point => point.Milliseconds));
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {time:F0} | {time / ours:F2} | {Median(points[way].Select(point => point.First)):F0} ");
            text.Append(CultureInfo.InvariantCulture, $"| {all[way]:F0} |\n");
        }

        return text.ToString();
    }

    /// <summary>In a child process: says when the first vector is there, then the peaks in MB.</summary>
    /// <param name="way">Whose.</param>
    /// <param name="folder">The model.</param>
    /// <param name="model">The rival's file.</param>
    /// <param name="rivals">Where it lies.</param>
    /// <param name="threads">Threads of everybody.</param>
    /// <param name="many">Whether 256 mixed texts follow, for the peak of memory.</param>
    public static void One(string way, string folder, string model, string rivals, int threads, bool many)
    {
        Workers.Count = threads;
        Action<string[]> embed;
        if (way == "ours")
        {
            Bert bert = Bert.Load(folder);
            embed = texts => bert.Embed(texts);
        }
        else
        {
            OnnxRuntime ort = OnnxRuntime.Find(rivals) ?? throw new InvalidOperationException($"{rivals} holds no ONNX Runtime.");
            WordPieceTokenizer tokenizer = Tokenizer(folder);
            OnnxBert session = OnnxBert.FromFile(ort, model, 384, threads, way == "fused");
            embed = texts =>
            {
                OnnxBert bound = session.For([.. texts.Select(text => tokenizer.Encode(text))]);
                bound.Run();
                bound.Pool(new float[texts.Length * 384]);
            };
        }

        embed([Text]);
        Console.Out.WriteLine("here");
        Console.Out.Flush();
        double first = Machine.PeakBytes() / 1e6;
        if (many)
        {
            embed(TextContests.Mixed(Tokenizer(folder), 256));
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first} {Machine.PeakBytes() / 1e6}"));
    }

    private static WordPieceTokenizer Tokenizer(string folder) => WordPieceTokenizer.Read(Path.Combine(folder, "vocab.txt"), lowerCase: true);

    private static (double Milliseconds, double First, double All) Child(string way, string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true };

        // As a user's program runs, not as one that measures loops.
        start.Environment["DOTNET_TieredCompilation"] = "1";
        long began = Stopwatch.GetTimestamp();
        using Process child = Process.Start(start)!;
        string? here = child.StandardOutput.ReadLine();
        double milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        string[] peaks = child.StandardOutput.ReadToEnd().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        child.WaitForExit();
        return here == "here" && child.ExitCode == 0 && peaks.Length == 2
            ? (milliseconds, double.Parse(peaks[0], CultureInfo.InvariantCulture), double.Parse(peaks[1], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"the process that measures {way} ended with {child.ExitCode}.");
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
