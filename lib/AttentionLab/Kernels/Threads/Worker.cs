using System.Diagnostics;

namespace AttentionLab.Kernels;

/// <summary>One background thread of <see cref="Workers"/>: it waits for an invitation, takes parts, and waits again.</summary>
internal sealed class Worker
{
    private const int Idle = 0;
    private const int Invited = 1;
    private const int Running = 2;

    /// <summary>
    /// How long a thread looks for work before it sleeps. Waking a sleeper takes some 10 to 50 µs; kernel calls of a
    /// training step follow each other within that time.
    /// </summary>
    private static readonly long Patience = Stopwatch.Frequency / 10_000;

    private readonly object _sleep = new();
    private readonly int _number;
    private int _state;
    private int _asleep;

    /// <summary>Starts the thread.</summary>
    /// <param name="number">1 … ; the caller of a job is number 0.</param>
    public Worker(int number)
    {
        _number = number;

        // Not Start: it would keep the async-local values of whoever came first for ever.
        new Thread(Loop) { IsBackground = true, Name = $"AttentionLab worker {number}" }.UnsafeStart();
    }

    /// <summary>Asks the thread to take parts of the job that <see cref="Workers"/> holds.</summary>
    public void Invite()
    {
        Interlocked.Exchange(ref _state, Invited);
        if (Volatile.Read(ref _asleep) == 1)
        {
            lock (_sleep)
            {
                Monitor.Pulse(_sleep);
            }
        }
    }

    /// <summary>Takes the invitation back, or waits for the thread to finish the part it is at.</summary>
    public void Dismiss()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Invited) == Invited)
        {
            return;
        }

        long start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _state) != Idle)
        {
            Pause(start);
        }
    }

    private void Loop()
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (Interlocked.CompareExchange(ref _state, Running, Invited) == Invited)
            {
                Workers.TakeParts(_number);
                Volatile.Write(ref _state, Idle);
                start = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetTimestamp() - start < Patience)
            {
                Thread.SpinWait(20);
            }
            else
            {
                Sleep();
                Processor.Leave(Workers.CallerCore);
                start = Stopwatch.GetTimestamp();
            }
        }
    }

    private void Sleep()
    {
        lock (_sleep)
        {
            Interlocked.Exchange(ref _asleep, 1);
            while (Volatile.Read(ref _state) != Invited)
            {
                Monitor.Wait(_sleep);
            }

            Volatile.Write(ref _asleep, 0);
        }
    }

    /// <summary>A moment of waiting: with the core kept at first, then offered to whoever needs it, who may be the very thread that is waited for.</summary>
    private static void Pause(long since)
    {
        if (Stopwatch.GetTimestamp() - since < Patience / 20)
        {
            Thread.SpinWait(10);
        }
        else
        {
            Thread.Yield();
        }
    }
}
