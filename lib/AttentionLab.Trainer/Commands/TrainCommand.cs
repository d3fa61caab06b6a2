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

    /// <summary>The folder for results, made if need be.</summary>
    /// <param name="named">From <c>--out</c>; null for the course's <c>data/</c>.</param>
    /// <exception cref="CourseException">No folder was named and the course's is not found.</exception>
    internal static string OutputFolder(string? named) =>
        Directory.CreateDirectory(named ?? Path.Combine(CourseData.Root, "data")).FullName;
}
