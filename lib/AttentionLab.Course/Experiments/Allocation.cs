using AttentionLab.Kernels;

namespace AttentionLab.Course.Experiments;

/// <summary>How much memory a call asks for.</summary>
public static class Allocation
{
    /// <summary>
    /// Bytes that a call asks of the garbage collector on its second run, its result among them; on one thread. What a kernel keeps from run to run
    /// (a block for each thread, whatever the length of the text) is not in it.
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
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        finally
        {
            Workers.Count = threads;
        }
    }
}
