namespace AttentionLab.Tests;

/// <summary>What a call leaves to the garbage collector.</summary>
internal static class Allocations
{
    private const int Tries = 5;

    /// <summary>
    /// Bytes that ten calls on this thread allocate after one to warm up: the least of five tries,
    /// because another test may ask for more threads meanwhile, and the first call after that makes them.
    /// </summary>
    /// <param name="call">The call.</param>
    public static long OfTenCalls(Action call)
    {
        long least = long.MaxValue;
        for (int attempt = 0; attempt < Tries && least > 0; attempt++)
        {
            call();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10; i++)
            {
                call();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
