using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using AttentionLab.Course.Data;
using AttentionLab.Models;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary><c>train report</c>: the evidence, printed.</summary>
internal static class TrainReportCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    public static Command Create()
    {
        Option<string?> corpus = TrainCommand.CorpusFolder();
        Option<string?> data = TrainOptions.Text("--data", "Folder of what was trained; without it, the course's data/.", "DIR");
        Option<string?> json = TrainOptions.Text("--json", "Also write the numbers to this file.", "FILE");
        var command = new Command(
            "report",
            "Measure what was trained, on held-out text: masked words beside baselines, the two-sense test, heads, word vectors. Some minutes.") { corpus, data,
            json };
        command.SetAction((parsed, _) => Task.Run(() => Run(parsed.GetValue(corpus), parsed.GetValue(data), parsed.GetValue(json)), CancellationToken.None));
        return command;
    }

    private static int Run(string? folder, string? data, string? json)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Corpus corpus = Corpus.Read(folder);
        data ??= Path.Combine(CourseData.Root, "data");
        string encoder = Path.Combine(data, "encoder"), words = Path.Combine(data, "words");
        JsonObject report = [];
        try
        {
            MaskedWordModel? model = File.Exists(Path.Combine(encoder, "model.safetensors")) ? MaskedWordModel.Load(encoder) : null;
            WordVectors? vectors = File.Exists(Path.Combine(words, "vectors.safetensors")) ? WordVectorFiles.ReadFolder(words) : null;
            if (model is null && vectors is null)
            {
                throw new CourseException(
                    $"{data} holds neither encoder/model.safetensors nor words/vectors.safetensors: run 'train words' and 'train encoder', or name the folder "
                    + "with --data.");
            }

            if (model is null)
            {
                Console.WriteLine($"{encoder} holds no model.safetensors: run 'train encoder' to have it measured.");
            }
            else
            {
                report = TrainReport.Run(corpus, model, vectors, new ReportSize(), Console.Out);
            }

            if (vectors is null)
            {
                Console.WriteLine($"{words} holds no vectors.safetensors: run 'train words' to have them measured, and beside the encoder.");
            }
            else
            {
                report["words"] = TrainReport.Words(TrainWordsReport.Measure(folder, words), Console.Out);
            }
        }
        catch (InvalidDataException e)
        {
            throw new CourseException(e.Message);
        }

        report["seconds"] = Math.Round(watch.Elapsed.TotalSeconds, 1);
        if (json is not null)
        {
            File.WriteAllText(json, report.ToJsonString(Indented) + "\n");
        }

        Console.WriteLine(FormattableString.Invariant($"{watch.Elapsed.TotalSeconds:0} s"));
        return 0;
    }
}
