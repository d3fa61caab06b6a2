using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace AttentionLab.Kernels;

public static unsafe partial class Workers
{
    /// <summary>
    /// Runs independent pieces of work side by side, for example one training for each seed: result i = run(items[i]). Every piece has a thread of its own,
    /// and kernels called within it use that thread alone.
    /// </summary>
    /// <remarks>
    /// Small products gain little from a second thread, and a thread that looks for its part costs a core: the trainings of the course take half of the
    /// processor time side by side. What one piece writes no other may read. No result depends on <see cref="Count"/>, which limits the pieces at work at once.
    /// </remarks>
    /// <param name="items">One for each piece.</param>
    /// <param name="run">The work; called from several threads at once.</param>
    /// <returns>The results in the order of the items.</returns>
    /// <exception cref="Exception">What a piece threw, the first one if several did; pieces not yet begun are left out.</exception>
    public static TResult[] Each<TItem, TResult>(IEnumerable<TItem> items, Func<TItem, TResult> run)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(run);
        TItem[] pieces = [.. items];
        if (Count == 1 || pieces.Length < 2 || Inside)
        {
            return Array.ConvertAll(pieces, piece => run(piece));
        }

        TResult[] results = new TResult[pieces.Length];
        try
        {
            // One at a time: a thread that took several pieces in advance would leave the others idle at the end.
            var oneByOne = Partitioner.Create(Enumerable.Range(0, pieces.Length), EnumerablePartitionerOptions.NoBuffering);
            Parallel.ForEach(oneByOne, new ParallelOptions { MaxDegreeOfParallelism = Count }, i => results[i] = Alone(run, pieces[i]));
        }
        catch (AggregateException all)
        {
            ExceptionDispatchInfo.Throw(all.InnerExceptions[0]);
        }

        return results;
    }

    private static TResult Alone<TItem, TResult>(Func<TItem, TResult> run, TItem piece)
    {
        t_inside = true;
        try
        {
            return run(piece);
        }
        finally
        {
            t_inside = false;
        }
    }
}
