using System.Text;

namespace AttentionLab.Studio.Kernel;

/// <summary>
/// Reads a kernel's standard output or error: text of native code and of the runtime itself. It is always read, so that the kernel never
/// waits for its reader, and kept up to a limit for each cell, with its last lines.
/// </summary>
internal sealed class NativeOutput
{
    private const int MaximumCharacters = 64 * 1024;

    /// <summary>A longer line is taken in pieces.</summary>
    private const int LongestLine = 1024;

    private readonly Lock _gate = new();
    private readonly StringBuilder _kept = new();
    private readonly LastLines _cut = new();
    private int _ended;
    private TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NativeOutput(StreamReader reader) => Completed = Task.Run(() => ReadAsync(reader));

    /// <summary>True if the process said since the last <see cref="Take"/> that it is near its memory limit.</summary>
    public bool IsNearMemoryLimit { get; private set; }

    /// <summary>Ends when the process has closed the stream.</summary>
    public Task Completed { get; }

    /// <summary>Waits until everything a run wrote has been read, but not for ever: a cell may have closed the stream.</summary>
    public async Task ReachEndOfAsync(int run)
    {
        Task wait;
        lock (_gate)
        {
            wait = _ended == run ? Task.CompletedTask : _reached.Task;
        }

        await Task.WhenAny(wait, Completed, Task.Delay(2000));
    }

    /// <summary>Hands over what was read since the last call.</summary>
    public string Take()
    {
        lock (_gate)
        {
            string text = _kept + _cut.Take();
            _kept.Clear();
            IsNearMemoryLimit = false;
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
            // A marker starts a line of its own here, whatever stands before it, so that a long line is never cut in the middle of it.
            foreach (char c in buffer.AsSpan(0, read))
            {
                if (c == KernelHost.EndOfRun[0])
                {
                    Accept(line);
                }

                line.Append(c);
                if (c == '\n' || line.Length > LongestLine)
                {
                    Accept(line);
                }
            }
        }

        Accept(line);
    }

    private void Accept(StringBuilder line)
    {
        if (line.Length > 0)
        {
            Accept(line.ToString());
            line.Clear();
        }
    }

    private void Accept(string line)
    {
        lock (_gate)
        {
            if (line.TrimEnd() == MemoryLimit.Mark)
            {
                IsNearMemoryLimit = true;
                return;
            }

            int marker = line.IndexOf(KernelHost.EndOfRun, StringComparison.Ordinal);
            string text = marker < 0 ? line : line[..marker];
            int room = Math.Min(text.Length, MaximumCharacters - _kept.Length);
            _kept.Append(text, 0, room);
            _cut.Add(text.AsSpan(room));
            if (marker >= 0 && int.TryParse(line.AsSpan(marker + KernelHost.EndOfRun.Length).Trim(), out _ended))
            {
                _reached.TrySetResult();
                _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
