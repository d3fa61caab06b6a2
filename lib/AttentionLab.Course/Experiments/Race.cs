using System.Diagnostics;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// Times that can be compared on a machine that also does other things: the runs take turns, so that a disturbance meets all of them, and of each
/// the fastest counts. One thread, because a second core is not always free; and where the system counts the processor's time finely, it is that
/// time and not the clock's, so that waiting for a core does not count. What layers make in a run comes from a workspace of that run: a new 8 MB in each
/// round would set off a garbage collection in each round, and since the runs take turns always in the same one, whose fastest time would hold it too.
/// </summary>
public static class Race
{
    /// <summary>A sample shorter than this is repeated: a clock tick and a call must not count.</summary>
    private const double ShortestSample = 0.3;

    /// <summary>The fastest time of each run, on one thread.</summary>
    /// <param name="rounds">How often each is timed, after one run that is not.</param>
    /// <param name="runs">What is timed. A tensor that a layer makes inside does not outlive the run.</param>
    /// <returns>Milliseconds, in the order of <paramref name="runs"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no round.</exception>
    public static double[] Milliseconds(int rounds, params IReadOnlyList<Action> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        int threads = Workers.Count;
        Workers.Count = 1;
        try
        {
            Workspace[] memories = [.. runs.Select(_ => new Workspace())];
            int[] repeats = [.. runs.Select((run, i) => Repeats(run, memories[i]))];
            double[] fastest = [.. runs.Select(_ => double.PositiveInfinity)];
            for (int round = 0; round < rounds; round++)
            {
                for (int i = 0; i < runs.Count; i++)
                {
                    fastest[i] = Math.Min(fastest[i], Time(runs[i], memories[i], repeats[i]));
                }
            }

            return fastest;
        }
        finally
        {
            Workers.Count = threads;
        }
    }

    /// <summary>Runs once, so that everything is compiled and in place, and again only if that was short.</summary>
    private static int Repeats(Action run, Workspace memory)
    {
        double once = Time(run, memory, 1);
        once = once > 100 * ShortestSample ? once : Time(run, memory, 1);
        return (int)Math.Clamp(Math.Ceiling(ShortestSample / once), 1, 1000);
    }

    private static double Time(Action run, Workspace memory, int repeats)
    {
        TimeSpan start = Now();
        for (int i = 0; i < repeats; i++)
        {
            using Workspace.Scope scope = memory.Use();
            run();
        }

        return Math.Max((Now() - start).TotalMilliseconds, 1e-6) / repeats;
    }

    /// <summary>Windows counts the time of a process in steps of 16 ms: there the clock is better.</summary>
    private static TimeSpan Now() =>
        OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() ? Environment.CpuUsage.TotalTime : Stopwatch.GetElapsedTime(0);
}
