using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

[Collection(nameof(WorkersTests))]
[CollectionDefinition(nameof(WorkersTests), DisableParallelization = true)]
public sealed unsafe class WorkersTests : IDisposable
{
    private readonly int _before = Workers.Count;

    public void Dispose() => Workers.Count = _before;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 5)]
    [InlineData(2, 1)]
    [InlineData(2, 1000)]
    [InlineData(3, 2)]
    [InlineData(7, 1000)]
    public void Every_part_runs_exactly_once(int count, int parts)
    {
        Workers.Count = count;
        for (int round = 0; round < 50; round++)
        {
            int[] runs = new int[parts + 1];
            fixed (int* pointer = runs)
            {
                CountRuns job = new() { Runs = pointer };
                Workers.Run(ref job, parts);
            }

            Assert.Equal([.. Enumerable.Repeat(1, parts), 0], runs);
        }
    }

    [Fact]
    public void A_job_within_a_part_and_a_job_of_another_thread_run_too()
    {
        Workers.Count = 3;
        long[] sums = new long[4];
        Parallel.For(0, sums.Length, i =>
        {
            long sum = 0;
            for (int round = 0; round < 200; round++)
            {
                Nested job = new() { Sum = &sum };
                Workers.Run(ref job, 8);
            }

            sums[i] = sum;
        });
        Assert.All(sums, sum => Assert.Equal(200 * 8 * 4, sum));
    }

    [Fact]
    public void An_exception_in_a_part_reaches_the_caller_and_the_workers_go_on()
    {
        Workers.Count = 2;
        for (int round = 0; round < 20; round++)
        {
            Failing job = new() { At = 3 };
            InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => { Failing mine = job; Workers.Run(ref mine, 8); });
            Assert.Equal("part 3", thrown.Message);
            Every_part_runs_exactly_once(2, 10);
        }
    }

    [Fact]
    public void Nothing_is_allocated_once_the_workers_exist()
    {
        Workers.Count = 2;
        CountRuns job = default;
        int* runs = stackalloc int[16];
        job.Runs = runs;

        // The least of a few tries, as in Allocations: another test may ask for more threads meanwhile, and the first call after that makes them.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5 && least > 0; attempt++)
        {
            Workers.Run(ref job, 16);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int round = 0; round < 100; round++)
            {
                Workers.Run(ref job, 16);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65)]
    public void An_impossible_count_is_refused_by_name(int count)
    {
        ArgumentOutOfRangeException thrown = Assert.Throws<ArgumentOutOfRangeException>(() => Workers.Count = count);
        Assert.Contains($"Workers.Count must be in 1 … 64, not {count}", thrown.Message);
    }

    private struct CountRuns : IJob
    {
        public int* Runs;

        public readonly void Run(int part) => Interlocked.Increment(ref Runs[part]);
    }

    private struct Nested : IJob
    {
        public long* Sum;

        public readonly void Run(int part)
        {
            AddOne inner = new() { Sum = Sum };
            Workers.Run(ref inner, 4);
        }
    }

    private struct AddOne : IJob
    {
        public long* Sum;

        public readonly void Run(int part) => Interlocked.Increment(ref *Sum);
    }

    private struct Failing : IJob
    {
        public int At;

        public readonly void Run(int part)
        {
            if (part == At)
            {
                throw new InvalidOperationException($"part {part}");
            }
        }
    }
}
