using System.Text;

namespace AttentionLab.Studio.Kernel;

/// <summary>
/// Reads a kernel's standard output or error: text of native code and of the runtime itself. It is always read, so that the kernel never
/// waits for its reader, and kept up to a limit for each cell.
/// </summary>
internal sealed class NativeOutput
{
    private const int MaximumCharacters = 64 * 1024;

    private readonly Lock gate = new();
    private readonly StringBuilder kept = new();
    private long cut;
    private int ended;
    private TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NativeOutput(StreamReader reader) => Completed = Task.Run(() => ReadAsync(reader));

    /// <summary>Ends when the process has closed the stream.</summary>
    public Task Completed { get; }

    /// <summary>Waits until everything a run wrote has been read, but not for ever: a cell may have closed the stream.</summary>
    public async Task ReachEndOfAsync(int run)
    {
        Task wait;
        lock (gate)
        {
            wait = ended == run ? Task.CompletedTask : reached.Task;
        }

        await Task.WhenAny(wait, Completed, Task.Delay(2000));
    }

    /// <summary>Hands over what was read since the last call.</summary>
    public string Take()
    {
        lock (gate)
        {
            string text = kept.ToString();
            text += cut > 0 ? FormattableString.Invariant($"\n… output cut here: {cut:N0} more characters are not kept.\n") : "";
            kept.Clear();
            cut = 0;
            return text;
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        char[] buffer = new char[8192];
        var line = new StringBuilder();
        int read;
        while ((read = await reader.ReadAsync(buffer)) > 0)
        {
            // The marker is looked for line by line; a line longer than the limit is no marker.
            foreach (char c in buffer.AsSpan(0, read))
            {
                line.Append(c);
                if (c == '\n' || line.Length > 1024)
                {
                    Accept(line.ToString());
                    line.Clear();
                }
            }
        }

        Accept(line.ToString());
    }

    private void Accept(string line)
    {
        lock (gate)
        {
            int marker = line.IndexOf(KernelHost.EndOfRun, StringComparison.Ordinal);
            string text = marker < 0 ? line : line[..marker];
            int room = Math.Min(text.Length, MaximumCharacters - kept.Length);
            kept.Append(text, 0, room);
            cut += text.Length - room;
            if (marker >= 0 && int.TryParse(line.AsSpan(marker + KernelHost.EndOfRun.Length).Trim(), out ended))
            {
                reached.TrySetResult();
                reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
