using System.Runtime;
using System.Runtime.InteropServices;
using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>Everything that may use several threads gives the same bits, whoever calls it, and however many threads there are.</summary>
[Collection(nameof(WorkersTests))]
public sealed class WorkersKernelTests : IDisposable
{
    private static readonly string[] Names = [.. ThreadCases.All.Keys];

    private static float[]?[] s_results = [];

    private readonly int _before = Workers.Count;

    public static TheoryData<string> Cases => [.. Names];

    public void Dispose() => Workers.Count = _before;

    [Theory, MemberData(nameof(Cases))]
    public void Result_AnyNumberOfThreads_IsTheSameBitByBit(string name)
    {
        float[] alone = Run(1, ThreadCases.Spoiled.Not);
        Assert.All(alone, value => Assert.False(float.IsNaN(value)));
        foreach (int count in new[] { 2, 3, 7 })
        {
            Same(alone, Run(count, ThreadCases.Spoiled.Not), $"{name} with {count} threads");
        }

        float[] Run(int count, ThreadCases.Spoiled spoiled)
        {
            Workers.Count = count;
            return ThreadCases.All[name](spoiled);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Result_NotANumberAndInfinityInTheInput_IsTheSameBitByBit(string name)
    {
        ThreadCases.Spoiled[] all = [new(1009, float.NaN), new(2003, float.PositiveInfinity, float.NegativeInfinity), new(977, 1e38f, -1e38f, 1e-42f)];
        foreach (ThreadCases.Spoiled spoiled in all)
        {
            Workers.Count = 1;
            float[] alone = ThreadCases.All[name](spoiled);
            Workers.Count = 3;
            Same(alone, ThreadCases.All[name](spoiled), $"{name} with {string.Join(", ", spoiled.By)}");
        }
    }

    [Fact, Trait("Speed", "Slow")]
    public void Result_ThreeCallersAtOnce_IsTheSameBitByBit()
    {
        float[][] alone = Alone();
        Workers.Count = 3;
        Parallel.For(0, 3, new() { MaxDegreeOfParallelism = 3 }, caller =>
        {
            for (int i = 0; i < Names.Length; i++)
            {
                int at = (i + caller * Names.Length / 3) % Names.Length;
                Same(alone[at], ThreadCases.All[Names[at]](ThreadCases.Spoiled.Not), $"{Names[at]}, caller {caller}");
            }
        });
    }

    [Fact, Trait("Speed", "Slow")]
    public void Result_CountSetMeanwhile_IsTheSameBitByBit()
    {
        float[][] alone = Alone();
        using CancellationTokenSource stop = new();
        Thread setter = new(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                Workers.Count = 1 + i % 7;
                Thread.Yield();
            }
        });
        setter.Start();
        try
        {
            for (int i = 0; i < Names.Length; i++)
            {
                Same(alone[i], ThreadCases.All[Names[i]](ThreadCases.Spoiled.Not), Names[i]);
            }
        }
        finally
        {
            stop.Cancel();
            setter.Join();
        }
    }

    [Fact, Trait("Speed", "Slow")]
    public void Result_CalledFromWithinAPart_IsTheSameBitByBit()
    {
        float[][] alone = Alone();
        Workers.Count = 3;
        s_results = new float[]?[Names.Length];
        RunCase job = default;
        Workers.Run(ref job, Names.Length);
        for (int i = 0; i < Names.Length; i++)
        {
            Same(alone[i], s_results[i]!, Names[i]);
        }
    }

    [Fact, Trait("Speed", "Slow")]
    public void Result_GarbageCollectorMovingArraysMeanwhile_IsTheSameBitByBit()
    {
        float[][] alone = Alone();
        Workers.Count = 3;
        using CancellationTokenSource stop = new();
        int collections = 0;
        Thread collector = new(() =>
        {
            // Holes of every size below the kernels' own arrays, small and large, so that compaction has somewhere to move them.
            while (!stop.IsCancellationRequested)
            {
                List<float[]> holes = [.. Enumerable.Range(0, 400).Select(i => new float[1 + i * 7919 % 20000])];
                Thread.Yield();
                holes.Clear();
                GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
                GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
                collections++;
            }
        });
        collector.Start();
        try
        {
            for (int i = 0; i < Names.Length; i++)
            {
                // A new thread makes its scratch memory anew, amid the holes.
                float[]? result = null;
                int at = i;
                OwnThread.Run(() => result = ThreadCases.All[Names[at]](ThreadCases.Spoiled.Not));
                Same(alone[at], result!, Names[at]);
            }
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }

        Assert.True(collections > 5, $"only {collections} collections");
    }

    [Fact, Trait("Speed", "Slow")]
    public void Result_ScratchLeftFullOfNotANumbers_IsTheSameBitByBit()
    {
        Workers.Count = 1;
        float[][] fresh = new float[Names.Length][];
        for (int i = 0; i < Names.Length; i++)
        {
            OwnThread.Run(() => fresh[i] = ThreadCases.All[Names[i]](ThreadCases.Spoiled.Not));
        }

        OwnThread.Run(() =>
        {
            Array.ForEach(Names, name => ThreadCases.All[name](new(1, float.NaN)));
            for (int i = 0; i < Names.Length; i++)
            {
                Same(fresh[i], ThreadCases.All[Names[i]](ThreadCases.Spoiled.Not), Names[i]);
            }
        });
    }

    [Theory]
    [InlineData(0, 5, 7)]
    [InlineData(5, 0, 7)]
    [InlineData(5, 7, 0)]
    [InlineData(0, 0, 0)]
    public void MatMul_EmptySizes_GiveNothingOrZeros(int rows, int inner, int columns)
    {
        Workers.Count = 3;
        float[] c = Inputs.Gaussian(1, rows * columns), kept = [.. c];
        MatMul.Forward(new float[rows * inner], new float[inner * columns], kept, rows, inner, columns, add: true);
        Assert.Equal(c, kept);
        MatMul.Forward(new float[rows * inner], new float[inner * columns], c, rows, inner, columns);
        Assert.All(c, value => Assert.Equal(0, value));
        MatMul.ForwardNT(new float[rows * inner], new float[inner * columns], c, rows, inner, columns);
        MatMul.ForwardTN(new float[rows * inner], new float[inner * columns], c, rows, inner, columns);
        MatMul.Forward(new float[rows * inner], new PackedMatrix(new float[inner * columns], inner, columns), c, rows);
        Assert.All(c, value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void MatMul_OneNotANumber_SpoilsItsRowOrColumnOnly(int count)
    {
        const int rows = 145, inner = 331, columns = 69;
        Workers.Count = count;
        float[] a = Inputs.Gaussian(1, rows * inner), b = Inputs.Gaussian(2, inner * columns), clean = new float[rows * columns], c = new float[rows * columns];
        MatMul.Forward(a, b, clean, rows, inner, columns);
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity })
        {
            foreach ((int i, int p, int j) in new[] { (0, 0, 0), (97, 320, 33), (rows - 1, inner - 1, columns - 1) })
            {
                float[] spoiled = [.. a];
                spoiled[i * inner + p] = bad;
                MatMul.Forward(spoiled, b, c, rows, inner, columns);
                CheckAll(at => at / columns == i);
                spoiled = [.. b];
                spoiled[p * columns + j] = bad;
                MatMul.Forward(a, spoiled, c, rows, inner, columns);
                CheckAll(at => at % columns == j);
            }
        }

        void CheckAll(Func<int, bool> hit)
        {
            for (int at = 0; at < c.Length; at++)
            {
                Check.That(
                    hit(at) ? !float.IsFinite(c[at]) : c[at] == clean[at], $"c[{at / columns}, {at % columns}] is {c[at]}, without the bad number {clean[at]}");
            }
        }
    }

    [Fact]
    public void MatMul_AroundEveryBorderOfTheCut_AgreesWithReference()
    {
        Workers.Count = 3;
        foreach (int rows in new[] { 11, 12, 13, 95, 96, 97, 193 })
        {
            foreach (int inner in new[] { 319, 321, 1281 })
            {
                foreach (int columns in new[] { 31, 33, 129 })
                {
                    float[] a = Inputs.Gaussian(1, rows * inner), b = Inputs.Gaussian(2, inner * columns), c = new float[rows * columns];
                    float[] expected = new float[c.Length];
                    MatMul.Forward(a, b, c, rows, inner, columns);
                    MatMul.Reference<float>(a, b, expected, rows, inner, columns);
                    Compare.Close(c, expected, 1e-5, $"({rows}, {inner}, {columns})");
                }
            }
        }
    }

    private static float[][] Alone()
    {
        Workers.Count = 1;
        return [.. Names.Select(name => ThreadCases.All[name](ThreadCases.Spoiled.Not))];
    }

    private static void Same(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        if (!MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(actual)))
        {
            int[] other =
            [
                .. Enumerable.Range(0, expected.Length).Where(i => BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
            ];
            Assert.Fail(
                $"{what}: {other.Length} of {expected.Length} numbers differ, first at {other[0]}: {expected[other[0]]:R} alone, {actual[other[0]]:R} now");
        }
    }

    private struct RunCase : IJob
    {
        public readonly void Run(int part) => s_results[part] = ThreadCases.All[Names[part]](ThreadCases.Spoiled.Not);
    }
}
