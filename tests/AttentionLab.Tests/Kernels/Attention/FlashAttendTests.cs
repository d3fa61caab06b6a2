using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class FlashAttendTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void ForwardAndBackward_AwkwardLength_AgreeWithMaterialised(int n)
    {
        foreach ((int queries, int keys, int dim, int valueDim) in new[] { (n, n, 8, 8), (5, n, 9, 7), (n, 6, 5, 33), (7, 6, n, n) })
        {
            foreach (int kind in new[] { 0, 1, 2, 3 })
            {
                Check(queries, keys, dim, valueDim, kind);
            }
        }
    }

    // Across the borders of the blocks (128 queries, 144 keys), and every width that heads have.
    [Theory]
    [InlineData(129, 289, 64, 64)]
    [InlineData(200, 700, 16, 40)]
    [InlineData(300, 130, 8, 8)]
    [InlineData(13, 25, 330, 350)]
    [InlineData(150, 145, 1, 3)]
    [InlineData(40, 50, 17, 1)]
    [InlineData(48, 33, 48, 80)]
    [InlineData(20, 160, 80, 48)]
    [InlineData(35, 31, 200, 256)]
    [InlineData(18, 20, 256, 200)]
    [InlineData(7, 40, 20, 6)]
    [InlineData(15, 300, 65, 130)]
    [InlineData(81, 70, 33, 64)]
    [InlineData(100, 60, 96, 70)]
    public void ForwardAndBackward_AcrossBlocks_AgreeWithMaterialised(int queries, int keys, int dim, int valueDim)
    {
        foreach (int kind in new[] { 0, 1, 2, 3 })
        {
            Check(queries, keys, dim, valueDim, kind);
        }
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void BackwardReference_AgainstDifferences_Agrees(int kind)
    {
        const int queries = 4, keys = 5, dim = 3, valueDim = 2;
        double[] q = Inputs.GaussianDouble(1, queries * dim), k = Inputs.GaussianDouble(2, keys * dim), v = Inputs.GaussianDouble(3, keys * valueDim);
        double[] bias = kind == 3 ? Inputs.GaussianDouble(4, queries * keys) : [], dOutput = Inputs.GaussianDouble(5, queries * valueDim);
        double[] output = new double[dOutput.Length], statistics = new double[2 * queries];
        double[] dq = new double[q.Length], dk = new double[k.Length], dv = new double[v.Length], dBias = new double[bias.Length];
        double Loss()
        {
            FlashAttend.Reference<double>(
                AttendInput.Split<double>(q, k, v, new(1, 1, queries, keys, dim, valueDim), 0.6, AttendTests.Mask(kind, queries, keys), bias), output,
                statistics);
            return Numerical.Weighted(output, dOutput);
        }

        Loss();
        FlashAttend.BackwardReference<double>(
            AttendInput.Split<double>(q, k, v, new(1, 1, queries, keys, dim, valueDim), 0.6, AttendTests.Mask(kind, queries, keys), bias), output, statistics,
            dOutput, new AttendGradients<double> { Q = dq, K = dk, V = dv, Bias = dBias });
        Compare.Close(dq, Numerical.Gradient(q, Loss), Tolerances.Numerical, "∂L/∂Q");
        Compare.Close(dk, Numerical.Gradient(k, Loss), Tolerances.Numerical, "∂L/∂K");
        Compare.Close(dv, Numerical.Gradient(v, Loss), Tolerances.Numerical, "∂L/∂V");
        Compare.Close(dBias, Numerical.Gradient(bias, Loss), Tolerances.Numerical, "∂L/∂bias");
    }

    [Fact]
    public void Forward_PeakedScores_ExactWithinTolerance()
    {
        // Scores of some hundreds: most weights are smaller than any float.
        float[] q = Inputs.Gaussian(1, 40 * 16, 20), k = Inputs.Gaussian(2, 50 * 16, 20), v = Inputs.Gaussian(3, 50 * 16), output = new float[40 * 16];
        float[] statistics = new float[2 * 40];
        double[] expected = new double[output.Length], expectedStatistics = new double[2 * 40];
        FlashAttend.Forward(AttendInput.Split<float>(q, k, v, new(1, 1, 40, 50, 16, 16), 0.25f), output, statistics);
        FlashAttend.Reference<double>(
            AttendInput.Split<double>(Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), new(1, 1, 40, 50, 16, 16), 0.25), expected, expectedStatistics);
        Compare.Close(output, expected, PeakedTolerance, "output");
        Compare.Close(LogSums(Inputs.Widen(statistics)), LogSums(expectedStatistics), Tolerances.Kernel, "log-sums");
    }

    [Fact]
    public void Forward_NaNInOneQuery_StaysInThatRow()
    {
        float[] q = Inputs.Gaussian(1, 20 * 8), k = Inputs.Gaussian(2, 20 * 8), v = Inputs.Gaussian(3, 20 * 8), output = new float[20 * 8];
        float[] statistics = new float[2 * 20];
        q[3 * 8] = float.NaN;
        FlashAttend.Forward(AttendInput.Split<float>(q, k, v, new(1, 1, 20, 20, 8, 8), 1), output, statistics);
        for (int i = 0; i < output.Length; i++)
        {
            Assert.Equal(i / 8 == 3, float.IsNaN(output[i]));
        }
    }

    [Fact]
    public void Forward_NaNInOneKey_ReachesWhoeverSeesIt()
    {
        float[] q = Inputs.Gaussian(1, 20 * 8), k = Inputs.Gaussian(2, 20 * 8), v = Inputs.Gaussian(3, 20 * 8), output = new float[20 * 8];
        float[] statistics = new float[2 * 20];
        k[7 * 8] = float.NaN;
        FlashAttend.Forward(AttendInput.Split<float>(q, k, v, new(1, 1, 20, 20, 8, 8), 1, new AttendMask { Causal = true }), output, statistics);
        for (int i = 0; i < output.Length; i++)
        {
            Assert.Equal(i / 8 >= 7, float.IsNaN(output[i]));
        }
    }

    [Fact]
    public void Forward_AfterWarmUp_AllocatesNothing()
    {
        float[] x = Inputs.Gaussian(1, 130 * 32), output = new float[130 * 32], statistics = new float[2 * 130];

        Assert.Equal(0, Allocations.OfTenCalls(
            () => FlashAttend.Forward(AttendInput.Split<float>(x, x, x, new(1, 1, 130, 130, 32, 32), 1), output, statistics)));
    }

    [Fact]
    public void ForwardHeads_HeadsSideBySideInOneMatrix_BitEqualToSplitHeads()
    {
        // Q, K and V are columns of one (B, T, 3·H·D) matrix, as one projection makes them.
        const int batch = 2, heads = 3, tokens = 37, dim = 20, width = 3 * heads * dim;
        float[] all = Inputs.Gaussian(1, batch * tokens * width), merged = new float[batch * tokens * heads * dim], split = new float[merged.Length];
        float[] q = SplitHeads(all, 0), k = SplitHeads(all, 1), v = SplitHeads(all, 2);
        HeadLayout at = HeadLayout.Merged(tokens, dim, width), own = HeadLayout.Split(heads, tokens, dim);
        AttendSizes sizes = new(batch, heads, tokens, tokens, dim, dim);
        FlashAttend.Forward(
            new AttendInput<float>
            {
                Q = new(all, at),
                K = new(all.AsSpan(heads * dim), at),
                V = new(all.AsSpan(2 * heads * dim), at),
                Sizes = sizes,
                Scale = 0.3f,
                Mask = new AttendMask { Causal = true },
            },
            merged, HeadLayout.Merged(tokens, dim, heads * dim), default);
        FlashAttend.Forward(
            new AttendInput<float> { Q = new(q, own), K = new(k, own), V = new(v, own), Sizes = sizes, Scale = 0.3f, Mask = new AttendMask { Causal = true } },
            split, own, default);
        for (int i = 0; i < merged.Length; i++)
        {
            int c = i % dim, h = i / dim % heads, t = i / dim / heads % tokens, b = i / dim / heads / tokens;
            Assert.Equal(split[((b * heads + h) * tokens + t) * dim + c], merged[i]);
        }

        float[] SplitHeads(float[] x, int third) => [.. Enumerable.Range(0, batch * heads * tokens * dim).Select(i =>
        {
            int c = i % dim, t = i / dim % tokens, h = i / dim / tokens % heads, b = i / dim / tokens / heads;
            return x[(b * tokens + t) * width + (third * heads + h) * dim + c];
        })];
    }

    [Fact]
    public void BackwardHeads_HeadsSideBySideInOneMatrix_BitEqualToSplitHeads()
    {
        const int batch = 2, heads = 3, tokens = 37, dim = 20, width = 3 * heads * dim, row = heads * dim;
        float[] all = Inputs.Gaussian(1, batch * tokens * width), dAll = new float[all.Length], output = new float[batch * tokens * row];
        float[] dOutput = Inputs.Gaussian(2, output.Length), statistics = new float[batch * heads * tokens * 2];
        HeadLayout at = HeadLayout.Merged(tokens, dim, width), outputAt = HeadLayout.Merged(tokens, dim, row);
        AttendSizes sizes = new(batch, heads, tokens, tokens, dim, dim);
        FlashAttend.Forward(
            new AttendInput<float> { Q = new(all, at), K = new(all.AsSpan(row), at), V = new(all.AsSpan(2 * row), at), Sizes = sizes, Scale = 0.3f }, output,
            outputAt, statistics);
        FlashAttend.Backward(
            new AttendInput<float> { Q = new(all, at), K = new(all.AsSpan(row), at), V = new(all.AsSpan(2 * row), at), Sizes = sizes, Scale = 0.3f },
            new HeadSpan<float>(output, outputAt), statistics, dOutput,
            new AttendGradients<float> { Q = dAll, K = dAll.AsSpan(row), V = dAll.AsSpan(2 * row) });
        for (int m = 0; m < batch * heads; m++)
        {
            int b = m / heads, h = m % heads;
            float[] q = Take(all, 0), k = Take(all, row), v = Take(all, 2 * row), o = Rows(output, row, b, h * dim), dO = Rows(dOutput, row, b, h * dim);
            float[] dq = new float[q.Length], dk = new float[q.Length], dv = new float[q.Length];
            FlashAttend.Backward(
                AttendInput.Split<float>(q, k, v, new(1, 1, tokens, tokens, dim, dim), 0.3f), o, statistics.AsSpan(2 * m * tokens, 2 * tokens), dO,
                new AttendGradients<float> { Q = dq, K = dk, V = dv });
            Assert.Equal(dq, Take(dAll, 0));
            Assert.Equal(dk, Take(dAll, row));
            Assert.Equal(dv, Take(dAll, 2 * row));

            float[] Take(float[] x, int third) => Rows(x, width, b, third + h * dim);
        }

        static float[] Rows(float[] x, int width, int b, int from) =>
            [.. Enumerable.Range(0, tokens * dim).Select(i => x[(b * tokens + i / dim) * width + from + i % dim])];
    }

    [Fact]
    public void Backward_AfterWarmUp_AllocatesNothing()
    {
        float[] x = Inputs.Gaussian(1, 130 * 32), output = new float[130 * 32], statistics = new float[2 * 130], dq = new float[x.Length];
        float[] dk = new float[x.Length], dv = new float[x.Length];
        FlashAttend.Forward(AttendInput.Split<float>(x, x, x, new(1, 1, 130, 130, 32, 32), 1), output, statistics);

        Assert.Equal(0, Allocations.OfTenCalls(() => FlashAttend.Backward(
            AttendInput.Split<float>(x, x, x, new(1, 1, 130, 130, 32, 32), 1), output, statistics, x, new AttendGradients<float> { Q = dq, K = dk, V = dv })));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void ForwardHeads_EveryMaskOverABatch_EqualsHeadByHead(int kind)
    {
        const int batch = 2, heads = 3, queries = 40, keys = 70, dim = 12;
        float[] q = Inputs.Gaussian(1, batch * heads * queries * dim), k = Inputs.Gaussian(2, batch * heads * keys * dim), v = Inputs.Gaussian(3, k.Length);
        bool[] keyMask = [.. Enumerable.Range(0, batch * keys).Select(i => i % 7 != 2)];
        bool[] pairs = [.. Enumerable.Range(0, batch * queries * keys).Select(i => i % 5 != 3)];
        float[] bias = Inputs.Gaussian(4, kind == 3 ? heads * queries * keys : batch * heads * queries * keys), output = new float[q.Length];
        float[] statistics = new float[2 * batch * heads * queries];
        AttendMask whole = kind switch
        {
            0 => new() { Keys = keyMask },
            1 => new() { Pairs = pairs },
            2 => new() { Keys = keyMask, Pairs = pairs, Causal = true },
            _ => default,
        };
        HeadLayout own = HeadLayout.Split(heads, queries, dim), theirs = HeadLayout.Split(heads, keys, dim);
        FlashAttend.Forward(
            new AttendInput<float>
            {
                Q = new(q, own),
                K = new(k, theirs),
                V = new(v, theirs),
                Sizes = new AttendSizes(batch, heads, queries, keys, dim, dim),
                Scale = 0.3f,
                Mask = whole,
                Bias = kind >= 2 ? bias : default,
            },
            output, own, statistics);
        for (int m = 0; m < batch * heads; m++)
        {
            int b = m / heads, h = m % heads, from = (kind == 3 ? h : m) * queries * keys;
            AttendMask mask = kind switch
            {
                0 => new() { Keys = keyMask.AsSpan(b * keys, keys) },
                1 => new() { Pairs = pairs.AsSpan(b * queries * keys, queries * keys) },
                2 => new() { Keys = keyMask.AsSpan(b * keys, keys), Pairs = pairs.AsSpan(b * queries * keys, queries * keys), Causal = true },
                _ => default,
            };
            float[] one = new float[queries * dim], expected = new float[2 * queries];
            FlashAttend.Reference<float>(
                AttendInput.Split<float>(
                    q.AsSpan(m * queries * dim, queries * dim), k.AsSpan(m * keys * dim, keys * dim), v.AsSpan(m * keys * dim, keys * dim),
                    new(1, 1, queries, keys, dim, dim), 0.3f, mask, kind >= 2 ? bias.AsSpan(from, queries * keys) : default),
                one, expected);
            Compare.Close(output.AsSpan(m * queries * dim, queries * dim).ToArray(), Inputs.Widen(one), Tolerances.Chain, $"head {m}");
            Compare.Close(
                LogSums(Inputs.Widen(statistics.AsSpan(2 * m * queries, 2 * queries))), LogSums(Inputs.Widen(expected)), Tolerances.Chain, $"log-sums {m}");
        }
    }

    [Fact]
    public void Forward_HiddenKeyWithHugeScore_HasNoWeightAtAll()
    {
        // Value 1 only at the hidden key: any weight would show in the output.
        const int n = 50, dim = 8;
        float[] q = [.. Enumerable.Repeat(1f, n * dim)], k = Inputs.Gaussian(2, n * dim), v = new float[n * dim], output = new float[n * dim];
        bool[] keys = [.. Enumerable.Range(0, n).Select(j => j != 20)];
        k.AsSpan(20 * dim, dim).Fill(1e4f);
        v.AsSpan(20 * dim, dim).Fill(1);
        FlashAttend.Forward(AttendInput.Split<float>(q, k, v, new(1, 1, n, n, dim, dim), 1, new AttendMask { Keys = keys }), output, new float[2 * n]);
        Assert.All(output, x => Assert.Equal(0, x));
    }

    [Fact]
    public void Forward_MaximumRisesFromBlockToBlock_Agrees()
    {
        // Scores grow by 50 over 500 keys, so that every block scales down what came before; and the same backwards.
        const int n = 500, dim = 4;
        foreach (int sign in new[] { 1, -1 })
        {
            float[] q = Inputs.Gaussian(1, 40 * dim, 0.1), k = Inputs.Gaussian(2, n * dim), v = Inputs.Gaussian(3, n * dim), output = new float[40 * dim];
            float[] statistics = new float[2 * 40];
            for (int i = 0; i < 40; i++)
            {
                q[i * dim] = 1;
            }

            for (int j = 0; j < n; j++)
            {
                k[j * dim] = sign * j * 0.1f;
            }

            double[] expected = new double[output.Length], expectedStatistics = new double[2 * 40];
            FlashAttend.Forward(AttendInput.Split<float>(q, k, v, new(1, 1, 40, n, dim, dim), 1), output, statistics);
            FlashAttend.Reference<double>(
                AttendInput.Split<double>(Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), new(1, 1, 40, n, dim, dim), 1), expected, expectedStatistics);
            Compare.Close(output, expected, RisingTolerance, $"sign {sign}: output");
            Compare.Close(LogSums(Inputs.Widen(statistics)), LogSums(expectedStatistics), Tolerances.Kernel, $"sign {sign}: log-sums");
        }
    }

    [Fact]
    public void ForwardHeads_LongSequence_TakesMemoryForOneBlockOnly()
    {
        // A thread of its own has no scratch memory yet: what it allocates is all that the call needs, and it does not grow with n.
        long used = -1;
        Thread thread = new(() =>
        {
            const int n = 4096;
            float[] x = Inputs.Gaussian(1, n * 8), output = new float[n * 8];
            HeadLayout at = HeadLayout.Split(1, n, 8);
            long before = GC.GetAllocatedBytesForCurrentThread();
            FlashAttend.Forward(
                new AttendInput<float> { Q = new(x, at), K = new(x, at), V = new(x, at), Sizes = new AttendSizes(1, 1, n, n, 8, 8), Scale = 0.3f }, output, at,
                default);
            used = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        thread.Start();
        thread.Join();
        Assert.InRange(used, 1, 64 << 10);
    }

    [Fact]
    public void ForwardHeads_LayoutBeyondTheSpan_NamesWhatIsMissing()
    {
        float[] x = new float[60];
        HeadLayout at = HeadLayout.Split(2, 5, 6), wide = HeadLayout.Merged(5, 6, 18);
        var error = Assert.Throws<ArgumentException>(
            () =>
                FlashAttend.Forward(
                    new AttendInput<float> { Q = new(x, at), K = new(x, wide), V = new(x, at), Sizes = new AttendSizes(1, 2, 5, 5, 6, 6), Scale = 1 }, x, at,
                    default));
        Assert.Contains("k holds 60 numbers", error.Message);
    }

    [Fact]
    public void Forward_WrongLength_NamesBothSides()
    {
        var error = Assert.Throws<ArgumentException>(
            () =>
                FlashAttend.Forward(AttendInput.Split<float>(new float[6], new float[9], new float[9], new(1, 1, 2, 3, 3, 3), 1), new float[6], new float[3]));
        Assert.Contains("statistics holds 3", error.Message);
    }

    [Fact]
    public void ReferenceAndForward_WithoutStatistics_GiveTheOutputAlone()
    {
        float[] x = Inputs.Gaussian(1, 12), output = new float[12], expected = new float[12], reference = new float[12];
        FlashAttend.Forward(AttendInput.Split<float>(x, x, x, new(1, 1, 4, 4, 3, 3), 1), expected, new float[8]);
        FlashAttend.Forward(AttendInput.Split<float>(x, x, x, new(1, 1, 4, 4, 3, 3), 1), output, []);
        FlashAttend.Reference(AttendInput.Split<float>(x, x, x, new(1, 1, 4, 4, 3, 3), 1), reference, []);
        Assert.Equal(expected, output);
        Compare.Close(reference, expected, Tolerances.Chain, "reference");
    }

    /// <summary>
    /// Scores of 300 carry a float error of 3e-5, which the exponential turns into a
    /// relative error of the weights. Measured: 3e-7, since peaked weights are near 0 or 1.
    /// </summary>
    private const double PeakedTolerance = 1e-5;

    /// <summary>
    /// Scores of 50 are 72 in base 2 and rounded three times (Q, sum, subtraction),
    /// each by up to 4e-6, which is a relative error of the weights. Measured: 1.1e-5.
    /// </summary>
    private const double RisingTolerance = 3e-5;

    /// <summary>m + ln Σ e^(s − m) of each query, from (m/2, Σ).</summary>
    private static double[] LogSums(double[] statistics) =>
        [.. statistics.Chunk(2).Select(pair => pair[1] == 0 ? double.NegativeInfinity : 2 * pair[0] + Math.Log(pair[1]))];

    private static void Check(int queries, int keys, int dim, int valueDim, int kind)
    {
        string at = $"({queries}, {keys}, {dim}, {valueDim}), mask {kind}: ";
        float scale = dim == 0 ? 1 : 1 / MathF.Sqrt(dim);
        float[] q = Inputs.Gaussian(1, queries * dim), k = Inputs.Gaussian(2, keys * dim), v = Inputs.Gaussian(3, keys * valueDim);
        float[] bias = kind == 3 ? Inputs.Gaussian(4, queries * keys) : [], dOutput = Inputs.Gaussian(5, queries * valueDim);
        float[] output = new float[queries * valueDim], statistics = new float[2 * queries];
        float[] dq = new float[q.Length], dk = new float[k.Length], dv = new float[v.Length], dBias = new float[bias.Length];
        FlashAttend.Forward(
            AttendInput.Split<float>(q, k, v, new(1, 1, queries, keys, dim, valueDim), scale, AttendTests.Mask(kind, queries, keys), bias), output, statistics);
        FlashAttend.Backward(
            AttendInput.Split<float>(q, k, v, new(1, 1, queries, keys, dim, valueDim), scale, AttendTests.Mask(kind, queries, keys), bias), output, statistics,
            dOutput, new AttendGradients<float> { Q = dq, K = dk, V = dv, Bias = dBias });

        double[] wq = Inputs.Widen(q), wk = Inputs.Widen(k), wv = Inputs.Widen(v), wBias = Inputs.Widen(bias), wdOutput = Inputs.Widen(dOutput);
        double[] expected = new double[output.Length], weights = new double[queries * keys], expectedStatistics = new double[2 * queries];
        double[] online = new double[output.Length];
        double[] edq = new double[q.Length], edk = new double[k.Length], edv = new double[v.Length], edBias = new double[bias.Length];
        Attend.Reference<double>(
            AttendInput.Split<double>(wq, wk, wv, new(1, 1, queries, keys, dim, valueDim), scale, AttendTests.Mask(kind, queries, keys), wBias), expected,
            weights);
        Attend.BackwardReference<double>(
            AttendInput.Split<double>(wq, wk, wv, new(1, 1, queries, keys, dim, valueDim), scale), weights, wdOutput,
            new AttendGradients<double> { Q = edq, K = edk, V = edv, Bias = edBias });
        FlashAttend.Reference<double>(
            AttendInput.Split<double>(wq, wk, wv, new(1, 1, queries, keys, dim, valueDim), scale, AttendTests.Mask(kind, queries, keys), wBias), online,
            expectedStatistics);

        Compare.Close(online, expected, 1e-13, at + "online reference");
        Compare.Close(output, expected, Tolerances.Chain, at + "output");
        Compare.Close(LogSums(Inputs.Widen(statistics)), LogSums(expectedStatistics), Tolerances.Chain, at + "log-sums");
        Compare.Close(dq, edq, Tolerances.Chain, at + "∂L/∂Q");
        Compare.Close(dk, edk, Tolerances.Chain, at + "∂L/∂K");
        Compare.Close(dv, edv, Tolerances.Chain, at + "∂L/∂V");
        Compare.Close(dBias, edBias, Tolerances.Chain, at + "∂L/∂bias");
    }

    /// <summary>Together the heads are more than stays near, and tiles ask for memory; alone they are not. Asking changes no bit.</summary>
    [Theory, InlineData(false, 64, 64), InlineData(true, 64, 64), InlineData(false, 40, 72), InlineData(true, 3, 130)]
    public void Forward_HeadsTogetherOrAlone_AreBitEqual(bool causal, int dim, int valueDim)
    {
        const int heads = 8, queries = 531, keys = 700;
        CounterRandom random = new(71);
        float[] q = new float[heads * queries * dim], k = new float[heads * keys * dim], v = new float[heads * keys * valueDim];
        random.FillGaussian(q);
        random.FillGaussian(k);
        random.FillGaussian(v);
        float[] together = new float[heads * queries * valueDim], alone = new float[together.Length];
        FlashAttend.Forward(Of(q, k, v, heads), together, default);
        for (int h = 0; h < heads; h++)
        {
            Span<float> q1 = q.AsSpan(h * queries * dim, queries * dim), k1 = k.AsSpan(h * keys * dim, keys * dim);
            Span<float> v1 = v.AsSpan(h * keys * valueDim, keys * valueDim);
            FlashAttend.Forward(Of(q1, k1, v1, 1), alone.AsSpan(h * queries * valueDim, queries * valueDim), default);
        }

        Assert.Equal(alone, together);

        AttendInput<float> Of(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, int some) => new()
        {
            Q = new(q, HeadLayout.Split(some, queries, dim)),
            K = new(k, HeadLayout.Split(some, keys, dim)),
            V = new(v, HeadLayout.Split(some, keys, valueDim)),
            Sizes = new AttendSizes(1, some, queries, keys, dim, valueDim),
            Scale = 0.3f,
            Mask = new AttendMask { Causal = causal },
        };
    }
}
