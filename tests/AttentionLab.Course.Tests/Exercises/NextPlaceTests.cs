using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Matrix = System.Func<int, float[,]>;

namespace AttentionLab.Course.Tests.Exercises;

public class NextPlaceTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Matrix>(NextPlace.About, NextPlace.Check, d => Blocks(d),
        new("always 16 channels", _ => Blocks(16), "It must follow the argument"),
        new("not a number", d => Of(d, (_, _) => float.NaN), "is not finite"),
        new("halves", Halves, "sine and cosine stand side by side"),
        new("1 radian for all", d => Blocks(d, (_, _) => 1), "All pairs turn by 1 radian"),
        new("zeros", d => new float[d, d], "All scores are equal"),
        new("unit matrix", d => Of(d, (i, j) => i == j ? 1 : 0), "This is the unit matrix"),
        new("transposed", d => Blocks(d, (_, w) => -w), "place *before*"),
        new("negative", d => Of(d, (i, j) => -Blocks(d)[i, j]), "wrong sign"),
        new("two places", d => Blocks(d, (_, w) => 2 * w), "the angle of *two* places"),
        new("only sines", d => Of(d, (i, j) => i == j ? 0 : Blocks(d)[i, j]), "Only the sines"),
        new("ones", d => Of(d, (_, _) => 1), "Every number of M is 1"),
        new("moved columns", d => Of(d, (i, j) => j == i + 1 ? 1 : 0), "You moved the *columns*"),
        new("built for place 5", d => Outer(d, 5), "no place may stand in M. Write"),
        new("only the fastest pair", d => Blocks(d, scale: (i, _) => i == 0 ? 1 : 0), "almost as high"),
        new("no sines", d => Of(d, (i, j) => i == j ? Blocks(d)[i, i] : 0), "Only the cosines are there"),
        new("starts with the next pair", d => Blocks(d, (i, _) => Math.Pow(10000, -2.0 * (i + 1) / d)), "turn too little"));

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Matrix[] all =
        [
            d => Of(d, (i, j) => 1000 * Blocks(d)[i, j]),
            ByTurningTheUnitMatrix,
            d => Blocks(d, scale: (i, _) => i == 0 ? 2 : 1),
            d => Product(Blocks(d, (_, w) => 3 * w), Blocks(d, (_, w) => -2 * w)),
            LeastSquares,
        ];
        Assert.All(all, m => Assert.True(NextPlace.Check(m).State == FeedbackState.Passed, NextPlace.Check(m).ToString()));
    }

    private static float[,] Of(int size, Func<int, int, float> value)
    {
        float[,] m = new float[size, size];
        for (int at = 0; at < m.Length; at++)
        {
            m[at / size, at % size] = value(at / size, at % size);
        }

        return m;
    }

    private static float[,] Blocks(int channels, Func<int, double, double>? angle = null, Func<int, double, double>? scale = null) => Of(channels, (i, j) =>
    {
        double w = Math.Pow(10000, -2.0 * (i / 2) / channels), a = angle?.Invoke(i / 2, w) ?? w, size = scale?.Invoke(i / 2, w) ?? 1;
        return i / 2 != j / 2 ? 0 : (float)(size * (i == j ? Math.Cos(a) : i < j ? -Math.Sin(a) : Math.Sin(a)));
    });

    private static float[,] Halves(int channels) => Of(channels, (i, j) =>
    {
        int half = channels / 2;
        double w = Math.Pow(10000, -2.0 * (i % half) / channels);
        return i % half != j % half ? 0 : (float)(i == j ? Math.Cos(w) : i < j ? -Math.Sin(w) : Math.Sin(w));
    });

    /// <summary>PE(p)ᵀ·PE(p + 1): right at the place p that it was made from.</summary>
    private static float[,] Outer(int channels, int place)
    {
        Tensor table = new SinusoidalPositions(channels, place + 2).Table;
        return Of(channels, (i, j) => table[place, i] * table[place + 1, j]);
    }

    private static float[,] Product(float[,] a, float[,] b) => Tensor.Matrix(a).MatMul(Tensor.Matrix(b)).ToMatrix();

    /// <summary>Rotary positions turn halves: rearranged, they turn each unit row by one place.</summary>
    private static float[,] ByTurningTheUnitMatrix(int channels)
    {
        int half = channels / 2;
        Tensor rows = new(channels, 1, channels);
        for (int i = 0; i < channels; i++)
        {
            rows[i, 0, i % 2 == 1 ? i / 2 : i / 2 + half] = 1;      // cosine first: it turns towards the sine
        }

        new RotaryPositions(channels, 2).Rotate(rows, 1);
        return Of(channels, (i, j) => rows[i, 0, j % 2 == 1 ? j / 2 : j / 2 + half]);
    }

    /// <summary>Gradient descent on ‖PE(p)·M − PE(p + 1)‖², from 0: it need not know sines at all.</summary>
    private static float[,] LeastSquares(int channels)
    {
        Tensor all = new SinusoidalPositions(channels, 129).Table, from = new(all.Values[..(128 * channels)], 128, channels),
            to = new(all.Values[channels..], 128, channels);
        Tensor m = new(channels, channels);
        for (int step = 0; step < 3000; step++)
        {
            Tensor gradient = from.Transpose().MatMul(from.MatMul(m) - to);
            Multiply.AddScaled(gradient.Span, -1f / (64 * channels), m.Span);
        }

        return m.ToMatrix();
    }
}
