namespace AttentionLab.Tests;

/// <summary>What a call leaves to the garbage collector.</summary>
internal static class Allocations
{
    /// <summary>
    /// Bytes that ten calls on this thread allocate after one to warm up: the least of five tries,
    /// because another test may ask for more threads meanwhile, and the first call after that makes them.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="enough">No more tries once this is reached.</param>
    /// <param name="tries">More than five where memory comes from the shared pool: other tests hold its locks, and garbage collections empty it.</param>
    public static long OfTenCalls(Action call, long enough = 0, int tries = 5)
    {
        long least = long.MaxValue;
        for (int attempt = 0; attempt < tries && least > enough; attempt++)
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
