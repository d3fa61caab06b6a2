using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using Test = System.Func<System.Func<AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor>, bool>;

namespace AttentionLab.Course.Tests.Exercises;

public class PlaceTestTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Test>(PlaceTest.About, PlaceTest.Check, add => Right(add),
        new("sixty-four tokens", add => Right(add, tokens: 64), "at most 8 sequences and 32 tokens"),
        new("compares by ==", add => Right(add, tolerance: 0), "not by `==`"),
        new("asks for sines", add => Right(add) && Largest(add) > 0.5, "differ from place to place by about 0.02"),
        new("shape only", add => add(X(2, 4, 4)).Shape.SequenceEqual([2, 4, 4]), "The famous bug passed"),
        new("sequences alike only", add => Alike(Added(add, X(3, 8, 4)), 1e-4), "nothing at all"),
        new("something is added", add => Alike(Added(add, X(3, 8, 4)), 1e-4) && Largest(add) > 1e-4, "Every place got the same row"),
        new("places differ only", add => Apart(Added(add, X(3, 8, 4)), 1e-4), "Only sequence 0 got positions"),
        new("first two sequences", add =>
        {
            Tensor d =
            Added(add, X(3, 8, 4)); return Apart(d, 1e-4) && Alike(d, 1e-4, sequences: 2);
        }, "Only the *last* sequence"),
        new("four tokens", add => Right(add, tokens: 4), "places 0 and 5 got the same row"),
        new("neighbours only, from place 1", add =>
        {
            Tensor d =
            Added(add, X(3, 8, 4)); return Alike(d, 1e-4) && Enumerable.Range(1, 6).All(t => !Same(d, t, t + 1)) && !Same(d, 0, 5);
        }, "only places 0 and 1"),
        new("x of ones", add => Right(add, x: Ones()), "This layer multiplies"),
        new("a batch of copies", add => Right(add, x: Copies()), "chosen by what the token is"),
        new("x of zeros", add => Right(add, x: new Tensor(3, 8, 4)), "the row *replaces* x"));

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Test[] all =
        [
            add => Right(add, tokens: 20, sequences: 7),
            add => Right(add, tokens: 6, sequences: 2, channels: 1),
            BySequenceAlone, ByPermutedBatch, WithSets,
        ];
        Assert.All(all, test => Assert.True(PlaceTest.Check(test).State == FeedbackState.Passed, PlaceTest.Check(test).ToString()));
    }

    private static Tensor X(int sequences, int tokens, int channels) => Tensor.Gaussian(new CounterRandom(5), 1, sequences, tokens, channels);

    private static Tensor Ones()
    {
        Tensor x = new(3, 8, 4);
        x.Span.Fill(1);
        return x;
    }

    /// <summary>The same sequence of eight unlike words three times: a row that the word chooses is then the same in all.</summary>
    private static Tensor Copies()
    {
        Tensor one = X(1, 8, 4);
        for (int t = 0; t < 8; t++)
        {
            one[0, t, 0] = t / 4f - 1;
        }

        return new Tensor([.. one.Values, .. one.Values, .. one.Values], 3, 8, 4);
    }

    private static Tensor Added(Func<Tensor, Tensor> add, Tensor x) => add(x.Copy()) - x;

    private static double Largest(Func<Tensor, Tensor> add) => Added(add, X(2, 8, 4)).Values.Max(Math.Abs);

    private static bool Right(Func<Tensor, Tensor> add, int tokens = 8, int sequences = 3, int channels = 4, double tolerance = 1e-4, double apart = 1e-4,
        Tensor? x = null)
    {
        Tensor added = Added(add, x ?? X(sequences, tokens, channels));
        return Alike(added, tolerance) && Apart(added, apart);
    }

    private static bool Alike(Tensor d, double tolerance, int? sequences = null) =>
        Enumerable.Range(0, (sequences ?? d.Shape[0]) * d.Shape[1])
            .All(at => Enumerable.Range(0, d.Columns).All(c => Math.Abs(d.Row(at)[c] - d.Row(at % d.Shape[1])[c]) <= tolerance));

    private static bool Apart(Tensor d, double apart) =>
        Enumerable.Range(0, d.Shape[1]).All(t => Enumerable.Range(0, t).All(u => !Same(d, t, u, apart)));

    private static bool Same(Tensor d, int t = 0, int u = 0, double apart = 1e-4) =>
        Enumerable.Range(0, d.Columns).All(c => Math.Abs(d.Row(t)[c] - d.Row(u)[c]) <= apart);

    /// <summary>Each sequence alone must come out as in the batch, and equal tokens must come out different.</summary>
    private static bool BySequenceAlone(Func<Tensor, Tensor> add)
    {
        Tensor x = X(3, 8, 4), y = add(x), equal = add(new Tensor(1, 8, 4));
        for (int b = 0; b < 3; b++)
        {
            Tensor alone = Added(add, new Tensor(x.Values[(b * 32)..(b * 32 + 32)], 1, 8, 4));
            for (int i = 0; i < 32; i++)
            {
                if (Math.Abs(alone.Values[i] - (y.Values[b * 32 + i] - x.Values[b * 32 + i])) > 1e-4 || Math.Abs(alone.Values[i] - equal.Values[i]) > 1e-4)
                {
                    return false;
                }
            }
        }

        return Apart(equal, 1e-4);
    }

    /// <summary>The sequences in reverse order must come out in reverse order.</summary>
    private static bool ByPermutedBatch(Func<Tensor, Tensor> add)
    {
        Tensor x = X(3, 8, 4), back = new([.. x.Values[64..], .. x.Values[32..64], .. x.Values[..32]], 3, 8, 4);
        Tensor y = Added(add, x), z = Added(add, back);
        return Alike(y, 1e-4) && Alike(z, 1e-4) && Apart(z, 1e-3);
    }

    private static bool WithSets(Func<Tensor, Tensor> add)
    {
        Tensor d = Added(add, X(4, 9, 6));
        return Enumerable.Range(0, 9).Select(t => Key(0, t)).Distinct().Count() == 9
            && Enumerable.Range(0, 36).All(at => Enumerable.Range(0, 6).All(c => MathF.Abs(d.Row(at)[c] - d.Row(at % 9)[c]) < 1e-5f));

        string Key(int b, int t) => string.Join(' ', d.Row(b * 9 + t).ToArray().Select(v => MathF.Round(v, 3)));
    }
}
