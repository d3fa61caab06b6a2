namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 09.1: rotary positions of one vector. The pair (x_i, x_{i+D/2}) at place p turns by the angle p·10000^(−2i/D), so that the product of a
/// turned query and a turned key depends on the distance of their places only.
/// </summary>
public static class RotaryByHand
{
    /// <summary>Near places, and far ones, where a float's angle has lost digits: 500 radians in float32 are known to 3·10⁻⁵.</summary>
    private const double Near = 1e-4, Far = 1e-3;

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("09.1", "Turn a vector by its place", Difficulty: 2, Minutes: 10, Hints:
    [
        "A turn in the plane takes two numbers and gives two: (a, b) becomes (a·cos − b·sin, a·sin + b·cos). Which two numbers of x form pair i? And which "
            + "angle has this pair at place p?",
        "Half of the length is the number of pairs. Pair i is `x[i]` and `x[i + half]`, for i from 0 to half − 1. Its angle, in radians, is p·10000^(−2i/D): "
            + "the first pair turns by 1 at each place, the later ones more slowly. Write into a new array: x must stay, and the second number needs the "
            + "*old* first one.",
        "`double angle = place * Math.Pow(10000, -2.0 * i / x.Length);` (2.0, not 2: whole numbers would be divided without a rest). Then `y[i] = "
            + "(float)(x[i] * Math.Cos(angle) - x[i + half] * Math.Sin(angle));` and `y[i + half] = (float)(x[i] * Math.Sin(angle) + x[i + half] * "
            + "Math.Cos(angle));`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's rotation.</summary>
    /// <param name="turn">(x (D), place) → (D).</param>
    public static Feedback Check(Func<float[], int, float[]> turn) => About.Check(trial =>
    {
        Answer<float[]> Ask(string tried, float[] x, int place) => trial.Call(tried, () => turn(x, place), x);

        Ask("(3, 4) at place 0: nothing turns", [3, 4], 0)
            .Refuse([0, 0], "Your result is 0. At place 0 the angle is 0, cos 0 = 1 and sin 0 = 0: the vector stays as it is.")
            .Refuse([4, 3], "You exchanged sine and cosine: at angle 0 the cosine is 1 and the sine is 0.")
            .Refuse([-4, 3], "You exchanged sine and cosine: at angle 0 the cosine is 1 and the sine is 0, so nothing turns.")
            .Refuse(Turn([3, 4], 1), "At place 0 you turn by 1 radian. Places count from 0, and the angle is place *times* 10000^(−2i/D): at place 0 nothing "
                + "turns.", Near)
            .Refuse([3, -4], "The second number has the wrong sign: it is a·sin *plus* b·cos.")
            .Refuse([(float)(3 / Math.Sqrt(2)), (float)(4 / Math.Sqrt(2))], "You divided by √D. That belongs to the score; a turn keeps the length.", Near)
            .Expect([3, 4], "At place 0 every angle is 0: the vector stays as it is.", Near);

        double c = Math.Cos(1), s = Math.Sin(1);
        Ask("(1, 0) at place 1: it turns by 1 radian", [1, 0], 1)
            .Refuse([1, 0], "Nothing turned, or by whole turns: no 2π stands in the angle. For the first pair it is the place itself, in radians.")
            .Refuse([(float)Math.Cos(Math.PI / 180), (float)Math.Sin(Math.PI / 180)],
                "You turned by 1 degree. The angle is in radians, as `Math.Cos` takes it: do not convert it.", Near)
            .Refuse([(float)c, (float)-s], "You turned the other way. The second number is a·sin + b·cos, the first a·cos − b·sin.", Near)
            .Refuse([(float)c, 0], "You only multiplied by the cosine. That makes the vector shorter; a turn also moves a part of the first number into the "
                + "second.", Near)
            .Refuse([(float)c, (float)(c * s)],
                "The second number was computed from the *new* first one. Both need the old numbers: write into another array.", Near)
            .Refuse([(float)(c + s), (float)(s + c)],
                "You added the sine and the cosine, as with sinusoidal positions. Rotary positions turn x; they add nothing.", Near)
            .Refuse([(float)(1 + s), (float)c],
                "You added sine and cosine to x: these are sinusoidal positions. Rotary positions turn the pair; they add nothing.", Near)
            .Expect([(float)c, (float)s], "(1, 0) turned by 1 radian is (cos 1, sin 1).", Near);

        Ask("(3, 4) at place 7", [3, 4], 7)
            .Refuse([(float)(3 * Math.Cos(7) + 4 * Math.Sin(7)), (float)(3 * Math.Sin(7) + 4 * Math.Cos(7))],
                "The first number needs a minus: a·cos − b·sin. The length must stay 5.", Near)
            .Refuse(Turn([3, 4], 1), "You turn by 1 radian at every place but 0. Multiply the angle by the place.", Near)
            .Expect(Turn([3, 4], 7), "(a, b) becomes (a·cos − b·sin, a·sin + b·cos). The length must stay 5: look at the signs.", Near);

        float[] four = [1, 2, 3, 4];
        Ask("four numbers at place 2: two pairs, (1, 3) and (2, 4), with the angles 2 and 0.02", four, 2)
            .Refuse(Neighbours(four, 2), "You paired neighbours, (1, 2) and (3, 4), as the paper of RoPE does. It works too, but queries and keys of this "
                + "library pair halves, as Llama does: x[i] with x[i + D/2].", Near)
            .Refuse(Turn(four, 2, _ => 1),
                "Both pairs turn by the same angle. Pair i has the angle place·10000^(−2i/D). Beware of `-2 * i / D` in whole numbers: it is 0 here. Write "
                    + "`-2.0 * i / D`.", Near)
            .Refuse(Turn(four, 2, i => Math.Pow(10000, -i / 4.0)), "The second pair turns too fast: its exponent is −2i/D, and you took −i/D.", Near)
            .Refuse(Turn(four, 2, i => Math.Pow(10000, 2.0 * i / 4)), "The second pair must turn *more slowly*: the exponent −2i/D is negative.", Near)
            .Refuse(Turn(four, 2, i => Math.Pow(10000, -2.0 * i / 2)),
                "The second pair turns far too slowly: divide 2i by D, the length of x, not by the number of pairs.", Near)
            .Refuse(Turn(four, 2, i => Math.Pow(10000, -2.0 * (i + 1) / 4)),
                "Your pairs count from 1. Pair 0 has the exponent 0: it turns by the place itself.", Near)
            .Refuse(Turn(four, 2, i => Math.Pow(10000, -2.0 * (1 - i) / 4)),
                "The order of the pairs is turned round: pair 0 turns fastest, by the place itself.", Near)
            .Refuse(Ends(four, 2), "You paired the first number with the last, (1, 4) and (2, 3). Pair i is x[i] with x[i + D/2].", Near)
            .Refuse(Turn(four, 2, i => Math.Pow(1000, -2.0 * i / 4)), "Your base is 1000. Here it is 10000.", Near)
            .Refuse(Turn(four, 2, i => Math.Pow(500000, -2.0 * i / 4)), "Your base is 500000, as in Llama 3. Here it is 10000, as in the paper of RoPE.", Near)
            .Refuse(Turn(four, 2, i => 1.0 / (i + 1)), "The angles go down as 1, 1/2, 1/3. They go down by a constant *factor*: 10000^(−2i/D).", Near)
            .Refuse([Turn(four, 2)[0], 2, Turn(four, 2)[2], 4], "Only the first pair turned. Every pair turns, the later ones by smaller angles.", Near)
            .Expect(Turn(four, 2), "Pair i is x[i] with x[i + D/2], and turns by place·10000^(−2i/D).", Near);

        float[] eight = [1, -1, 2, 0.5f, -2, 3, 1, 4];
        Ask("eight numbers at place 5", eight, 5).Expect(Turn(eight, 5),
            "Four pairs, with the angles 5·10000^(−2i/8). Four numbers were right: is a length fixed in your code?", Near);
        Ask("eight numbers at place 500", eight, 500).Expect(Turn(eight, 500),
            "The place is far, and the rule is the same: pair i turns by 500·10000^(−2i/8).", Far);

        float[] query = [1, 2, -1, 0.5f, 3, 1, 0, 2], key = [0, 1, 1, 2, -1, 2, 1, 1];
        trial.Call("the score of a query at 3 and a key at 10 is that of the same query at 203 and key at 210",
                () => new[] { Dot(turn(query, 3), turn(key, 10)), Dot(turn(query, 203), turn(key, 210)) }, query, key)
            .Expect([Score(7), Score(7)], "The score of a turned query and a turned key must depend on the distance of their places only.", Far);

        float Score(int distance) => Dot(query, Turn(key, distance));
    });

    /// <summary>The right answer, with other angles if wanted: the factor of the place for pair i.</summary>
    private static float[] Turn(float[] x, int place, Func<int, double>? factor = null)
    {
        float[] y = new float[x.Length];
        int half = x.Length / 2;
        for (int i = 0; i < half; i++)
        {
            (double s, double c) = Math.SinCos(place * (factor?.Invoke(i) ?? Math.Pow(10000, -2.0 * i / x.Length)));
            (y[i], y[i + half]) = ((float)(x[i] * c - x[i + half] * s), (float)(x[i] * s + x[i + half] * c));
        }

        return y;
    }

    private static float[] Neighbours(float[] x, int place)
    {
        int half = x.Length / 2;
        float[] turned = Turn([.. Enumerable.Range(0, x.Length).Select(i => x[i < half ? 2 * i : 2 * (i - half) + 1])], place);
        return [.. Enumerable.Range(0, x.Length).Select(i => turned[i / 2 + (i % 2) * half])];
    }

    private static float[] Ends(float[] x, int place)
    {
        float[] turned = Turn([.. x[..(x.Length / 2)], .. x[(x.Length / 2)..].Reverse()], place);
        return [.. turned[..(x.Length / 2)], .. turned[(x.Length / 2)..].Reverse()];
    }

    private static float Dot(float[] a, float[] b) => (float)a.Zip(b, (x, y) => (double)x * y).Sum();
}
