using AttentionLab.Course.Exercises;
using AttentionLab.Course.Experiments;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Shift = System.Func<AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor>;

namespace AttentionLab.Course.Tests.Exercises;

public class ShiftOnceTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Shift>(ShiftOnce.About, ShiftOnce.Check, Right,
        new("gives x back", x => x.Copy(), "Nothing has moved"),
        new("in place, ascending, on a copy", x => ShiftInPlace.Forward(x.Copy().Reshape([1, .. x.Shape])).Reshape(x.Shape), "Groups 0 and 2 are smeared"),
        new("in place, descending, on a copy", Descending, "Groups 1 and 3 are smeared"),
        new("in place", x => { Tensor y = Right(x); y.Span.CopyTo(x.Span); return x; }, "changed one of its inputs"),
        new("zeros at the border", x => Each(x, (i, j, c) => From(x, i, j, c, Group(x, c), outside: 0)), "holds zeros"),
        new("wraps around", x => Each(x, (i, j, c) => Wrapped(x, i, j, c)), "comes in on the other"),
        new("the wrong way", x => Each(x, (i, j, c) => From(x, i, j, c, Group(x, c) ^ 1)), "the wrong way"),
        new("the other branch", x => Each(x, (i, j, c) => From(x, i, j, c, Group(x, c) ^ 2)), "second axis first"),
        new("all the same way", x => Each(x, (i, j, c) => From(x, i, j, c, 0)), "All channels move the same way"),
        new("groups by c % 4", x => Each(x, (i, j, c) => From(x, i, j, c, c % 4)), "c % 4"),
        new("four channels only", x => Each(x, (i, j, c) => From(x, i, j, c, c < 4 ? c : 9)), "first four channels"),
        new("the rest goes right", x => Each(x, (i, j, c) => From(x, i, j, c, Math.Min(c, 3))), "all the rest"),
        new("counts 3 columns", x => { Tensor y = Right(x); if (x.Shape[1] == 5) { y[0, 4, 3] = 0; } return y; }, "do not mix them up"),
        new("one row has a neighbour", x => { Tensor y = Right(x); if (x.Shape[0] == 1) { y.Row(0)[..2].Clear(); } return y; }, "there is no neighbour"));

    /// <summary>More that people write; each is told of the first image that betrays it.</summary>
    [Fact]
    public void Check_MoreMistakes_AreRefused()
    {
        Mutant<Shift>[] wrong =
        [
            new("shape (W·H, C)", x => Right(x).Reshape(x.Rows, x.Columns), "another shape"),
            new("moves by two", x => Right(Right(x)), "moved twice"),
            new("first axis only", x => Each(x, (i, j, c) => Group(x, c) < 2 ? From(x, i, j, c, Group(x, c)) : x[i, j, c]), "Groups 2 and 3 did not move"),
            new("adds the neighbour", x => Right(x) + x, "You *added*"),
            new("axes of the result exchanged", x => { Tensor y = Right(x),
                z = new(x.Shape[1], x.Shape[0], x.Columns); for (int i = 0; i < z.Shape[0]; i++) { for (int j = 0; j < z.Shape[1]; j++) { for (int c =
                    0; c < z.Columns; c++) { z[i, j, c] = y[j, i, c]; } } } return z; }, "axes of your result"),
            new("group 2 and 3 exchanged", x => Each(x, (i, j, c) => From(x, i, j, c, Group(x, c) switch { 2 => 3, 3 => 2, var g => g })),
                "from outside of the image"),
            new("group by place", x => Each(x, (i, j, c) => From(x, i, j, c, (i + j) % 4)), "from outside of the image"),
            new("square only", x => Each(x, (i, j, c) => From(x, i, j, c, Group(x, c), x.Shape[0] == x.Shape[1] ? null : 0)), "do not mix them up"),
            new("both shifts, averaged", x => (Right(x) + Each(x, (i, j, c) => From(x, i, j, c, Group(x, c) ^ 2))) * 0.5f, "from outside of the image"),
            new("border off by one", x => Each(x, (i, j, c) => i == 0 || j == 0 ? x[i, j, c] : From(x, i, j, c, Group(x, c))), "from outside of the image"),
            new("the edge is left out", x => Each(x, (i, j, c) => Ends(i, x.Shape[0]) || Ends(j, x.Shape[1]) ? x[i, j, c] : From(x, i, j, c, Group(x, c))),
                "The whole edge kept its number"),
            new("both ends stay", x => Each(x, (i, j, c) => Group(x, c) < 2 ? Ends(i, x.Shape[0]) ? x[i, j, c] : From(x, i, j, c, Group(x, c))
                : Ends(j, x.Shape[1]) ? x[i, j, c] : From(x, i, j, c, Group(x, c))), "Both ends of each line"),
            new("loops up to length − 1", x => { Tensor y = new(x.Shape); for (int i = 0; i < x.Length - x.Columns; i++) { y.Values[i] =
                Right(x).Values[i]; } return y; }, "from outside of the image"),
        ];
        Assert.All(wrong, mutant =>
        {
            Feedback refused = ShiftOnce.Check(mutant.Code);
            Assert.Equal(FeedbackState.NotYet, refused.State);
            Assert.Contains(mutant.Words, refused.Message);
        });
    }

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Shift[] all =
        [
            x => SpatialShift.Forward(x.Reshape([1, .. x.Shape])).Reshape(x.Shape),
            Spans,
            x => new(x.Values.Select((_, at) => From(x, at / x.Columns / x.Shape[1], at / x.Columns % x.Shape[1], at % x.Columns, Group(x, at % x.Columns)))
                .ToArray(), x.Shape),
            InPlaceTheRightWay,
            x => { Tensor y = x.Copy(); for (int c = x.Columns - 1; c >= 0; c--) { for (int j = 0; j < x.Shape[1]; j++) { for (int i =
                0; i < x.Shape[0]; i++) { y[i, j, c] = From(x, i, j, c, Group(x, c)); } } } return y; },
        ];
        Assert.All(all, shift => Assert.Equal(FeedbackState.Passed, ShiftOnce.Check(shift).State));
    }

    private static Tensor Right(Tensor x) => Each(x, (i, j, c) => From(x, i, j, c, Group(x, c)));

    private static bool Ends(int at, int places) => at == 0 || at == places - 1;

    private static int Group(Tensor x, int c) => c / (x.Columns / 4);

    private static (int I, int J) Place(int i, int j, int group) =>
        group switch { 0 => (i - 1, j), 1 => (i + 1, j), 2 => (i, j - 1), 3 => (i, j + 1), _ => (i, j) };

    private static float From(Tensor x, int i, int j, int c, int group, float? outside = null)
    {
        (int a, int b) = Place(i, j, group);
        return a >= 0 && b >= 0 && a < x.Shape[0] && b < x.Shape[1] ? x[a, b, c] : outside ?? x[i, j, c];
    }

    private static float Wrapped(Tensor x, int i, int j, int c)
    {
        (int a, int b) = Place(i, j, Group(x, c));
        return x[(a + x.Shape[0]) % x.Shape[0], (b + x.Shape[1]) % x.Shape[1], c];
    }

    private static Tensor Each(Tensor x, Func<int, int, int, float> value)
    {
        Tensor y = new(x.Shape);
        for (int at = 0; at < x.Length; at++)
        {
            (int i, int j, int c) = (at / x.Columns / x.Shape[1], at / x.Columns % x.Shape[1], at % x.Columns);
            y[i, j, c] = value(i, j, c);
        }

        return y;
    }

    /// <summary>In place from the end of both axes: right for groups 0 and 2, a smear for 1 and 3.</summary>
    private static Tensor Descending(Tensor x)
    {
        Tensor y = x.Copy();
        for (int at = x.Length - 1; at >= 0; at--)
        {
            (int i, int j, int c) = (at / x.Columns / x.Shape[1], at / x.Columns % x.Shape[1], at % x.Columns);
            y[i, j, c] = From(y, i, j, c, Group(x, c));
        }

        return y;
    }

    /// <summary>In place on a copy, each group against its own direction: nothing is read after it was written.</summary>
    private static Tensor InPlaceTheRightWay(Tensor x)
    {
        Tensor ascending = ShiftInPlace.Forward(x.Reshape([1, .. x.Shape])).Reshape(x.Shape), descending = Descending(x);
        return Each(x, (i, j, c) => Group(x, c) % 2 == 0 ? descending[i, j, c] : ascending[i, j, c]);
    }

    /// <summary>Rows of channels by CopyTo, no loop over channels.</summary>
    private static Tensor Spans(Tensor x)
    {
        Tensor y = x.Copy();
        (int first, int second, int quarter) = (x.Shape[0], x.Shape[1], x.Columns / 4);
        for (int row = 0; row < x.Rows; row++)
        {
            int[] from = [row / second > 0 ? row - second : row, row / second < first - 1 ? row + second : row, row % second > 0 ? row - 1 : row,
                row % second < second - 1 ? row + 1 : row];
            for (int group = 0; group < 4; group++)
            {
                x.Row(from[group]).Slice(group * quarter, quarter).CopyTo(y.Row(row)[(group * quarter)..]);
            }
        }

        return y;
    }
}
