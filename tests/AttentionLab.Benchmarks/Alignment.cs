using System.Globalization;
using System.Text;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks;

/// <summary>
/// What it costs that arrays begin where the runtime puts them: the same kernels on
/// numbers that begin 0 to 60 bytes behind a cache line, taking turns. A managed
/// array's first number lies 8, 16, … bytes behind one, and no two runs agree.
/// </summary>
internal static class Alignment
{
    private const int Line = 16, Rounds = 60;

    /// <summary>Floats behind the start of a cache line: 0, 4, 16, 32 and 60 bytes.</summary>
    private static readonly int[] Offsets = [0, 1, 4, 8, 15];

    private delegate void Kernel(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c);

    /// <summary>Measures and describes.</summary>
    /// <returns>The table as Markdown: the best time of an aligned call, and the others as multiples of it.</returns>
    public static string Run()
    {
        Workers.Count = 1;
        Machine.Pin(true);
        PackedMatrix packed = new(Inputs.Gaussian(512 * 512, 3), 512, 512);
        AttendSizes heads = new(1, 8, 512, 512, 64, 64);
        HeadLayout split = HeadLayout.Split(8, 512, 64);
        (string Name, int Length, Kernel Call)[] kernels =
        [
            ("matrix product 512³", 512 * 512, (a, b, c) => MatMul.Forward(a, b, c, 512, 512, 512)),
            ("matrix product 512³, weight packed", 512 * 512, (a, _, c) => MatMul.Forward(a, packed, c, 512)),
            ("matrix product 8×512×512", 512 * 512, (a, b, c) => MatMul.Forward(a[..(8 * 512)], b, c[..(8 * 512)], 8, 512, 512)),
            ("attention 8 heads × 64, n = 512", 8 * 512 * 64, (a, b, c) =>
                FlashAttend.Forward(AttendInput.Split<float>(a, b, b, heads, 0.125f), c, split, default)),
            ("softmax 32×512", 32 * 512, (a, _, c) => Softmax.Forward(a, c, 32, 512)),
            ("GELU 32×512", 32 * 512, (a, _, c) => Gelu.Forward(a, c)),
            ("LayerNorm 32×512", 32 * 512, (a, b, c) => Normalize.Forward(a, b[..512], b[512..1024], c, [], [], 512)),
            ("softmax 4096×512", 4096 * 512, (a, _, c) => Softmax.Forward(a, c, 4096, 512)),
        ];
        StringBuilder text = new();
        text.Append(
            CultureInfo.InvariantCulture,
            $"- CPU: {Machine.Cpu}\n- Date: {DateTime.UtcNow:yyyy-MM-dd}\n- Command: `alignment`\n- Runtime: {Machine.Runtime}\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"- One thread; inputs and output begin so many bytes behind a cache line; best of {Rounds} rounds in which all take turns; times as multiples of "
            + $"the aligned one.\n\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"| kernel | aligned, µs "
            + $"|{string.Concat(Offsets.Skip(1).Select(o => $" {4 * o} bytes |"))}\n|---|--:|{string.Concat(Offsets.Skip(1).Select(_ => "--:|"))}\n");
        foreach ((string name, int length, Kernel call) in kernels)
        {
            double[] best = Times(length, call);
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {best[0] * 1e6:F1} |");
            foreach (double time in best.Skip(1))
            {
                text.Append(CultureInfo.InvariantCulture, $" {time / best[0]:F2} |");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Best seconds of a call for each offset.</summary>
    private static double[] Times(int length, Kernel call)
    {
        (float[] A, float[] B, float[] C) = (Room(length, 1), Room(length, 2), Room(length, 3));
        (int a, int b, int c) = (Start(A), Start(B), Start(C));
        double[] best = [.. Offsets.Select(_ => double.PositiveInfinity)];
        int repeats = Math.Max(1, 500_000 / length);
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < Offsets.Length; i++)
            {
                int offset = Offsets[i];
                double from = Machine.OwnSeconds();
                for (int repeat = 0; repeat < repeats; repeat++)
                {
                    call(A.AsSpan(a + offset, length), B.AsSpan(b + offset, length), C.AsSpan(c + offset, length));
                }

                best[i] = Math.Min(best[i], (Machine.OwnSeconds() - from) / repeats);
            }
        }

        return best;
    }

    /// <summary>Numbers that stay where they are, with room for every offset.</summary>
    private static float[] Room(int length, ulong seed)
    {
        float[] room = GC.AllocateUninitializedArray<float>(length + 2 * Line, pinned: true);
        Inputs.Gaussian(room.Length, seed).CopyTo(room, 0);
        return room;
    }

    /// <summary>Index of the first number at the start of a cache line.</summary>
    private static unsafe int Start(float[] room)
    {
        fixed (float* first = room)
        {
            return (int)((64 - (nuint)first % 64) % 64 / sizeof(float));
        }
    }
}
