using System.Numerics;
using AttentionLab.Course.Exercises;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Turning = System.Func<float[], int, float[]>;

namespace AttentionLab.Course.Tests.Exercises;

public class RotaryByHandTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Turning>(RotaryByHand.About, RotaryByHand.Check, Right,
        new("starts with zeros", (x, p) => p == 0 ? new float[x.Length] : Right(x, p), "Your result is 0"),
        new("sine and cosine exchanged", (x, p) => Pairs(x, p, (a, b, c, s) => (a * s - b * c, a * c + b * s)), "exchanged sine and cosine"),
        new("swaps the pair", (x, p) => Pairs(x, p, (a, b, c, s) => (a * s + b * c, a * c + b * s)),
            "exchanged sine and cosine: at angle 0 the cosine is 1 and the sine is 0."),
        new("places from 1", (x, p) => Right(x, p + 1), "At place 0 you turn by 1 radian"),
        new("does nothing", (x, _) => [.. x], "Nothing turned"),
        new("degrees", (x, p) => Pairs(x, p * Math.PI / 180, Turn), "1 degree"),
        new("the other way", (x, p) => Right(x, -p), "the other way"),
        new("only cosines", (x, p) => Pairs(x, p, (a, b, c, _) => (a * c, b * c)), "only multiplied by the cosine"),
        new("overwrites", (x, p) => Pairs(x, p, (a, b, c, s) => (a * c - b * s, (a * c - b * s) * s + b * c)), "from the *new* first one"),
        new("both sums", (x, p) => Pairs(x, p, (a, b, c, s) => (a * c + a * s - (b * s), a * s + a * c + (b - a) * c + (a - b) * c * Math.Sign(p))),
            "Rotary positions turn x"),
        new("sinusoids added", (x, p) => Pairs(x, p, (a, b, c, s) => (a + s, b + c - (p == 0 ? 1 : 0))), "these are sinusoidal positions"),
        new("angle 1 at every place", (x, p) => Right(x, Math.Min(p, 1)), "at every place but 0"),
        new("a sign wrong", (x, p) => Pairs(x, p, (a, b, c, s) => (a * c + b * s, a * s + b * c)), "The first number needs a minus"),
        new("neighbours", Neighbours, "You paired neighbours"),
        new("divides whole numbers", (x, p) => Pairs(x, p, Turn, i => -2 * i / x.Length), "whole numbers"),
        new("exponent i/D", (x, p) => Pairs(x, p, Turn, i => -(double)i / x.Length), "too fast"),
        new("exponent positive", (x, p) => Pairs(x, p, Turn, i => 2.0 * i / x.Length), "*more slowly*"),
        new("divides by pairs", (x, p) => Pairs(x, p, Turn, i => -4.0 * i / x.Length), "not by the number of pairs"),
        new("pairs from 1", (x, p) => Pairs(x, p, Turn, i => x.Length == 2 ? 0 : -2.0 * (i + 1) / x.Length), "Your pairs count from 1"),
        new("angles 1, 1/2", (x, p) => Pairs(x, p, Turn, i => -Math.Log(i + 1) / Math.Log(10000)), "constant *factor*"),
        new("only the first pair", (x, p) =>
        {
            float[] y = Right(x, p); for (int i = 0; i < x.Length; i++)
            {
                y[i] =
            i % (x.Length / 2) == 0 ? y[i] : x[i];
            }
            return y;
        }, "Only the first pair"),
        new("base 1000", (x, p) => Pairs(x, p, Turn, i => -1.5 * i / x.Length), "base is 1000."),
        new("base of Llama 3", (x, p) => Pairs(x, p, Turn, i => -2.0 * i / x.Length * Math.Log(500000) / Math.Log(10000)), "base is 500000"),
        new("slow pairs first", (x, p) => x.Length == 2 ? Right(x, p) : Pairs(x, p, Turn, i => -2.0 * (x.Length / 2 - 1 - i) / x.Length), "turned round"),
        new("first with last", (x, p) => [.. Half(Right(Folded(x), p), 0), .. Half(Right(Folded(x), p), 1).Reverse()], "the first number with the last"),
        new("length divided", (x, p) => [.. Right(x, p).Select(v => v / MathF.Sqrt(x.Length))], "You divided by √D"),
        new("mirrored", (x, p) => Pairs(x, p, (a, b, c, s) => (a * c - b * s, a * s - b * c)), "wrong sign: it is a·sin *plus*"),
        new("knows four numbers only", (x, p) =>
        {
            float[] y = Right(x, p); for (int i = 2; i < x.Length / 2; i++)
            {
                (y[i], y[i + x.Length / 2]) =
            (x[i], x[i + x.Length / 2]);
            }
            return y;
        }, "Four pairs"),
        new("places to 99", (x, p) => Right(x, p % 100), "The place is far"),
        new("in place", (x, p) => { Right(x, p).CopyTo(x, 0); return x; }, "changed one of its inputs"));

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Turning[] all =
        [
            Library, InFloat, Matrix,
            (x, p) => { float[] y = [.. x]; for (int step = 0; step < p; step++) { y = Right(y, 1); } return y; },
            (x, p) => { Complex[] z =
                [.. Enumerable.Range(0, x.Length / 2)
                    .Select(i => new Complex(x[i], x[i + x.Length / 2]) * Complex.FromPolarCoordinates(1, p * Math.Pow(10000, -2.0 * i / x.Length)))]; return [
                        .. z.Select(c => (float)c.Real), .. z.Select(c => (float)c.Imaginary)]; },
        ];
        Assert.All(all, turn => Assert.True(RotaryByHand.Check(turn).State == FeedbackState.Passed, RotaryByHand.Check(turn).ToString()));
    }

    private static float[] Half(float[] x, int which) => x[(which * x.Length / 2)..((which + 1) * x.Length / 2)];

    private static float[] Folded(float[] x) => [.. Half(x, 0), .. Half(x, 1).Reverse()];

    private static (double First, double Second) Turn(double a, double b, double c, double s) => (a * c - b * s, a * s + b * c);

    private static float[] Right(float[] x, int place) => Pairs(x, place, Turn);

    private static float[] Pairs(float[] x, double place, Func<double, double, double, double, (double First, double Second)> turn,
        Func<int, double>? exponent = null)
    {
        float[] y = new float[x.Length];
        int half = x.Length / 2;
        for (int i = 0; i < half; i++)
        {
            double angle = place * Math.Pow(10000, exponent?.Invoke(i) ?? -2.0 * i / x.Length);
            (double first, double second) = turn(x[i], x[i + half], Math.Cos(angle), Math.Sin(angle));
            (y[i], y[i + half]) = ((float)first, (float)second);
        }

        return y;
    }

    private static float[] Neighbours(float[] x, int place)
    {
        float[] y = new float[x.Length];
        for (int i = 0; i < x.Length / 2; i++)
        {
            double angle = place * Math.Pow(10000, -2.0 * i / x.Length);
            (double first, double second) = Turn(x[2 * i], x[2 * i + 1], Math.Cos(angle), Math.Sin(angle));
            (y[2 * i], y[2 * i + 1]) = ((float)first, (float)second);
        }

        return y;
    }

    private static float[] Library(float[] x, int place)
    {
        Tensor y = new([.. x], 1, x.Length);
        new RotaryPositions(x.Length, place + 1).Rotate(y, place);
        return y.Values;
    }

    private static float[] InFloat(float[] x, int place)
    {
        float[] y = new float[x.Length];
        for (int j = x.Length - 1; j >= 0; j--)
        {
            int half = x.Length / 2, i = j % half;
            float angle = place * MathF.Pow(10000f, -2f * i / x.Length);
            y[j] = x[j] * MathF.Cos(angle) + (j < half ? -x[j + half] : x[j - half]) * MathF.Sin(angle);
        }

        return y;
    }

    private static float[] Matrix(float[] x, int place)
    {
        int half = x.Length / 2;
        Tensor turn = new(x.Length, x.Length);
        for (int i = 0; i < half; i++)
        {
            (double s, double c) = Math.SinCos(place / Math.Pow(10000, i / (double)half));
            (turn[i, i], turn[i, i + half], turn[i + half, i], turn[i + half, i + half]) = ((float)c, (float)s, (float)-s, (float)c);
        }

        return new Tensor([.. x], 1, x.Length).MatMul(turn).Values;
    }
}
