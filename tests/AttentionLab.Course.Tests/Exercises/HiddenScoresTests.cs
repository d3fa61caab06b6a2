using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using Weigh = System.Func<float[], bool[], float[]>;

namespace AttentionLab.Course.Tests.Exercises;

public class HiddenScoresTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Weigh>(HiddenScores.About, HiddenScores.Check, Right,
        new("divides the scores", (s, v) => [.. s.Select(x => x / s.Sum())], "sum of the scores"),
        new("no division", (s, v) => [.. s.Zip(v, (x, seen) => seen ? MathF.Exp(x - Top(s, v)) : 0)], "The division is missing"),
        new("sees the hidden", (s, v) => Right(s, [.. v.Select(x => !x)]), "Everything is visible, and nothing got weight"),
        new("guards the sum", (s, v) => [.. Right(s, v).Select(w => w / 1.001f)], "small number to the sum"),
        new("largest starts at 0", (s, v) =>
        {
            float[] p = [.. s.Zip(v, (x, seen) => seen ? MathF.Exp(x - MathF.Max(0, Top(s, v))) : 0)];
            return p.Sum() == 0 ? p : [.. p.Select(x => x / p.Sum())];
        }, "Start it at −∞"),
        new("ignores the mask", (s, v) => Plain(s), "The mask has no effect"),
        new("hidden scores become 0", (s, v) => Plain([.. s.Zip(v, (x, seen) => seen ? x : 0)]), "a score of 0 has weight"),
        new("clears after softmax", (s, v) => [.. Plain(s).Zip(v, (w, seen) => seen ? w : 0)], "*after* softmax"),
        new("mask the other way round", (s, v) => v.All(x => x) ? Plain(s) : Right(s, [.. v.Select(x => !x)]), "other way round"),
        new("leaves hidden places out", (s, v) => [.. Right(s, v).Where((_, j) => v[j])], "Hidden places are missing"),
        new("largest score over all", (s, v) => Loop(s, v, s.Max()), "it was the largest score"),
        new("no largest score", (s, v) => Loop(s, v, 0), "e^10000 is ∞"),
        new("adds −∞ to the score", (s, v) => s.Any(float.IsNaN) ? Plain([.. s.Zip(v, (x, seen) => x + (seen ? 0 : float.NegativeInfinity))]) : Right(s, v),
            "NaN + (−∞) is NaN"),
        new("−10⁹ in place of the score", (s, v) => Plain([.. s.Zip(v, (x, seen) => seen ? x : -1e9f)]), "−10⁹ is not “never”"),
        new("−10³⁰ in place of the score", (s, v) => Plain([.. s.Zip(v, (x, seen) => seen ? x : -1e30f)]), "equally impossible"),
        new("0/0", (s, v) => v.Contains(true) ? Right(s, v) : [.. s.Select(_ => 0f / (s.Length - 4))], "return zeros."),
        new("plain softmax if nothing is visible", (s, v) => v.Contains(true) ? Right(s, v) : Plain(s), "changes nothing"),
        new("writes into the scores", (s, v) => { float[] w = Right(s, v); w.CopyTo(s, 0); return w; }, "changed one of its inputs"));

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Weigh[] all =
        [
            InDouble,
            (s, v) => { float[] w = new float[s.Length]; MaskedSoftmax.Forward(s, w, 1, s.Length, 1, new AttendMask { Keys = v }); return w; },
            (s, v) => Plain([.. s.Zip(v, (x, seen) => seen ? x : float.NegativeInfinity)]),
            Backwards,
            (s, v) => { float[] copy = [.. s]; for (int j = 0; j < s.Length; j++) { copy[j] =
                v[j] ? s[j] : float.NegativeInfinity; } Softmax.Forward(copy, copy, 1, s.Length); return copy; },
        ];
        Assert.All(all, weigh => Assert.Equal(FeedbackState.Passed, HiddenScores.Check(weigh).State));
    }

    private static float[] Plain(float[] scores)
    {
        float[] weights = new float[scores.Length];
        Softmax.Forward(scores, weights, 1, scores.Length);
        return weights;
    }

    private static float[] Right(float[] scores, bool[] visible) =>
        visible.Contains(true) ? Loop(scores, visible, scores.Where((_, j) => visible[j]).Max()) : new float[scores.Length];

    private static float Top(float[] scores, bool[] visible) => scores.Where((_, j) => visible[j]).DefaultIfEmpty(0).Max();

    private static float[] Loop(float[] scores, bool[] visible, float top)
    {
        float[] powers = [.. scores.Zip(visible, (s, seen) => seen ? MathF.Exp(s - top) : 0)];
        float sum = powers.Sum();
        return [.. powers.Select(p => p / sum)];
    }

    private static float[] InDouble(float[] scores, bool[] visible)
    {
        double[] seen = [.. scores.Where((_, j) => visible[j]).Select(s => (double)s)];
        double sum = seen.Sum(s => Math.Exp(s - seen.Max()));
        return [.. scores.Select((s, j) => visible[j] ? (float)(Math.Exp(s - seen.Max()) / sum) : 0)];
    }

    private static float[] Backwards(float[] scores, bool[] visible)
    {
        float[] weights = new float[scores.Length];
        float top = float.NegativeInfinity, sum = 0;
        for (int j = scores.Length - 1; j >= 0; j--)
        {
            top = visible[j] && scores[j] > top ? scores[j] : top;
        }

        for (int j = scores.Length - 1; j >= 0; j--)
        {
            weights[j] = visible[j] ? MathF.Exp(scores[j] - top) : 0;
            sum += weights[j];
        }

        for (int j = 0; j < scores.Length && sum > 0; j++)
        {
            weights[j] /= sum;
        }

        return weights;
    }
}
