using System.Collections.Concurrent;

namespace AttentionLab.Studio.Kernel;

/// <summary>
/// Writes messages to a pipe on a thread of its own: a sender never hangs on a process that does not read, and a cell that is stopped while
/// it shows something cannot cut a message in two.
/// </summary>
internal sealed class MessageQueue : IDisposable
{
    private readonly BlockingCollection<(KernelMessage Message, ManualResetEventSlim? Written)> _queue = [];
    private readonly Stream _pipe;

    /// <summary>Starts writing.</summary>
    /// <param name="pipe">Where to; closed with this queue.</param>
    /// <param name="broken">Called once if the other side is gone.</param>
    public MessageQueue(Stream pipe, Action broken)
    {
        this._pipe = pipe;
        new Thread(() => Write(broken)) { IsBackground = true, Name = "messages" }.Start();
    }

    /// <summary>Sends a message and does not wait; behind the end of the queue it does nothing.</summary>
    public void Send(KernelMessage message)
    {
        try
        {
            _queue.Add((message, null));
        }
        catch (InvalidOperationException)
        {
            // The queue was closed meanwhile.
        }
    }

    /// <summary>Sends a message and waits until the pipe has it, so that a crash right behind it loses nothing.</summary>
    public void SendAndWait(KernelMessage message)
    {
        // Not disposed: a stopped cell may leave this wait before the writer sets the event.
        var written = new ManualResetEventSlim();
        _queue.Add((message, written));
        written.Wait();
    }

    public void Dispose() => _queue.CompleteAdding();

    private void Write(Action broken)
    {
        using (_pipe)
        {
            foreach ((KernelMessage message, ManualResetEventSlim? written) in _queue.GetConsumingEnumerable())
            {
                try
                {
                    MessageFrame.Write(_pipe, message);
                    written?.Set();
                }
                catch (Exception e) when (e is IOException or ObjectDisposedException)
                {
                    broken();
                    return;
                }
            }
        }
    }
}
