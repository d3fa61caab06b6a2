using AttentionLab.Course.Exercises;
using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using Doctor = System.Func<AttentionLab.Course.Experiments.EncoderPatient, AttentionLab.Course.Experiments.EncoderBug>;

namespace AttentionLab.Course.Tests.Exercises;

public class EncoderDoctorTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.ProveRefusals<Doctor>(EncoderDoctor.About, EncoderDoctor.Check, p => Right(p),
        new("finds nothing", p => EncoderBug.None, "You found nothing, but this patient has PreNorm"),
        new("always the same", p => EncoderBug.ScaleByModel, "This patient is healthy, and you found ScaleByModel"),
        new("compares with ==", p => Right(p, limit: 0), "not by `==`"),
        new("one kind of wrong norm", p => Right(p) is EncoderBug.PreNorm ? EncoderBug.UnbiasedVariance : Right(p), "took PreNorm for UnbiasedVariance"),
        new("a norm is a norm", p => Right(p) is EncoderBug.UnbiasedVariance ? EncoderBug.PreNorm : Right(p), "took UnbiasedVariance for PreNorm"),
        new("allows a tenth", p => Right(p, limit: 0.1), "You found nothing, but this patient has UnbiasedVariance"),
        new("does not look at the weights", p => Right(p) is EncoderBug.ScaleByModel ? EncoderBug.None : Right(p), "Only the weights show it"),
        new("does not test the reach", p => Right(p) is EncoderBug.ReshapedHeads ? EncoderBug.None : Right(p), "the first word cannot reach the last one"),
        new("one sentence only", p => Right(p, twice: false), "One sentence alone does not show it"),
        new("the mean square of C = 16", p => Right(p, unbiased: 15 / 16.0), "here 0.9583"),
        new("the size of a head of C = 16", p => Right(p, size: 4), "a size stand in your code"));

    /// <summary>Not one of six constant answers passes, nor one that draws lots.</summary>
    [Fact]
    public void Check_Guesses_AreRefused()
    {
        CounterRandom lots = new(1);
        Doctor[] guesses = [.. Enum.GetValues<EncoderBug>().Select(bug => (Doctor)(_ => bug)), _ => (EncoderBug)lots.NextInt(6)];
        Assert.All(guesses, guess => Assert.Equal(FeedbackState.NotYet, EncoderDoctor.Check(guess).State));
        Assert.Equal(FeedbackState.NotStarted, EncoderDoctor.Check(_ => throw new NotImplementedException()).State);
        Assert.Equal(FeedbackState.Threw, EncoderDoctor.Check(_ => throw new InvalidOperationException("no test")).State);
    }

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Doctor[] all =
        [
            p => Right(p, limit: 5e-3),
            p => Right(p, tokens: 12),
            ByComparingWithAll,
            p => Right(p, seed: 9),
            ByLeakMap,
        ];
        Assert.All(all, doctor => Assert.Equal(FeedbackState.Passed, EncoderDoctor.Check(doctor).State));
    }

    private static EncoderBug Right(EncoderPatient p, double limit = 1e-3, bool twice = true, double? unbiased = null, int? size = null, int tokens = 8,
        ulong seed = 1)
    {
        (int c, int d) = (p.Channels, size ?? p.Channels / p.Heads);
        Tensor x = Tensor.Gaussian(new CounterRandom(seed), 1, 2, tokens, c);
        x.Span[..(tokens * c)].CopyTo(x.Span[(tokens * c)..]);
        Tensor y = p.Forward(x);
        if (twice && Difference(y.Values[..(tokens * c)], y.Values[(tokens * c)..]) > limit)
        {
            return EncoderBug.PositionsByBatch;
        }

        double[] squares = [.. Enumerable.Range(0, y.Rows).Select(t => y.Row(t).ToArray().Average(v => (double)v * v))];
        if (squares.Any(s => Math.Abs(s - 1) > limit))
        {
            return squares.All(s => Math.Abs(s - (unbiased ?? (c - 1.0) / c)) < Math.Max(limit, 1e-3)) ? EncoderBug.UnbiasedVariance : EncoderBug.PreNorm;
        }

        Tensor changed = x.Copy();
        changed.Row(0).Fill(3);
        if (Difference(p.Forward(changed).Row(tokens - 1).ToArray(), y.Row(tokens - 1).ToArray()) <= limit)
        {
            return EncoderBug.ReshapedHeads;
        }

        (Tensor q, Tensor k, Tensor w) = p.Look(x);
        double scores = Enumerable.Range(0, q.Columns).Sum(i => q.Row(0)[i] * (double)(k.Row(0)[i] - k.Row(1)[i]));
        return Math.Abs(Math.Log(w.Row(0)[0] / w.Row(0)[1]) - scores / Math.Sqrt(d)) > limit ? EncoderBug.ScaleByModel : EncoderBug.None;
    }

    /// <summary>By properties in another order, the reach by the leak detector of chapter 08, the weights by a whole softmax.</summary>
    private static EncoderBug ByLeakMap(EncoderPatient p)
    {
        Tensor one = Tensor.Gaussian(new CounterRandom(3), 1, 8, p.Channels);
        Tensor Run(Tensor t) => p.Forward(t.Reshape(1, 8, p.Channels)).Reshape(8, p.Channels);
        if (LeakMap.Of(Run, one).Cast<float>().Any(moved => moved < LeakMap.Threshold))
        {
            return EncoderBug.ReshapedHeads;
        }

        float[] y = Run(one).Values;
        double square = y.Take(p.Channels).Average(v => (double)v * v), last = y.TakeLast(p.Channels).Average(v => (double)v * v);
        if (Math.Abs(square - 1) > 2e-3)
        {
            return Math.Abs(square - last) < 2e-3 ? EncoderBug.UnbiasedVariance : EncoderBug.PreNorm;
        }

        (Tensor q, Tensor k, Tensor w) = p.Look(one.Reshape(1, 8, p.Channels));
        int size = p.Channels / p.Heads;
        Tensor own = (new Tensor(q.Values[..(8 * size)], 8, size).MatMulTransposed(new Tensor(k.Values[..(8 * size)], 8,
            size)) * (1 / MathF.Sqrt(size))).Softmax();
        return Difference(own.Values, w.Values[..64]) > 1e-3 ? EncoderBug.ScaleByModel
            : Difference(Run(Swapped(one)).Row(1).ToArray(), Run(one).Row(0).ToArray()) < 1e-3 ? EncoderBug.PositionsByBatch : EncoderBug.None;
    }

    /// <summary>By symptoms of the output alone where possible; the weights only at the end.</summary>
    private static EncoderBug ByComparingWithAll(EncoderPatient p)
    {
        Tensor ones = new(3, 16, p.Channels);
        ones.Span.Fill(1);
        Tensor y = p.Forward(ones);
        if (Difference(y.Row(0).ToArray(), y.Row(1).ToArray()) < 1e-3)
        {
            return EncoderBug.PositionsByBatch;
        }

        return Right(p, tokens: 16);
    }

    private static Tensor Swapped(Tensor x)
    {
        Tensor y = x.Copy();
        x.Row(0).CopyTo(y.Row(1));
        x.Row(1).CopyTo(y.Row(0));
        return y;
    }

    private static double Difference(float[] a, float[] b) => a.Zip(b, (u, v) => (double)Math.Abs(u - v)).Max();
}
