using System.Diagnostics;
using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>Jobs that throw, nest, wait for each other, and callers that get in each other's way.</summary>
[Collection(nameof(WorkersTests))]
public sealed unsafe class WorkersStressTests : IDisposable
{
    private static readonly AsyncLocal<string?> Local = new();

    private static int s_caller, s_inside, s_seenLocal;

    private readonly int _before = Workers.Count;

    public void Dispose() => Workers.Count = _before;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Run_PartsThatWaitForEachOther_AreTakenByAsManyThreads(int count)
    {
        Workers.Count = count;
        for (int round = 0; round < 5; round++)
        {
            int arrived = 0, late = 0;
            Meet job = new() { Arrived = &arrived, Late = &late, Expected = count };
            Workers.Run(ref job, count);
            Assert.Equal((count, 0), (arrived, late));
        }
    }

    [Fact]
    public void Run_AfterAPause_WakesSleepingWorkers()
    {
        Workers.Count = 3;
        for (int round = 0; round < 5; round++)
        {
            Thread.Sleep(5);
            Run_PartsThatWaitForEachOther_AreTakenByAsManyThreads(3);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Run_ManyCallersAtOnce_RunsEachPartOfEachOnce(int count)
    {
        Workers.Count = count;
        Together(4, caller =>
        {
            int* runs = stackalloc int[65];
            for (int round = 0; round < 300; round++)
            {
                int parts = 1 + (round * 31 + caller) % 64;
                new Span<int>(runs, 65).Clear();
                CountRuns job = new() { Runs = runs };
                Workers.Run(ref job, parts);
                Assert.Equal(-1, new ReadOnlySpan<int>(runs, parts).IndexOfAnyExcept(1));
                Assert.Equal(0, runs[parts]);
            }
        });
    }

    [Fact]
    public void Run_CountSetByAnotherThread_RunsEachPartOnce()
    {
        using CancellationTokenSource stop = new();
        Thread setter = new(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                Workers.Count = 1 + i % 9;
            }
        });
        setter.Start();
        try
        {
            Together(2, _ =>
            {
                int* runs = stackalloc int[50];
                for (int round = 0; round < 500; round++)
                {
                    new Span<int>(runs, 50).Clear();
                    CountRuns job = new() { Runs = runs };
                    Workers.Run(ref job, 49);
                    Assert.Equal(-1, new ReadOnlySpan<int>(runs, 49).IndexOfAnyExcept(1));
                }
            });
        }
        finally
        {
            stop.Cancel();
            setter.Join();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_EveryPartThrows_GivesOneExceptionAndLeavesNobodyAtWork(int count)
    {
        Workers.Count = count;
        for (int round = 0; round < 50; round++)
        {
            s_inside = 0;
            Assert.StartsWith("part ", Assert.Throws<InvalidOperationException>(() =>
            {
                ThrowSlowly job = default;
                Workers.Run(ref job, 12);
            }).Message);
            Assert.Equal(0, Volatile.Read(ref s_inside));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_FirstPartThrows_LeavesTheRestUndone(int count)
    {
        Workers.Count = count;
        int runs = 0;
        Assert.Throws<InvalidOperationException>(() =>
        {
            int mine = 0;
            FirstThrows job = new() { Runs = &mine };
            try
            {
                Workers.Run(ref job, 200_000);
            }
            finally
            {
                runs = mine;
            }
        });
        Assert.InRange(runs, 0, 190_000);
    }

    [Fact]
    public void Run_PartThrowsOnAWorker_ReachesTheCallerWithItsPlace()
    {
        Workers.Count = 2;
        s_caller = Environment.CurrentManagedThreadId;
        int arrived = 0;
        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() =>
        {
            int mine = arrived;
            ThrowOnWorker job = new() { Arrived = &mine };
            Workers.Run(ref job, 2);
        });
        Assert.Equal("on a worker", thrown.Message);
        Assert.Contains(nameof(ThrowOnWorker), thrown.StackTrace);
    }

    [Fact]
    public void Run_OneCallerFails_TheOtherIsNotTouched()
    {
        Workers.Count = 3;
        Together(2, caller =>
        {
            int* runs = stackalloc int[9];
            for (int round = 0; round < 200; round++)
            {
                if (caller == 0)
                {
                    Assert.Throws<InvalidOperationException>(() => { ThrowSlowly job = default; Workers.Run(ref job, 4); });
                }
                else
                {
                    new Span<int>(runs, 9).Clear();
                    CountRuns job = new() { Runs = runs };
                    Workers.Run(ref job, 8);
                    Assert.Equal(-1, new ReadOnlySpan<int>(runs, 8).IndexOfAnyExcept(1));
                }
            }
        });
    }

    [Fact]
    public void Run_FailureInANestedJob_ReachesTheOuterCaller()
    {
        Workers.Count = 3;
        for (int round = 0; round < 20; round++)
        {
            Assert.StartsWith("part ", Assert.Throws<InvalidOperationException>(() => { Nest job = default; Workers.Run(ref job, 5); }).Message);
        }

        Run_PartsThatWaitForEachOther_AreTakenByAsManyThreads(3);
    }

    [Fact]
    public void Run_CallerIsInterrupted_LeavesNobodyAtWork()
    {
        Workers.Count = 3;
        for (int round = 0; round < 50; round++)
        {
            int left = -1;
            Thread caller = new(() =>
            {
                try
                {
                    Busy job = default;
                    for (int i = 0; i < 20; i++)
                    {
                        Workers.Run(ref job, 6);
                    }
                }
                catch (ThreadInterruptedException)
                {
                    // Allowed; what matters is that nobody works at a job whose stack is gone.
                }

                left = Volatile.Read(ref s_inside);
            });
            s_inside = 0;
            caller.Start();
            caller.Interrupt();
            caller.Join();
            Assert.Equal(0, left);
        }

        Run_PartsThatWaitForEachOther_AreTakenByAsManyThreads(3);
    }

    [Fact]
    public void Run_CallersAsyncLocals_StayWithTheCaller()
    {
        // Workers beyond those that other tests have started.
        Workers.Count = 12;
        Local.Value = "the caller's";
        s_caller = Environment.CurrentManagedThreadId;
        s_seenLocal = 0;
        int arrived = 0, late = 0;
        LookAround job = new() { Meet = new() { Arrived = &arrived, Late = &late, Expected = 12 } };
        Workers.Run(ref job, 12);
        Local.Value = null;
        Assert.Equal((12, 0, 0), (arrived, late, s_seenLocal));
    }

    private static void Together(int threads, Action<int> work)
    {
        Exception?[] failures = new Exception?[threads];
        using Barrier start = new(threads);
        Thread[] all = [.. Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                work(i);
            }
            catch (Exception e)
            {
                failures[i] = e;
            }
        }))];
        Array.ForEach(all, t => t.Start());
        Array.ForEach(all, t => t.Join());
        Assert.All(failures, Assert.Null);
    }

    private struct CountRuns : IJob
    {
        public int* Runs;

        public readonly void Run(int part) => Interlocked.Increment(ref Runs[part]);
    }

    /// <summary>No part ends before all are under way.</summary>
    private struct Meet : IJob
    {
        public int* Arrived;
        public int* Late;
        public int Expected;

        public readonly void Run(int part)
        {
            Interlocked.Increment(ref *Arrived);
            long start = Stopwatch.GetTimestamp();
            while (Volatile.Read(ref *Arrived) < Expected)
            {
                if (Stopwatch.GetElapsedTime(start) > Patience.Limit)
                {
                    Interlocked.Increment(ref *Late);
                    return;
                }

                Thread.Yield();
            }
        }
    }

    private struct LookAround : IJob
    {
        public Meet Meet;

        public readonly void Run(int part)
        {
            if (Local.Value is not null && Environment.CurrentManagedThreadId != s_caller)
            {
                Interlocked.Increment(ref s_seenLocal);
            }

            Meet.Run(part);
        }
    }

    private struct ThrowSlowly : IJob
    {
        public readonly void Run(int part)
        {
            Interlocked.Increment(ref s_inside);
            try
            {
                Thread.SpinWait(200);
                throw new InvalidOperationException($"part {part}");
            }
            finally
            {
                Thread.SpinWait(200);
                Interlocked.Decrement(ref s_inside);
            }
        }
    }

    private struct FirstThrows : IJob
    {
        public int* Runs;

        public readonly void Run(int part)
        {
            if (part == 0)
            {
                throw new InvalidOperationException("first");
            }

            Interlocked.Increment(ref *Runs);
            Thread.SpinWait(100);
        }
    }

    /// <summary>The caller's part waits until the worker's is under way.</summary>
    private struct ThrowOnWorker : IJob
    {
        public int* Arrived;

        public readonly void Run(int part)
        {
            if (Environment.CurrentManagedThreadId != s_caller)
            {
                Volatile.Write(ref *Arrived, 1);
                throw new InvalidOperationException("on a worker");
            }

            long start = Stopwatch.GetTimestamp();
            while (Volatile.Read(ref *Arrived) == 0 && Stopwatch.GetElapsedTime(start) < Patience.Limit)
            {
                Thread.Yield();
            }
        }
    }

    private struct Nest : IJob
    {
        public readonly void Run(int part)
        {
            ThrowSlowly inner = default;
            Workers.Run(ref inner, 3);
        }
    }

    private struct Busy : IJob
    {
        public readonly void Run(int part)
        {
            Interlocked.Increment(ref s_inside);
            Thread.SpinWait(500);
            Interlocked.Decrement(ref s_inside);
        }
    }
}
