using System.Numerics;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

/// <summary>Rows whose numbers hardly differ, and rows whose squares no float holds: a normalisation must see what is there.</summary>
public class RowsWithoutSpreadTests
{
    private static readonly int[] Widths = [1, 2, 3, 7, 16, 33, 100, 768, 4099];
    private static readonly float[] Levels = [0, 100000.7f, 9.911018f, -3.3f, 1e-3f, -7e12f, 1.1e20f, 3e38f, float.MaxValue, 1e-42f];
    private static readonly float[] Epsilons = [0, 1e-30f, 1e-12f, 1e-5f, 1];

    public static TheoryData<string> Paths => ["reference", "reference in double", "forward"];

    [Theory, MemberData(nameof(Paths))]
    public void LayerNorm_EqualNumbers_GivesBetaAndTheMean(string path)
    {
        CounterRandom random = new(3);
        foreach (int n in Widths)
        {
            float[] gamma = Inputs.Gaussian(1, n, 3), beta = Inputs.Gaussian(2, n), x = new float[n], y = new float[n], mean = new float[1];
            float[] inverse = new float[1];
            foreach (float level in Levels.Concat(Enumerable.Range(0, 20).Select(_ => (float)(20 * random.NextDouble() - 10))))
            {
                foreach (float epsilon in Epsilons)
                {
                    Array.Fill(x, level);
                    if (path == "forward")
                    {
                        Normalize.Forward(x, gamma, beta, y, mean, inverse, n, epsilon);
                    }
                    else if (path == "reference")
                    {
                        Normalize.Reference<float>(x, gamma, beta, y, mean, inverse, n, epsilon);
                    }
                    else
                    {
                        double[] result = new double[n], means = new double[1];
                        Normalize.Reference<double>(Inputs.Widen(x), Inputs.Widen(gamma), Inputs.Widen(beta), result, means, [], n, epsilon);
                        (y, mean) = (Array.ConvertAll(result, v => (float)v), [(float)means[0]]);
                    }

                    Assert.Equal(level, mean[0]);
                    for (int i = 0; i < n; i++)
                    {
                        Check.That(
                            Math.Abs(y[i] - beta[i]) <= 1e-5 * Math.Abs(gamma[i]),
                            $"{n} × {level:R}, ε = {epsilon:R}: y[{i}] is {y[i]:R} but β is {beta[i]:R}");
                    }
                }
            }
        }
    }

    [Theory, InlineData(-1e-5f), InlineData(float.NaN), InlineData(float.PositiveInfinity)]
    public void Norms_EpsilonThatIsNoAddition_IsRefusedByName(float epsilon)
    {
        float[] x = [1, 2], one = [1, 1], y = new float[2];
        Action[] doors =
        [
            () => Normalize.Forward(x, one, one, y, [], [], 2, epsilon),
            () => Normalize.Reference<float>(x, one, one, y, [], [], 2, epsilon),
            () => Normalize.Reference<double>([1, 2], [1, 1], [1, 1], new double[2], [], [], 2, epsilon),
            () => RmsNormalize.Forward(x, one, y, [], 1, 2, epsilon),
            () => RmsNormalize.Reference<float>(x, one, y, [], 1, 2, epsilon),
            () => BatchNormalize.Reference<float>(x, one, one, y, new float[2], new float[2], 2, epsilon),
            () => _ = new LayerNorm(2, epsilon),
        ];
        foreach (Action door in doors)
        {
            ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(door);
            Assert.Equal("epsilon", error.ParamName);
            Assert.Contains("but must be a finite number, 0 or above: pass 1e-5", error.Message);
        }
    }

    [Theory, InlineData(2), InlineData(3), InlineData(17), InlineData(64), InlineData(768)]
    public void LayerNorm_NumbersThatDifferInTheLastPlace_AgreesWithDouble(int n)
    {
        foreach (float level in new[] { 1f, 100000.7f, -9.911018f, 1e30f })
        {
            float[] x = [.. Enumerable.Range(0, n).Select(i => i % 3 == 1 ? MathF.BitIncrement(level) : i % 7 == 6 ? MathF.BitDecrement(level) : level)];
            float[] gamma = Inputs.Gaussian(1, n), beta = Inputs.Gaussian(2, n), dy = Inputs.Gaussian(3, n), y = new float[n], mean = new float[1];
            float[] inverse = new float[1], dx = new float[n], dGamma = new float[n], dBeta = new float[n];
            double[] ey = new double[n], em = new double[1], ei = new double[1], edx = new double[n], eg = new double[n], eb = new double[n];
            Normalize.Forward(x, gamma, beta, y, mean, inverse, n, 0);
            Normalize.Backward(x, gamma, mean, inverse, dy, dx, dGamma, dBeta);
            Normalize.Reference<double>(Inputs.Widen(x), Inputs.Widen(gamma), Inputs.Widen(beta), ey, em, ei, n, 0);
            Normalize.BackwardReference<double>(Inputs.Widen(x), Inputs.Widen(gamma), em, ei, Inputs.Widen(dy), edx, eg, eb);
            Compare.Close(y, ey, Tolerances.Kernel, $"y around {level}");
            Compare.Close(dGamma, eg, Tolerances.Chain, $"∂L/∂γ around {level}");
            if (n > 2)
            {
                // Two numbers are always −1 and 1: their gradient is rounding around 0.
                Compare.Close(dx, edx, Tolerances.Chain, $"∂L/∂x around {level}");
            }
        }
    }

    [Fact]
    public void LayerNorm_Mean_IsRightToTheLastPlace()
    {
        foreach (int n in Widths)
        {
            foreach (double level in new[] { 0, 0.01, 1, -1000, 1e8 })
            {
                float[] x = Array.ConvertAll(Inputs.Gaussian((ulong)n, n), v => (float)(v + level)), one = new float[n], y = new float[n], mean = new float[1];
                Normalize.Forward(x, one, one, y, mean, [], n);

                // The exact sum, in units of 2⁻⁸⁰.
                BigInteger sum = 0;
                foreach (float v in x)
                {
                    sum += new BigInteger(Math.ScaleB(v, 80));
                }

                Assert.Equal((float)(Math.ScaleB((double)sum, -80) / n), mean[0]);
            }
        }
    }

    [Theory, InlineData(1e20f), InlineData(-1e30f), InlineData(1.5e38f), InlineData(1e-23f), InlineData(1e-30f)]
    public void Norms_SquaresBeyondFloat_AgreeWithDouble(float size)
    {
        const int rows = 3;
        foreach (int n in Widths.Where(n => n > 1))
        {
            float[] x = Array.ConvertAll(Inputs.Gaussian(4, rows * n), v => Math.Clamp(v, -2, 2) * size), gamma = Inputs.Gaussian(1, n);
            float[] beta = Inputs.Gaussian(2, n), dy = Inputs.Gaussian(5, rows * n);
            float[] y = new float[rows * n], mean = new float[rows], inverse = new float[rows], dx = new float[rows * n], dGamma = new float[n];
            float[] dBeta = new float[n];
            double[] ey = new double[rows * n], em = new double[rows], ei = new double[rows], edx = new double[rows * n], eg = new double[n];
            double[] eb = new double[n];
            double[] wideX = Inputs.Widen(x), wideGamma = Inputs.Widen(gamma), wideDy = Inputs.Widen(dy);

            Normalize.Reference<double>(wideX, wideGamma, Inputs.Widen(beta), ey, em, ei, n, 0);
            Normalize.Forward(x, gamma, beta, y, mean, inverse, n, 0);
            Compare.Close(y, ey, Tolerances.Kernel, "LayerNorm");
            Normalize.Reference<float>(x, gamma, beta, y, mean, inverse, n, 0);
            Compare.Close(y, ey, Tolerances.Kernel, "LayerNorm's reference in float");
            Normalize.BackwardReference<double>(wideX, wideGamma, em, ei, wideDy, edx, eg, eb);
            Normalize.Backward(x, gamma, mean, inverse, dy, dx, dGamma, dBeta);
            Compare.Close(dGamma, eg, Tolerances.Chain, "LayerNorm's ∂L/∂γ");
            if (n > 2)
            {
                Compare.Close(dx, edx, Tolerances.Chain, "LayerNorm's ∂L/∂x");
            }

            RmsNormalize.Reference<double>(wideX, wideGamma, ey, ei, rows, n, 0);
            RmsNormalize.Forward(x, gamma, y, inverse, rows, n, 0);
            Compare.Close(y, ey, Tolerances.Kernel, "RMS");
            RmsNormalize.Reference<float>(x, gamma, y, inverse, rows, n, 0);
            Compare.Close(y, ey, Tolerances.Kernel, "RMS' reference in float");
            (dGamma, eg) = (new float[n], new double[n]);
            RmsNormalize.BackwardReference<double>(wideX, wideGamma, ei, wideDy, edx, eg, rows, n);
            RmsNormalize.Backward(x, gamma, inverse, dy, dx, dGamma, rows, n);
            Compare.Close(dGamma, eg, Tolerances.Chain, "RMS' ∂L/∂γ");
            Compare.Close(dx, edx, Tolerances.Chain, "RMS' ∂L/∂x");
        }
    }

    [Fact]
    public void Rms_ZerosWithoutEpsilon_StayZeros()
    {
        float[] y = [9, 9, 9], inverse = [9], one = [1, 1, 1], dx = [9, 9, 9];
        RmsNormalize.Forward(new float[3], one, y, inverse, 1, 3, 0);
        Assert.Equal([0, 0, 0], y);
        RmsNormalize.Reference<float>(new float[3], one, y, inverse, 1, 3, 0);
        Assert.Equal([0, 0, 0], y);
        RmsNormalize.Backward(new float[3], one, inverse, one, dx, new float[3], 1, 3);
        Assert.Equal([0, 0, 0], dx);
    }

    [Fact]
    public void Batch_EqualNumbersInAColumn_GivesBeta()
    {
        foreach (float level in Levels)
        {
            foreach (float epsilon in Epsilons)
            {
                float[] x = [.. Enumerable.Range(0, 33).SelectMany(i => new[] { level, i })], y = new float[66], mean = new float[2], inverse = new float[2];
                BatchNormalize.Reference<float>(x, [2, 1], [0.5f, 0], y, mean, inverse, 2, epsilon);
                Assert.Equal(level, mean[0]);
                Assert.All(Enumerable.Range(0, 33), i => Assert.Equal(0.5f, y[2 * i], 2e-5f));
            }
        }
    }

    [Fact]
    public void Layers_TokensOfEqualNumbers_GiveBetaForwardsPackedAndBackwards()
    {
        float[] levels = [100000.7f, 9.911018f, -0.1f, 0];
        foreach (int channels in new[] { 3, 24, 768 })
        {
            Tensor x = new(levels.Length, channels), zero = new(levels.Length, channels);
            for (int r = 0; r < levels.Length; r++)
            {
                x.Row(r).Fill(levels[r]);
            }

            AddAndNorm add = new(channels, preNorm: false, epsilon: 1e-12f);
            Inputs.Gaussian(1, channels).CopyTo(add.Norm.Shift.Value.Span);
            (Tensor y, AddAndNorm.Saved saved) = add.After(x, zero.Copy(), null);
            (Tensor direct, LayerNorm.Saved norm) = add.Norm.Forward(x);
            float[] packed = new float[x.Length];
            new PackedNorm(add.Norm).Infer(x.Span, packed);
            for (int r = 0; r < levels.Length; r++)
            {
                Compare.Close(y.Row(r), add.Norm.Shift.Value.Span, 1e-5, "Add & Norm");
                Compare.Close(direct.Row(r), add.Norm.Shift.Value.Span, 1e-5, "LayerNorm");
                Compare.Close(packed.AsSpan(r * channels, channels), add.Norm.Shift.Value.Span, 1e-5, "packed");
            }

            // x̂ = 0, so that ∂L/∂γ is 0 and ∂L/∂x = r·(∂L/∂y − its mean) with r = 1/√ε.
            Tensor dy = new(Inputs.Gaussian(2, x.Length), levels.Length, channels), dx = add.Norm.Backward(dy, norm);
            Assert.All(add.Norm.Gain.Gradient.Values, v => Assert.Equal(0, v));
            double[] expected = new double[x.Length];
            for (int i = 0; i < expected.Length; i++)
            {
                float[] row = dy.Row(i / channels).ToArray();
                expected[i] = (row[i % channels] - row.Average(v => (double)v)) / Math.Sqrt(1e-12f);
            }

            Compare.Close(dx.Span, expected, Tolerances.Chain, "∂L/∂x");
            Compare.Close(add.AfterBackward(dy, saved).Branch.Span, expected, Tolerances.Chain, "∂L/∂branch");
        }
    }
}
