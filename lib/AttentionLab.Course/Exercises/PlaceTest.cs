using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 09.3: the reader writes a test of a layer that adds positions to (B, T, C). Token t of every sequence must get row t. The famous bug
/// takes the row by the batch axis: code that was written for (T, B, C) gets (B, T, C), the shapes fit, and nothing crashes.
/// </summary>
public static class PlaceTest
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("09.3", "A test that finds the wrong axis", Difficulty: 2, Minutes: 12, Hints:
    [
        "What does the layer add? You can see it: output minus input. How must this difference look if you compare two sequences at the same place, and two "
            + "places of the same sequence?",
        "Take x with several sequences and several tokens, all numbers different (`Tensor.Gaussian`). Let d = y − x. Two conditions: d[b, t, c] is the same "
            + "for every b (up to 1e-4), and for two different places t the rows of d differ somewhere. Take 6 or more tokens, and compare every place with "
            + "every other.",
        "`Tensor x = Tensor.Gaussian(new CounterRandom(1), 1, 3, 8, 4);` (B = 3, T = 8, C = 4) and `Tensor d = add(x.Copy()) - x;`. For all b, t, c: if "
            + "`Math.Abs(d[b, t, c] - d[0, t, c]) > 1e-4`, return false. For all t < u: if no c has `Math.Abs(d[0, t, c] - d[0, u, c]) > 1e-4`, return false. "
            + "At the end return true.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's test by giving it layers of which we know whether they are right.</summary>
    /// <param name="isRight">True if the given layer, (B, T, C) → (B, T, C), adds one row for each place, the same in every sequence.</param>
    public static Feedback Check(Func<Func<Tensor, Tensor>, bool> isRight) => About.Check(trial =>
    {
        Ask("sinusoidal positions: right", true, x => new SinusoidalPositions(x.Columns, x.Shape[1]).Forward(x),
            "You refused the right one. Row t is added to token t of *every* sequence: output minus input is the same in all sequences. Compare it with a "
                + "tolerance of about 1e-4, not by `==`.");
        Ask("a learned table, of small numbers: right", true, x => Add(x, (_, t) => t, learned: true),
            "You refused a learned table. Its rows are small random numbers: they need not be sines, and they differ from place to place by about 0.02.");
        Ask("the row is taken by the batch axis", false, x => Add(x, (b, _) => b),
            "The famous bug passed: sequence b got row b at all its places. Use several sequences and several tokens. In one sequence the places must differ, "
                + "at one place the sequences must not.");
        Ask("nothing is added", false, x => x.Copy(),
            "This layer adds nothing at all, and your test let it pass. Two places of one sequence must get different rows.");
        Ask("every place gets row 0", false, x => Add(x, (_, _) => 0), "Every place got the same row here. Compare two places of one sequence.");
        Ask("only the first sequence gets positions", false, x => Add(x, (b, t) => b == 0 ? t : -1),
            "Only sequence 0 got positions. Look at the other sequences too.");
        Ask("only the last sequence gets none", false, x => Add(x, (b, t) => b < x.Shape[0] - 1 || b == 0 ? t : -1),
            "Only the *last* sequence got no positions. Compare every sequence with the first one.");
        Ask("the row is b·T + t: places count on through the batch", false, x => Add(x, (b, t) => b * x.Shape[1] + t),
            "Here the second sequence goes on where the first ended. At one place all sequences must get the same row.");
        Ask("the row is b + t: each sequence begins one place later", false, x => Add(x, (b, t) => b + t),
            "Here sequence b begins at place b. At one place all sequences must get the same row.");
        Ask("places count 0 to 4, then from 0 again", false, x => Add(x, (_, t) => t % 5),
            "Here places 0 and 5 got the same row. Take longer sequences, and compare every place with every other, not only with its neighbour.");
        Ask("place 1 gets the row of place 0, all others their own", false, x => Add(x, (_, t) => t == 1 ? 0 : t),
            "Here only places 0 and 1 share a row. Compare every place with every other, the first ones too.");
        Ask("the row is chosen by the word, not by its place", false, x => Add(x, (b, t) => (int)(10 + 4 * Math.Clamp(x[b, t, 0], -2, 2))),
            "Here the row is chosen by what the token is. Fill x with different numbers in each sequence: at one place all sequences must still get the same "
                + "row.");
        Ask("x is multiplied by the row, not added", false, x => Multiplied(x),
            "This layer multiplies. What it adds then depends on x. Fill x with many different numbers, and other ones in each sequence.");
        Ask("the row stands in the place of x: the word is lost", false, x => Add(new Tensor(x.Shape), (_, t) => t),
            "Here the row *replaces* x, and the word is lost. Where x is 0, nothing shows. Fill x with numbers, and look at output minus input.");

        void Ask(string tried, bool right, Func<Tensor, Tensor> layer, string mistake) =>
            trial.Call(tried, () => isRight(x => layer(Fitting(x)))).Expect(right, mistake);
    });

    private static Tensor Fitting(Tensor x) => x.Rank == 3 && x.Shape[0] <= 8 && x.Shape[1] <= 32
        ? x
        : throw new ArgumentException($"x has shape {Tensor.Describe(x.Shape)} but a layer takes (B, T, C) with at most 8 sequences and 32 tokens: make x "
            + $"smaller.");

    /// <summary>x plus a row of a table, chosen by sequence and token; a negative row adds nothing.</summary>
    private static Tensor Add(Tensor x, Func<int, int, int> row, bool learned = false)
    {
        int rows = x.Shape[0] * x.Shape[1] + x.Shape[0] + 32;
        Tensor table = learned ? Tensor.Gaussian(new CounterRandom(93), 0.02, rows, x.Columns) : new SinusoidalPositions(x.Columns, rows).Table, y = x.Copy();
        for (int at = 0; at < x.Rows; at++)
        {
            if (row(at / x.Shape[1], at % x.Shape[1]) is int chosen and >= 0)
            {
                Multiply.AddScaled(table.Row(chosen), 1, y.Row(at));
            }
        }

        return y;
    }

    private static Tensor Multiplied(Tensor x)
    {
        Tensor table = new SinusoidalPositions(x.Columns, x.Shape[1]).Table, y = x.Copy();
        for (int i = 0; i < y.Length; i++)
        {
            y.Values[i] *= table[i / x.Columns % x.Shape[1], i % x.Columns];
        }

        return y;
    }
}
