using AttentionLab.Course.Exercises;
using Pairs = System.Collections.Generic.IEnumerable<(float Score, float[] Value)>;

namespace AttentionLab.Course.Tests.Exercises;

public class OnePassTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Func<Pairs, float[]>>(OnePass.About, OnePass.Check, pairs => Online(pairs),
        new("not divided", pairs => Walk(pairs, divide: false), "not divided"),
        new("value never added", pairs => [0, 0], "The result is 0"),
        new("keeps the rows in a list", Kept, "the *same* array"),
        new("sum in place of mean", pairs => Walk(pairs, weights: _ => 1, divide: false), "sum of the values"),
        new("first value only", pairs => { foreach (var (_, value) in pairs) { return [.. value]; } return []; }, "first value only"),
        new("never shrinks", pairs => Walk(pairs, shrinkSum: false, shrinkMean: false), "never made smaller"),
        new("shrinks the sum alone", pairs => Walk(pairs, shrinkMean: false), "not the sum of the values"),
        new("shrinks the mean alone", pairs => Walk(pairs, shrinkSum: false), "not the sum of the powers"),
        new("factor upside down", pairs => Walk(pairs, sign: -1), "it grows"),
        new("forgets at a new maximum", pairs => Walk(pairs, forget: true), "thrown away"),
        new("weights are the scores", pairs => Walk(pairs, weights: score => score), "The exponential is missing"),
        new("plain mean", pairs => Walk(pairs, weights: _ => 1), "the scores had no effect"),
        new("maximum follows downwards", pairs => Walk(pairs, follow: true), "It never falls"),
        new("skips lower scores", pairs => Walk(pairs, skip: true), "was left out"),
        new("plain powers", pairs => Walk(pairs, weights: score => MathF.Exp(score)), "A power became ∞"),
        new("maximum starts at 0", pairs => Walk(pairs, start: 0), "The sum is 0"),
        new("two passes", pairs => Two(pairs), "come only once"),
        new("keeps the array of the first value", Alias, "`mixed = value` keeps the *same* array"),
        new("sum starts at 1", pairs => Online(pairs, sum: 1), "starts at 1"),
        new("first pair counted twice", pairs => Online(pairs, firstTwice: true), "The first pair counts twice"),
        new("divides in the loop", pairs => Online(pairs, divideAtOnce: true), "*so far*"),
        new("new maximum not added", pairs => Online(pairs, addNew: false), "it must be added itself"),
        new("powers of 2", pairs => Online(pairs, power: x => MathF.Pow(2, x)), "powers of 2"),
        new("divides by the count", pairs => Online(pairs, byCount: true), "the number of pairs"),
        new("cuts large scores", pairs => Online(pairs.Select(pair => (Math.Clamp(pair.Score, -80, 80), pair.Value))), "were cut off"),
        new("smallest score in place of the largest", pairs => Online(pairs, smallest: true), "*smallest* score"),
        new("returns the weights", pairs => [.. pairs.Select(pair => pair.Score > 100 ? 0f : 1f)], "You returned the weights"),
        new("two numbers in each value", pairs => Online(pairs)[..2], "`value.Length`"));

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Func<Pairs, float[]>[] all =
        [
            InDouble,
            Branching,
            Folded,
            Logarithm,
            pairs => Online(pairs.Select(pair => (pair.Score, pair.Value.ToArray())).ToList()),
            pairs => { using var walk = pairs.GetEnumerator(); return Stepped(walk); },
        ];
        Assert.All(all, mean => Assert.Equal(FeedbackState.Passed, OnePass.Check(mean).State));
    }

    private static float[] Walk(
        Pairs pairs, bool divide = true, bool shrinkSum = true, bool shrinkMean = true, int sign = 1, bool forget = false, bool follow = false,
        bool skip = false,
        Func<float, float>? weights = null, float start = float.NegativeInfinity)
    {
        float top = start, sum = 0;
        float[] mixed = [0, 0];
        bool first = true;
        foreach ((float score, float[] value) in pairs)
        {
            if (skip && score < top)
            {
                continue;
            }

            float higher = follow ? score : MathF.Max(top, score), shrink = first ? 0 : MathF.Exp(sign * (top - higher)), power = MathF.Exp(score - higher);
            if (weights is not null)
            {
                (shrink, power) = (1, weights(score));
            }
            else if (!divide)
            {
                power = MathF.Exp(score);
            }

            shrink = forget && higher > top ? 0 : shrink;
            sum = (shrinkSum ? sum * shrink : sum) + power;
            for (int c = 0; c < 2; c++)
            {
                mixed[c] = (shrinkMean ? mixed[c] * shrink : mixed[c]) + power * value[c];
            }

            (top, first) = (higher, false);
        }

        return [.. mixed.Select(m => divide ? m / sum : m)];
    }

    /// <summary>The solution with mistakes that a stranger to this check made.</summary>
    private static float[] Online(
        Pairs pairs, float sum = 0, bool firstTwice = false, bool divideAtOnce = false, bool addNew = true, bool byCount = false, bool smallest = false,
        Func<float, float>? power = null)
    {
        power ??= MathF.Exp;
        float top = smallest ? float.PositiveInfinity : float.NegativeInfinity;
        float[] mixed = [];
        int count = 0;
        foreach ((float score, float[] value) in pairs)
        {
            bool first = count++ == 0;
            mixed = first ? new float[value.Length] : mixed;
            float best = smallest ? MathF.Min(top, score) : MathF.Max(top, score);
            float shrink = first ? 1 : power(top - best), own = addNew || first || best == top ? power(score - best) : 0;
            own = first && firstTwice ? 2 * own : own;
            sum = sum * shrink + own;
            for (int c = 0; c < value.Length; c++)
            {
                mixed[c] = mixed[c] * shrink + own * value[c] / (divideAtOnce ? sum : 1);
            }

            top = best;
        }

        return Array.ConvertAll(mixed, m => m / (divideAtOnce ? 1 : byCount ? count : sum));
    }

    private static float[] Alias(Pairs pairs)
    {
        float[]? mixed = null;
        int count = 0;
        foreach ((_, float[] value) in pairs)
        {
            count++;
            if (mixed is null)
            {
                mixed = value;
                continue;
            }

            for (int c = 0; c < value.Length; c++)
            {
                mixed[c] += value[c];
            }
        }

        return Array.ConvertAll(mixed!, m => m / count);
    }

    private static float[] Kept(Pairs pairs)
    {
        List<(float Score, float[] Value)> kept = [.. pairs];
        float top = kept.Max(pair => pair.Score), sum = kept.Sum(pair => MathF.Exp(pair.Score - top));
        return [.. Enumerable.Range(0, 2).Select(c => kept.Sum(pair => MathF.Exp(pair.Score - top) * pair.Value[c]) / sum)];
    }

    private static float[] Two(Pairs pairs)
    {
        float top = pairs.Max(pair => pair.Score);
        return Walk(pairs, start: top);
    }

    private static float[] InDouble(Pairs pairs)
    {
        double top = double.NegativeInfinity, sum = 0;
        double[] mixed = [];
        foreach ((float score, float[] value) in pairs)
        {
            double higher = Math.Max(top, score), shrink = Math.Exp(top - higher), power = Math.Exp(score - higher);
            (top, sum) = (higher, sum * shrink + power);
            mixed = [.. value.Select((v, c) => (c < mixed.Length ? mixed[c] * shrink : 0) + power * v)];
        }

        return [.. mixed.Select(m => (float)(m / sum))];
    }

    private static float[] Branching(Pairs pairs)
    {
        float top = float.MinValue, sum = 0;
        float[]? mixed = null;
        foreach ((float score, float[] value) in pairs)
        {
            mixed ??= new float[value.Length];
            if (score > top)
            {
                float shrink = MathF.Exp(top - score);
                sum *= shrink;
                mixed = Array.ConvertAll(mixed, m => m * shrink);
                top = score;
            }

            sum += MathF.Exp(score - top);
            for (int c = 0; c < mixed.Length; c++)
            {
                mixed[c] += MathF.Exp(score - top) * value[c];
            }
        }

        return Array.ConvertAll(mixed!, m => m / sum);
    }

    /// <summary>The mean itself is kept, not the sum: o ← o + (v − o)·w/ℓ.</summary>
    private static float[] Folded(Pairs pairs) => pairs.Aggregate((Top: float.NegativeInfinity, Sum: 0f, Mean: new float[5]), (state, pair) =>
    {
        float top = MathF.Max(state.Top, pair.Score), power = MathF.Exp(pair.Score - top), sum = state.Sum * MathF.Exp(state.Top - top) + power;
        return (top, sum, [.. state.Mean.Zip(pair.Value, (m, v) => m + (v - m) * power / sum)]);
    }).Mean;

    /// <summary>One number for maximum and sum: their logarithm.</summary>
    private static float[] Logarithm(Pairs pairs)
    {
        double log = double.NegativeInfinity;
        double[] mean = new double[5];
        foreach ((float score, float[] value) in pairs)
        {
            double top = Math.Max(log, score), next = top + Math.Log(Math.Exp(log - top) + Math.Exp(score - top)), share = Math.Exp(score - next);
            mean = [.. mean.Zip(value, (m, v) => m * (1 - share) + v * share)];
            log = next;
        }

        return Array.ConvertAll(mean, m => (float)m);
    }

    private static float[] Stepped(IEnumerator<(float Score, float[] Value)> walk)
    {
        walk.MoveNext();
        (float top, float sum, float[] mixed) = (walk.Current.Score, 1f, [.. walk.Current.Value]);
        while (walk.MoveNext())
        {
            (float score, float[] value) = walk.Current;
            float higher = Math.Max(top, score), old = MathF.Exp(top - higher), now = MathF.Exp(score - higher);
            (top, sum) = (higher, sum * old + now);
            mixed = [.. mixed.Zip(value, (m, v) => m * old + v * now)];
        }

        return [.. mixed.Select(m => m / sum)];
    }
}
