using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>The chapters that the rules hold for: all.</summary>
internal static class RuledChapters
{
    public static TheoryData<string> Names => [.. ExecutedCourse.Folder.Chapters.Select(path => Path.GetFileNameWithoutExtension(path)!)];

    public static async Task<ExecutedNotebook> GetAsync(ExecutedCourse course, string name) =>
        (await course.GetAsync()).Single(notebook => notebook.Name == name);

    /// <summary>Fails with every fault on its own line.</summary>
    public static void HasNone(IEnumerable<string> faults)
    {
        string[] all = [.. faults];
        Assert.True(all.Length == 0, string.Join('\n', all));
    }
}
