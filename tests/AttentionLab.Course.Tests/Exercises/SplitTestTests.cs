using AttentionLab.Course.Exercises;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Split = System.Func<AttentionLab.Tensors.Tensor, int, AttentionLab.Tensors.Tensor>;

namespace AttentionLab.Course.Tests.Exercises;

public class SplitTestTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Func<Split, bool>>(SplitTest.About, SplitTest.Check, split => Compare(split, 5, 12, 3),
        new("refuses everything", split => false, "You refused a right split"),
        new("accepts everything", split => true, "A reshape alone passed"),
        new("token number as value", split => Compare(split, 5, 12, 3, (t, c) => t), "h, h + H"),
        new("head 0 only", split =>
        {
            Tensor x = Numbered(5, 12), y = split(x, 3); return Enumerable.Range(0, 20)
            .All(i => y[0, i / 4, i % 4] == x[i / 4, i % 4]);
        }, "copy of head 0"),
        new("first column of each head", split =>
        {
            Tensor x = Numbered(5, 12), y = split(x, 3); return Enumerable.Range(0, 15)
            .All(i => y[i / 5, i % 5, 0] == x[i % 5, i / 5 * 4]);
        }, "very last number"),
        new("heads in any order", split =>
        {
            Tensor x = Numbered(5, 12),
            y = split(x, 3); return Enumerable.Range(0, 3)
                .All(h => Enumerable.Range(0, 3).Any(g => Enumerable.Range(0, 20).All(i => y[h, i / 4, i % 4] == x[i / 4, g * 4 + i % 4])))
                    && y[0, 0, 0] != y[1, 0, 0];
        }, "the last head comes first"),
        new("column number as value", split => Compare(split, 5, 12, 3, (t, c) => c), "Look at every token"),
        new("flat order, no shape", split =>
        {
            Tensor x = Numbered(5, 12),
            y = split(x, 3); return y.Shape[0] != 3 || Compare(split, 5, 12, 3);
        }, "Look at the shape too"));

    /// <summary>More tests that people write; each is told of the first split that slips through.</summary>
    [Fact]
    public void Check_WeakTests_AreRefused()
    {
        Mutant<Func<Split, bool>>[] weak =
        [
            new("looks at (t, h, c)", split => { Tensor x = Numbered(3, 12), y = split(x, 3); return y[1, 2, 0] == x[1, 8]; }, "refused a right split"),
            new("one token", split => Compare(split, 1, 12, 3), "A reshape alone"),
            new("one head", split => Compare(split, 5, 12, 1), "several tokens *and* several heads"),
            new("shape only", split => split(Numbered(5, 12), 3).Shape.SequenceEqual([3, 5, 4]), "not only the shape"),
            new("sum only", split => split(Numbered(5, 12), 3).Span.ToArray().Sum() == Numbered(5, 12).Span.ToArray().Sum(), "the sum"),
            new("row sums", split => { Tensor x = Numbered(5, 12), y = split(x, 3); return Enumerable.Range(0, 5)
                .All(t => Sum(x.Row(t)) == Enumerable.Range(0, 3).Sum(h => Sum(y.Row(h * 5 + t)))); }, "h, h + H"),
            new("sums of each head", split => { Tensor x = Numbered(5, 12), y = split(x, 3); return Enumerable.Range(0, 3).All(h => Enumerable.Range(0, 20)
                .Sum(i => y[h, i / 4, i % 4]) == Enumerable.Range(0, 20).Sum(i => x[i / 4, 4 * h + i % 4])); }, "a sum over tokens"),
            new("no shape, as many tokens as heads", split => Compare(split, 3, 12, 3, shape: false, (t, c) => t == 1 ? c : 0), "Look at every token"),
        ];
        Assert.All(weak, test =>
        {
            Feedback refused = SplitTest.Check(test.Code);
            Assert.Equal(FeedbackState.NotYet, refused.State);
            Assert.Contains(test.Words, refused.Message);
        });
    }

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Func<Split, bool>[] all =
        [
            split => { Tensor x = Numbered(4, 6); Tensor y =
                split(x, 2); return y.Shape.SequenceEqual([2, 4, 3]) && y.Span.SequenceEqual(Heads.Split(x, 2).Span); },
            split => { Tensor x = Numbered(4, 6); Tensor y =
                split(x, 2); return y.Rank == 3 && y.Shape[0] == 2 && Heads.Merge(y.Reshape([1, .. y.Shape])).Span.SequenceEqual(x.Span); },
            split => Enumerable.Range(2, 3).All(h => Compare(split, 7, 12, h)),
            split => Compare(split, 6, 8, 4, (t, c) => MathF.Sin(17 * t + c)),
            split => { Tensor x = Numbered(5, 8),
                y = split(x, 2); return y.Shape.SequenceEqual([2, 5, 4]) && Enumerable.Range(0, 40)
                    .All(i => Math.Abs((double)y[i % 8 / 4, i / 8, i % 4] - x[i / 8, i % 8]) < 1e-6); },
        ];
        Assert.All(all, test => Assert.Equal(FeedbackState.Passed, SplitTest.Check(test).State));
    }

    private static float Sum(ReadOnlySpan<float> x) => x.ToArray().Sum();

    private static Tensor Numbered(int tokens, int width, Func<int, int, float>? value = null)
    {
        Tensor x = new(tokens, width);
        for (int i = 0; i < x.Length; i++)
        {
            x[i / width, i % width] = (value ?? ((t, c) => 100 * t + c))(i / width, i % width);
        }

        return x;
    }

    private static bool Compare(Split split, int tokens, int width, int heads, Func<int, int, float>? value = null) =>
        Compare(split, tokens, width, heads, shape: true, value);

    private static bool Compare(Split split, int tokens, int width, int heads, bool shape, Func<int, int, float>? value)
    {
        Tensor x = Numbered(tokens, width, value), y = split(x, heads);
        int size = width / heads;
        if (shape && !y.Shape.SequenceEqual([heads, tokens, size]))
        {
            return false;
        }

        return Enumerable.Range(0, x.Length).All(i => y[i % width / size, i / width, i % width % size] == x[i / width, i % width]);
    }
}
