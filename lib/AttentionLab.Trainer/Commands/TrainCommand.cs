using System.CommandLine;
using AttentionLab.Course.Data;

namespace AttentionLab.Trainer;

/// <summary><c>train …</c>: makes the files of <c>data/</c> again, each by a subcommand of its own.</summary>
public static class TrainCommand
{
    /// <summary>The command with its subcommands, to be mounted by a host.</summary>
    public static Command Create() => new(
        "train",
        "Make again what the course ships in data/: word vectors, tokenizer, encoder, date reader. All but the date reader and the small text need Debian's "
        + "dictionaries (apt-get install wordnet-base dict-gcide dict-foldoc). Ctrl-C stops and keeps what is usable.")
    {
        TrainCorpusCommand.Create(),
        TrainTokenizerCommand.Create(),
        TrainWordsCommand.Create(),
        TrainTextCommand.Create(),
        TrainEncoderCommand.Create(),
        TrainDatesCommand.Create(),
        TrainReportCommand.Create(),
    };

    internal static Option<string?> CorpusFolder() =>
        TrainOptions.Text("--corpus", "Folder of the dictionaries; without it, /usr/share, where Debian's packages put them.", "DIR");

    internal static Option<string?> Output() => TrainOptions.Text("--out", "Folder for the results; without it, the course's data/.", "DIR");

    /// <summary>The folder for results, made if need be, before the work whose results go there.</summary>
    /// <param name="named">From <c>--out</c>; null for the course's <c>data/</c>.</param>
    /// <param name="part">The folder inside it that gets them; none for the folder itself.</param>
    /// <exception cref="CourseException">Results cannot be written there.</exception>
    internal static string OutputFolder(string? named, string part = "")
    {
        string output = Path.GetFullPath(named ?? Path.Combine(CourseData.Root, "data")), folder = Path.Combine(output, part);
        try
        {
            // The part is made when there is something to put into it: a run that is stopped leaves no empty one.
            string existing = Path.Exists(folder) ? folder : Directory.CreateDirectory(output).FullName;
            new FileStream(Path.Combine(existing, $".{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose)
                .Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CourseException($"the results cannot be written to {folder} ({e.Message.TrimEnd('.')}): name another folder with --out.");
        }

        return output;
    }
}
