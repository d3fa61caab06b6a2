using AttentionLab.Kernels;

namespace AttentionLab.Course.Experiments;

/// <summary>How much memory a call asks for.</summary>
public static class Allocation
{
    /// <summary>
    /// Bytes that a call asks of the garbage collector, its result among them; on one thread. The least of three runs after a first: what a kernel keeps
    /// from run to run (a block for each thread, whatever the length of the text) is not in it, nor what the runtime makes for itself now and then.
    /// </summary>
    /// <param name="run">The call.</param>
    public static long Bytes(Action run)
    {
        ArgumentNullException.ThrowIfNull(run);
        int threads = Workers.Count;
        Workers.Count = 1;
        try
        {
            run();
            long least = long.MaxValue;
            for (int i = 0; i < 3; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                run();
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            return least;
        }
        finally
        {
            Workers.Count = threads;
        }
    }
}
