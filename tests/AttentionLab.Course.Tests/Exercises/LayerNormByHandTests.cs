using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Norm = System.Func<float[], float[], float[], float, float[]>;

namespace AttentionLab.Course.Tests.Exercises;

public class LayerNormByHandTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Norm>(LayerNormByHand.About, LayerNormByHand.Check, Right,
        new("RMS norm", (x, g, b, e) => With(x, g, b, 0, Square(x, 0) + e), "RmsNorm"),
        new("mean only", (x, g, b, e) => With(x, g, b, x.Average(), 1), "did not divide"),
        new("by the variance", (x, g, b, e) => With(x, g, b, x.Average(), Math.Pow(Variance(x) + e, 2)), "divided by the variance"),
        new("by the sum of squares", (x, g, b, e) => With(x, g, b, x.Average(), x.Length * Variance(x) + e), "is its *mean*"),
        new("unbiased", (x, g, b, e) => With(x, g, b, x.Average(), x.Length * Variance(x) / (x.Length - 1) + e), "it is no sample"),
        new("mean square without μ", (x, g, b, e) => With(x, g, b, x.Average(), Square(x, 0) + e), "then divided by the root of mean(x²)"),
        new("mean of |x − μ|", (x, g, b, e) => With(x, g, b, x.Average(), Math.Pow(x.Average(v => Math.Abs(v - x.Average())), 2) + e), "mean of the *squares*"),
        new("by the range", (x, g, b, e) => With(x, g, b, x.Average(), Math.Pow(x.Max() - x.Min(), 2) + e), "largest minus smallest"),
        new("mean not taken away", (x, g, b, e) => With(x, g, b, 0, Variance(x) + e), "divided x itself"),
        new("as it is", (x, g, b, e) => [.. x], "comes back unchanged"),
        new("ε outside the root", (x, g, b, e) => With(x, g, b, x.Average(), Math.Pow(Math.Sqrt(Variance(x)) + e, 2)), "You added ε to the root"),
        new("ε squared", (x, g, b, e) => With(x, g, b, x.Average(), Variance(x) + e * e), "ε²"),
        new("no ε", (x, g, b, e) => With(x, g, b, x.Average(), Variance(x)), "a fixed small number"),
        new("minus ε", (x, g, b, e) => With(x, g, b, x.Average(), Variance(x) - e), "You took ε away"),
        new("ε on the result", (x, g, b, e) => [.. With(x, g, b, x.Average(), Variance(x)).Select(y => y + e)], "You added ε to the result"),
        new("no γ, no β", (x, g, b, e) => With(x, All(x, 1), All(x, 0), x.Average(), Variance(x) + e), "γ and β have no effect"),
        new("no β", (x, g, b, e) => With(x, g, All(x, 0), x.Average(), Variance(x) + e), "β has no effect"),
        new("no γ", (x, g, b, e) => With(x, All(x, 1), b, x.Average(), Variance(x) + e), "γ has no effect"),
        new("γ·(y + β)", (x, g, b, e) => [.. With(x, All(x, 1), b, x.Average(), Variance(x) + e).Zip(g, (y, gain) => y * gain)], "multiplies β too"),
        new("γ and β exchanged", (x, g, b, e) => g.All(v => v == 1) ? Right(x, g, b, e) : Right(x, b, g, e), "are exchanged"),
        new("γ[0] and β[0]", (x, g, b, e) => Right(x, All(x, g[0]), All(x, b[0]), e), "of column 0"),
        new("NaN without spread", (x, g, b, e) => Variance(x) == 0 ? All(x, float.NaN) : Right(x, g, b, e), "0/0"),
        new("one pass in float", OnePass, "came out negative"),
        new("rounds the variance of far rows", (x, g, b, e) => x.Max() > 1000 ? With(x, g, b, x.Average(), 4 + e) : Right(x, g, b, e),
            "loses its digits in float"),
        new("divides by 4", (x, g, b, e) => With(x, g, b, x.Sum() / 4.0, Square(x, x.Sum() / 4.0) * x.Length / 4 + e), "a size fixed"),
        new("writes into x", (x, g, b, e) => { float[] y = Right(x, g, b, e); y.CopyTo(x, 0); return y; }, "changed one of its inputs"));

    [Fact]
    public void Check_FixedEpsilon_IsRefused() =>
        Assert.Contains("a fixed small number", LayerNormByHand.Check((x, g, b, e) => With(x, g, b, x.Average(), Variance(x) + 1e-5)).Message);

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Norm[] all =
        [
            (x, g, b, e) => { float[] y = new float[x.Length]; Normalize.Forward(x, g, b, y, [], [], x.Length, e); return y; },
            (x, g, b, e) => { LayerNorm norm = new(x.Length,
                e); g.CopyTo(norm.Gain.Value.Span); b.CopyTo(norm.Shift.Value.Span); return norm.Forward(new Tensor([.. x], 1, x.Length)).Y.Values; },
            InFloat,
            (x, g, b, e) => OnePassInDouble(x, g, b, e),
            (x, g, b, e) => Right([.. x.Select(v => v - x[0])], g, b, e),
            Backwards,
        ];
        Assert.All(all, norm => Assert.Equal(FeedbackState.Passed, LayerNormByHand.Check(norm).State));
    }

    /// <summary>What a stranger to this check wrote; each is told of the first question that betrays it.</summary>
    [Fact]
    public void Check_MoreMistakes_AreNamed()
    {
        Mutant<Norm>[] wrong =
        [
            new("γ and β exchanged from the start", (x, g, b, e) => Right(x, b, g, e), "γ and β are exchanged"),
            new("divided by the length", (x, g, b, e) => With(x, g, b, 0, x.Sum(v => (double)v * v) + e), "divided x by its length"),
            new("0 to 1", (x, g, b, e) => [.. x.Select((v, c) => g[c] * (v - x.Min()) / (x.Max() - x.Min() + e) + b[c])], "brought the row to 0"),
            new("softmax", (x, g, b, e) => [.. x.Select((v, c) => g[c] * MathF.Exp(v - x.Max()) / x.Sum(u => MathF.Exp(u - x.Max())) + b[c])],
                "This is softmax"),
            new("γ added", (x, g, b, e) => [.. Right(x, All(x, 1), b, e).Zip(g, (y, gain) => y + gain)], "γ was added"),
            new("1 + γ", (x, g, b, e) => Right(x, [.. g.Select(gain => 1 + gain)], b, e), "not by 1 + γ"),
            new("one loop", OneLoop, "an unfinished mean"),
            new("ε as a lower limit", (x, g, b, e) => With(x, g, b, x.Average(v => (double)v), Math.Max(e, Variance(x))), "only a lower limit"),
            new("β taken away", (x, g, b, e) => Right(x, g, [.. b.Select(v => -v)], e), "You took β away"),
            new("divided by γ", (x, g, b, e) => Right(x, [.. g.Select(v => 1 / v)], b, e), "You divided by γ"),
            new("median", (x, g, b, e) => With(x, g, b, x.Order().ElementAt(x.Length / 2), Square(x, x.Order().ElementAt(x.Length / 2)) + e), "the median"),
            new("whole mean", (x, g, b, e) => With(x, g, b, (int)x.Average(), Square(x, (int)x.Average()) + e), "cut to a whole number"),
        ];
        Assert.All(wrong, mutant => Assert.Contains(mutant.Words, LayerNormByHand.Check(mutant.Code).Message));
    }

    private static float[] OneLoop(float[] x, float[] g, float[] b, float e)
    {
        double mean = 0, variance = 0;
        foreach (float v in x)
        {
            mean += v / x.Length;
            variance += (v - mean) * (v - mean) / x.Length;
        }

        return With(x, g, b, mean, variance + e);
    }

    private static float[] All(float[] x, float value) => [.. x.Select(_ => value)];

    private static double Square(float[] x, double mean) => x.Average(v => (v - mean) * (v - mean));

    private static double Variance(float[] x) => Square(x, x.Average(v => (double)v));

    private static float[] With(float[] x, float[] g, float[] b, double mean, double square) =>
        [.. x.Select((v, c) => (float)(g[c] * (v - mean) / Math.Sqrt(square) + b[c]))];

    private static float[] Right(float[] x, float[] g, float[] b, float e) => With(x, g, b, x.Average(v => (double)v), Variance(x) + e);

    private static float[] InFloat(float[] x, float[] g, float[] b, float e)
    {
        float mean = 0, square = 0;
        foreach (float v in x)
        {
            mean += v / x.Length;
        }

        foreach (float v in x)
        {
            square += (v - mean) * (v - mean);
        }

        return [.. x.Select((v, c) => g[c] * (v - mean) / MathF.Sqrt(square / x.Length + e) + b[c])];
    }

    private static float[] OnePass(float[] x, float[] g, float[] b, float e)
    {
        float sum = 0, squares = 0;
        foreach (float v in x)
        {
            sum += v;
            squares += v * v;
        }

        float mean = sum / x.Length, variance = squares / x.Length - mean * mean;

        // 100 001 and its neighbours: whether the rounded difference falls below 0 must not depend on the order of sums.
        return [.. x.Select((v, c) => g[c] * (v - mean) / MathF.Sqrt((x.Max() > 1000 ? Math.Min(variance, -1) : variance) + e) + b[c])];
    }

    private static float[] OnePassInDouble(float[] x, float[] g, float[] b, float e)
    {
        double mean = x.Average(v => (double)v);
        return With(x, g, b, mean, x.Average(v => (double)v * v) - mean * mean + e);
    }

    private static float[] Backwards(float[] x, float[] g, float[] b, float e)
    {
        double mean = x.Reverse().Sum(v => (double)v) / x.Length, root = Math.Sqrt(x.Reverse().Sum(v => Math.Pow(v - mean, 2)) / x.Length + e);
        float[] y = new float[x.Length];
        for (int c = y.Length - 1; c >= 0; c--)
        {
            y[c] = (float)((x[c] - mean) / root * g[c]) + b[c];
        }

        return y;
    }
}
