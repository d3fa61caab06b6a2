using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using AttentionLab.Course.Data;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>fastText on the same words, with the same width, passes and number of threads, if it is installed.</summary>
internal static class TrainWordsRival
{
    /// <summary>Its version text, or null if it cannot be started.</summary>
    public static bool IsInstalled()
    {
        try
        {
            using Process? process = Process.Start(Settings("fasttext", []));
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
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="program">Its name or path.</param>
    /// <param name="looked">Told each time its processor time is read, so that a test knows that it was; null for nobody.</param>
    /// <exception cref="CourseException">It failed; the message has what it said.</exception>
    /// <returns>Its vectors, and the processor time it took, reading and writing included.</returns>
    public static (WordVectors Vectors, TimeSpan Time) Run(
        IEnumerable<IReadOnlyList<string>> sentences, Vocabulary vocabulary, int epochs, int channels, bool subwords, CancellationToken cancellationToken,
        string program = "fasttext", Action<TimeSpan>? looked = null)
    {
        string folder = Directory.CreateTempSubdirectory("attentionlab-fasttext-").FullName;
        try
        {
            string text = Path.Combine(folder, "text.txt"), result = Path.Combine(folder, "vectors");
            VectorText.Write(text, sentences, vocabulary);
            List<string> arguments =
            [
                "skipgram", "-input", text, "-output", result, "-minCount", "1", "-thread", "1", "-verbose", "0",
                "-dim", channels.ToString(CultureInfo.InvariantCulture), "-epoch", epochs.ToString(CultureInfo.InvariantCulture),
            ];
            if (!subwords)
            {
                arguments.AddRange(["-maxn", "0"]);
            }

            using Process process = Process.Start(Settings(program, arguments))!;
            using CancellationTokenRegistration stop = cancellationToken.Register(() => process.Kill());
            Task<string> said = process.StandardError.ReadToEndAsync(CancellationToken.None);
            process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            TimeSpan used = UntilExit(process, looked);
            cancellationToken.ThrowIfCancellationRequested();
            if (process.ExitCode != 0)
            {
                throw new CourseException(
                    $"{program} {string.Join(' ', arguments)} ended with exit code {process.ExitCode}: {said.GetAwaiter().GetResult().Trim()}");
            }

            return (WordVectorFiles.ReadText(result + ".vec"), used);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Processor time of a program, to a tenth of a second: Linux tells it of living processes only.</summary>
    private static TimeSpan UntilExit(Process process, Action<TimeSpan>? looked)
    {
        TimeSpan used = TimeSpan.Zero;
        do
        {
            try
            {
                used = process.TotalProcessorTime;
                looked?.Invoke(used);
            }
            catch (InvalidOperationException)
            {
                // It ended between the two lines.
            }
        }
        while (!process.WaitForExit(100));
        process.WaitForExit();
        return used;
    }

    private static ProcessStartInfo Settings(string program, IEnumerable<string> arguments) =>
        new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
}
