using AttentionLab.Course.Data;
using AttentionLab.Training;

namespace AttentionLab.Trainer;

/// <summary>
/// The saved state of a run: one file, replaced as a whole, with the recipe as far as the run has come inside. So a kill leaves weights and counts
/// of the same step, whenever it comes.
/// </summary>
/// <param name="folder">Of the run.</param>
internal sealed class EncoderCheckpoint(string folder)
{
    /// <summary>The file.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, "checkpoint.safetensors");

    /// <summary>Makes the folder, and removes what a killed process left half-written in it.</summary>
    public void Prepare()
    {
        foreach (string half in Directory.CreateDirectory(folder).EnumerateFiles("checkpoint.safetensors.*.tmp").Select(file => file.FullName).ToArray())
        {
            File.Delete(half);
        }
    }

    /// <summary>Gives the checkpoint of an earlier run another name, so that nobody goes on from it by mistake.</summary>
    /// <returns>Its new path; null if there was none.</returns>
    public string? SetAside()
    {
        if (!File.Exists(Path))
        {
            return null;
        }

        string aside = Enumerable.Range(1, int.MaxValue).Select(
            i => System.IO.Path.Combine(folder, $"checkpoint-{i}.safetensors")).First(path => !File.Exists(path));
        File.Move(Path, aside);
        return aside;
    }

    /// <summary>The saved run, if it is the one that is asked for.</summary>
    /// <param name="wanted">What a fresh start would write.</param>
    /// <param name="budget">Its budget.</param>
    /// <exception cref="CourseException">There is none, or it differs; the message names both values of everything that does.</exception>
    public EncoderRecipe Read(EncoderRecipe wanted, EncoderBudget budget)
    {
        if (!File.Exists(Path))
        {
            throw new CourseException($"{folder} holds no checkpoint of a run: start without --resume.");
        }

        EncoderRecipe run = EncoderRecipe.Parse(
            Checkpoint.Note(Path) ?? throw new CourseException($"{Path} does not say which settings made it: start without --resume, which sets it aside."),
            Path);
        EncoderDifference[] differences =
        [
            .. SettingOption.Differences(run.Settings, wanted.Settings),
            .. Numbers("pieces of the vocabulary", run.Vocabulary, wanted.Vocabulary),
            .. Numbers("tokens of the text", run.TrainingTokens, wanted.TrainingTokens),
            .. budget.From(run),
        ];
        return differences.Length == 0
            ? run
            : throw new CourseException(
                $"{folder} holds a run of other settings: {string.Join("; ", differences.Select(d => $"{d.Name} {d.Then} there but {d.Now} here"))}: give the "
                + "same ones, or start again without --resume, which sets its checkpoint aside.");

        static IEnumerable<EncoderDifference> Numbers(string name, long then, long now) => then == now ? [] : [new(name, $"{then}", $"{now}")];
    }
}
