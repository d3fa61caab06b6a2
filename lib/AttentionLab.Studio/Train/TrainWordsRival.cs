using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using AttentionLab.Words;

namespace AttentionLab.Studio.Train;

/// <summary>fastText on the same words, with the same width, passes and number of threads, if it is installed.</summary>
internal static class TrainWordsRival
{
    /// <summary>Its version text, or null if it cannot be started.</summary>
    public static bool IsInstalled()
    {
        try
        {
            using Process? process = Process.Start(Settings([]));
            process?.StandardError.ReadToEndAsync();
            process?.StandardOutput.ReadToEnd();
            process?.WaitForExit();
            return process is not null;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Trains by fastText's skip-gram in a folder that goes away again.</summary>
    /// <param name="sentences">The text.</param>
    /// <param name="vocabulary">Its words.</param>
    /// <param name="epochs">Passes.</param>
    /// <param name="channels">Numbers a vector.</param>
    /// <param name="subwords">True for its default, vectors of parts of words; false for <c>-maxn 0</c>, one vector a word as ours.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Its vectors, and the processor time it took, reading and writing included.</returns>
    public static (WordVectors Vectors, TimeSpan Time) Run(
        IEnumerable<IReadOnlyList<string>> sentences, Vocabulary vocabulary, int epochs, int channels, bool subwords, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("attentionlab-fasttext-").FullName;
        try
        {
            string text = Path.Combine(folder, "text.txt"), result = Path.Combine(folder, "vectors");
            TrainWords.WriteText(text, sentences, vocabulary);
            List<string> arguments =
            [
                "skipgram", "-input", text, "-output", result, "-minCount", "1", "-thread", "1", "-verbose", "0",
                "-dim", channels.ToString(CultureInfo.InvariantCulture), "-epoch", epochs.ToString(CultureInfo.InvariantCulture),
            ];
            if (!subwords)
            {
                arguments.AddRange(["-maxn", "0"]);
            }

            using Process process = Process.Start(Settings(arguments))!;
            using CancellationTokenRegistration stop = cancellation.Register(() => process.Kill());
            process.StandardError.ReadToEndAsync(CancellationToken.None);
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            cancellation.ThrowIfCancellationRequested();
            return (WordVectorFiles.ReadText(result + ".vec"), process.TotalProcessorTime);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ProcessStartInfo Settings(IEnumerable<string> arguments) =>
        new("fasttext", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
}
