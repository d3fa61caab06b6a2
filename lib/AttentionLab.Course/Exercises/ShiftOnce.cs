using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 12.1: the spatial shift of S²-MLPv2. A quarter of the channels moves by one place in each of four directions; each pixel moves once,
/// and the border keeps its value. The famous mistake writes into the memory that it reads.
/// </summary>
public static class ShiftOnce
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("12.1", "Every pixel moves once", Difficulty: 2, Minutes: 10, Hints:
    [
        "Think of one number of the result: from which place of x does it come? That place depends on the group of its channel. And if this place lies "
            + "outside of the image?",
        "Make a new tensor, `Tensor y = new(x.Shape);`, and read from x only. Group 0 moves by +1 along the first axis, so y at (i, j) is x at (i − 1, j). "
            + "Group 1: (i + 1, j). Group 2: (i, j − 1). Group 3: (i, j + 1). Outside of the image: take (i, j) itself.",
        "Three loops over i, j, c. `int group = c / (x.Shape[2] / 4);`, then `(int a, int b) = group switch { 0 => (i - 1, j), 1 => (i + 1, j), 2 => (i, j - "
            + "1), _ => (i, j + 1) };`, then `bool inside = a >= 0 && a < x.Shape[0] && b >= 0 && b < x.Shape[1];` and `y[i, j, c] = inside ? x[a, b, c] : "
            + "x[i, j, c];`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's shift.</summary>
    /// <param name="shift">(W, H, C), C a multiple of 4 → (W, H, C).</param>
    public static Feedback Check(Func<Tensor, Tensor> shift) => About.Check(trial =>
    {
        Answer<Tensor> Ask(string tried, Tensor x) => trial.Call(tried, () => shift(x), x);

        Tensor square = Numbered(3, 3, 4);
        Ask("3×3 places, 4 channels, each place holds its own number", square)
            .Refuse(square.Copy(), "Nothing has moved: you gave x back.")
            .Refuse(OneImage(ShiftInPlace.Forward, square),
                "Groups 0 and 2 are smeared: your loop read numbers that it had just written. Read from x, write to a new tensor.")
            .Refuse(Backwards(square), "Groups 1 and 3 are smeared: your loop runs backwards and reads numbers that it had just written. Read from x, write "
                + "to a new tensor.")
            .Refuse(Border(square, (x, i, j, c) => 0), "The border holds zeros. Where nobody moves in, a place keeps its own number.")
            .Refuse(Border(square, (x, i, j, c) => x[(i + 3) % 3, (j + 3) % 3, c]),
                "What leaves on one side comes in on the other. The border should keep its own number instead.")
            .Refuse(Kept(square, (i, j, _) => i != 1 || j != 1),
                "The whole edge kept its number: your loops leave it out. On the edge, too, each group moves; a place keeps its number only in the group whose "
                    + "neighbour would lie outside.")
            .Refuse(Kept(square, (i, j, group) => (group < 2 ? i : j) != 1),
                "Both ends of each line kept their number. Only the end where nobody moves in keeps it: in group 0 that is row 0, and the last row takes the "
                    + "number of the row before it.")
            .Refuse(Moved(square, group => group ^ 1),
                "All four groups move the wrong way. Group 0 moves by +1 along the first axis: y at (i, j) comes from (i − 1, j).")
            .Refuse(Moved(square, group => group ^ 2),
                "You took the second axis first: that is the other branch's shift. Groups 0 and 1 move along the first axis, 2 and 3 along the second.")
            .Refuse(Right(Right(square)), "Everything moved twice, or by two places. Each number moves by one.")
            .Refuse(Moved(square, group => group < 2 ? group : -1), "Groups 2 and 3 did not move. They go along the second axis.")
            .Refuse(Exchanged(Right(square)), "The axes of your result are exchanged: write y[i, j, c], with i along the first axis.")
            .Refuse(Right(square) + square, "You *added* the neighbour. Its number takes the place of the old one.")
            .Refuse(Moved(square, group => 0), "All channels move the same way. Each quarter of them has its own direction.")
            .Expect(Right(square), "y at (i, j): group 0 from (i − 1, j), 1 from (i + 1, j), 2 from (i, j − 1), 3 from (i, j + 1); from outside of the image: "
                + "from (i, j).");

        Tensor wide = Numbered(3, 3, 8);
        Ask("8 channels: two in each group", wide)
            .Refuse(Groups(wide, c => c % 4), "Your groups are c % 4. A group is a quarter of neighbouring channels: 0 and 1, 2 and 3, 4 and 5, 6 and 7.")
            .Refuse(Groups(wide, c => c < 4 ? c : -1), "Only the first four channels moved. A group has C/4 channels.")
            .Refuse(Groups(wide, c => Math.Min(c, 3)), "Your groups are 0, 1, 2 and all the rest. A group is a quarter: C/4 channels.")
            .Expect(Right(wide), "Group of channel c: c / (C/4).");

        Tensor flat = Numbered(2, 5, 4);
        Ask("2×5 places: not a square", flat).Expect(Right(flat),
            "The first axis has x.Shape[0] places, the second x.Shape[1]: do not mix them up, and count no fixed 3.");

        Tensor line = Numbered(1, 4, 4);
        Ask("one row of 4 places", line).Expect(Right(line), "Along the first axis there is no neighbour: groups 0 and 1 stay. Groups 2 and 3 move as always.");

        Tensor random = Tensor.Gaussian(new CounterRandom(12), 1, 4, 6, 12);
        Ask("4×6 places, 12 channels, random numbers", random).Expect(Right(random), "The numbers themselves must not decide anything: only the place does.");
    });

    private static Tensor Right(Tensor x) => OneImage(image => SpatialShift.Forward(image), x);

    /// <summary>Right, but for the places (i, j) of a group that keep their number.</summary>
    private static Tensor Kept(Tensor x, Func<int, int, int, bool> keeps)
    {
        Tensor y = Right(x);
        for (int at = 0; at < x.Length; at++)
        {
            (int place, int c) = (at / x.Columns, at % x.Columns);
            y.Values[at] = keeps(place / x.Shape[1], place % x.Shape[1], 4 * c / x.Columns) ? x.Values[at] : y.Values[at];
        }

        return y;
    }

    private static Tensor Exchanged(Tensor x)
    {
        Tensor y = new(x.Shape[1], x.Shape[0], x.Columns);
        for (int at = 0; at < x.Rows; at++)
        {
            x.Row(at).CopyTo(y.Row(at % x.Shape[1] * x.Shape[0] + at / x.Shape[1]));
        }

        return y;
    }

    private static Tensor OneImage(Func<Tensor, Tensor> shift, Tensor x) => shift(x.Reshape(1, x.Shape[0], x.Shape[1], x.Columns)).Reshape(x.Shape);

    /// <summary>Place (i, j) holds 1 + its number in reading order, plus a tenth of a hundredth for each channel.</summary>
    private static Tensor Numbered(int first, int second, int channels)
    {
        Tensor x = new(first, second, channels);
        for (int i = 0; i < x.Length; i++)
        {
            x.Values[i] = 1 + i / channels + i % channels * 0.01f;
        }

        return x;
    }

    /// <summary>Each group moves as another one should.</summary>
    private static Tensor Moved(Tensor x, Func<int, int> direction) => Each(x, c => direction(4 * c / x.Columns), (x, i, j, c) => null);

    /// <summary>Other groups; −1 does not move.</summary>
    private static Tensor Groups(Tensor x, Func<int, int> group) => Each(x, group, (x, i, j, c) => null);

    /// <summary>Another border; i, j is the place outside.</summary>
    private static Tensor Border(Tensor x, Func<Tensor, int, int, int, float> outside) => Each(x, c => 4 * c / x.Columns, (x, i, j, c) => outside(x, i, j, c));

    private static Tensor Each(Tensor x, Func<int, int> group, Func<Tensor, int, int, int, float?> outside)
    {
        Tensor y = new(x.Shape);
        (int first, int second) = (x.Shape[0], x.Shape[1]);
        for (int at = 0; at < x.Length; at++)
        {
            (int i, int j, int c) = (at / x.Columns / second, at / x.Columns % second, at % x.Columns);
            (int a, int b) = group(c) switch { 0 => (i - 1, j), 1 => (i + 1, j), 2 => (i, j - 1), 3 => (i, j + 1), _ => (i, j) };
            y[i, j, c] = a >= 0 && a < first && b >= 0 && b < second ? x[a, b, c] : outside(x, a, b, c) ?? x[i, j, c];
        }

        return y;
    }

    /// <summary>In place by descending loops: 1 and 3 smear, 0 and 2 come out right.</summary>
    private static Tensor Backwards(Tensor x)
    {
        Tensor y = Right(x);
        for (int i = x.Shape[0] - 1; i >= 0; i--)
        {
            for (int j = x.Shape[1] - 1; j >= 0; j--)
            {
                for (int c = x.Columns / 4; c < x.Columns; c++)
                {
                    y[i, j, c] = (4 * c / x.Columns) switch { 1 => x[x.Shape[0] - 1, j, c], 3 => x[i, x.Shape[1] - 1, c], _ => y[i, j, c] };
                }
            }
        }

        return y;
    }
}
