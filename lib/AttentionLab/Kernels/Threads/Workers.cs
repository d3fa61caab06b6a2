using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace AttentionLab.Kernels;

/// <summary>The threads that share the work of a large kernel call.</summary>
/// <remarks>
/// The caller takes parts too, and goes on as soon as all parts are done: a worker that was not woken in time is not
/// waited for. A call from within a part, or while another thread's call holds the workers, runs on its own thread
/// alone. Nothing is allocated once the workers exist; <c>Parallel.For</c> takes 1.6 KB and 3 to 5 µs a call.
/// </remarks>
public static unsafe partial class Workers
{
    /// <summary>More threads than this were never tried.</summary>
    private const int Most = 64;

    /// <summary>Ints of two cache lines: processors fetch them in pairs.</summary>
    private const int Line = 32;

    /// <summary>
    /// Multiply-adds below which one thread does all. Measured on an EPYC with 2 cores: 2.1 M (a product of 128³) take 42 µs alone, 26 with a worker
    /// that is awake, 46 to 55 with one that must be woken first; 4.1 M take 80, 43, 80; 8.4 M take 170, 85, 130.
    /// </summary>
    internal const double SmallWork = 1 << 21;

    private static readonly Lock Starting = new();
    private static volatile Worker[] s_workers = [];
    private static int s_count = Math.Clamp(Environment.ProcessorCount, 1, Most);
    private static int s_taken;

    private static void* s_job;
    private static delegate*<void*, int, void> s_run;
    private static int s_parts;
    private static int s_threads;
    private static volatile bool s_stopped;
    private static int s_callerCore = -1;

    /// <summary>The next part of each thread's share, a cache line apart.</summary>
    private static readonly int[] Next = new int[Most * Line];
    private static ExceptionDispatchInfo? s_failure;

    [ThreadStatic]
    private static bool t_inside;

    /// <summary>
    /// Threads that one kernel call may use, the caller's own among them: 1 … 64; as many as there are processors unless
    /// it is set. Small calls use one all the same. No result depends on it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not in 1 … 64.</exception>
    public static int Count
    {
        get => Volatile.Read(ref s_count);
        set
        {
            if (value is < 1 or > Most)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, $"Workers.Count must be in 1 … {Most}, not {value}; 1 means: this thread alone.");
            }

            Volatile.Write(ref s_count, value);
        }
    }

    /// <summary>Whether this thread is at work at a part or a piece, so that its kernel calls run on it alone.</summary>
    internal static bool Inside => t_inside;

    /// <summary>Where the caller of the current job was when it began; −1 if that is not known.</summary>
    internal static int CallerCore => Volatile.Read(ref s_callerCore);

    /// <summary>Runs parts 0 … <paramref name="parts"/> − 1 of a job and returns when all are done.</summary>
    /// <param name="job">Pointers and sizes; it must lie on the caller's stack and is not copied.</param>
    /// <param name="parts">How many parts; 0 does nothing.</param>
    /// <param name="work">All parts' multiply-adds, or what takes as long: below <see cref="SmallWork"/> the caller does them alone, in order.</param>
    /// <remarks>If a part throws, parts that nobody has begun are left out and the first exception is thrown here.</remarks>
    internal static void Run<TJob>(ref TJob job, int parts, double work = double.PositiveInfinity)
        where TJob : unmanaged, IJob
    {
        int helpers = work < SmallWork ? 0 : Math.Min(Count, parts) - 1;
        if (helpers < 1 || t_inside || Interlocked.CompareExchange(ref s_taken, 1, 0) != 0)
        {
            for (int part = 0; part < parts; part++)
            {
                job.Run(part);
            }

            return;
        }

        ExceptionDispatchInfo? failure;
        try
        {
            Worker[] workers = Started(helpers);
            s_job = Unsafe.AsPointer(ref job);
            s_run = &RunPart<TJob>;
            (s_parts, s_threads, s_stopped) = (parts, helpers + 1, false);
            Volatile.Write(ref s_callerCore, Processor.Current);
            for (int thread = 0; thread < s_threads; thread++)
            {
                Next[thread * Line] = FirstPart(thread);
            }

            try
            {
                for (int i = 0; i < helpers; i++)
                {
                    workers[i].Invite();
                }

                TakeParts(0);
            }
            finally
            {
                // Whatever happened: the job lies on this stack, so nobody may work at it any more when it is left.
                for (int i = 0; i < helpers; i++)
                {
                    workers[i].Dismiss();
                }
            }

            (failure, s_failure) = (s_failure, null);
        }
        finally
        {
            Volatile.Write(ref s_taken, 0);
        }

        failure?.Throw();
    }

    /// <summary>
    /// Runs parts of the current job until none is left: those of the thread's own share first, then what others have not begun.
    /// The shares are the same in every call, so that a thread finds near its core what it wrote in the call before: where two
    /// cores have separate caches, taking every next part instead made GELU on two threads slower than on one.
    /// </summary>
    /// <param name="thread">0 for the caller, else the worker's number.</param>
    internal static void TakeParts(int thread)
    {
        t_inside = true;
        try
        {
            for (int k = 0; k < s_threads; k++)
            {
                int share = (thread + k) % s_threads, end = FirstPart(share + 1);
                for (int part; !s_stopped && (part = Interlocked.Increment(ref Next[share * Line]) - 1) < end;)
                {
                    s_run(s_job, part);
                }
            }
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref s_failure, ExceptionDispatchInfo.Capture(exception), null);
            s_stopped = true;
        }
        finally
        {
            t_inside = false;
        }
    }

    private static int FirstPart(int thread) => (int)((long)s_parts * thread / s_threads);

    private static void RunPart<TJob>(void* job, int part)
        where TJob : unmanaged, IJob => Unsafe.AsRef<TJob>(job).Run(part);

    private static Worker[] Started(int helpers)
    {
        if (s_workers.Length < helpers)
        {
            lock (Starting)
            {
                Worker[] grown = [.. s_workers, .. Enumerable.Range(s_workers.Length + 1, helpers - s_workers.Length).Select(number => new Worker(number))];
                s_workers = grown;
            }
        }

        return s_workers;
    }
}
