using AttentionLab.Course.Exercises;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Attention = System.Func<float[], float[][], float[][], float[]>;

namespace AttentionLab.Course.Tests.Exercises;

public class AttendByHandTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Attention>(AttendByHand.About, AttendByHand.Check, (q, k, v) => Attend(q, k, v),
        new("averages the keys", (q, k, v) => Attend(q, k, k), "You returned the key"),
        new("never divides by the sum", (q, k, v) => Attend(q, k, v, normalise: false, stable: false), "do not sum to 1"),
        new("adds the values", (q, k, v) => Sum(Enumerable.Repeat(1f, k.Length), v), "added the values"),
        new("plain mean", (q, k, v) => Sum(Enumerable.Repeat(1f / k.Length, k.Length), v), "same weight"),
        new("returns the weights", (q, k, v) => [.. Softmax(k.Select(key => Dot(q, key) / MathF.Sqrt(q.Length)))], "These are the weights"),
        new("the best only", (q, k, v) => v[k.Index().MaxBy(key => Dot(q, key.Item)).Index], "Only one value came out"),
        new("leaves out the first key", (q, k, v) => k.Length == 1 ? v[0] : Attend(q, k[1..], v[1..]), "The first key is missing"),
        new("leaves out the last key", (q, k, v) => k.Length == 1 ? v[0] : Attend(q, k[..^1], v[..^1]), "The last key is missing"),
        new("divides by the number of keys", (q, k, v) => [.. Attend(q, k, v).Select(x => x / k.Length)], "once too often"),
        new("multiplies by √D", (q, k, v) => Attend(q, k, v, scale: MathF.Sqrt(q.Length)), "*multiplied*"),
        new("powers of 2", (q, k, v) => Attend(q, k, v, scale: MathF.Log(2) / MathF.Sqrt(q.Length)), "powers of 2"),
        new("no scale", (q, k, v) => Attend(q, k, v, scale: 1), "plain dot product"),
        new("divides by D", (q, k, v) => Attend(q, k, v, scale: 1f / q.Length), "divided by D = 2"),
        new("divides by √2 always", (q, k, v) => Attend(q, k, v, scale: 1 / MathF.Sqrt(2)), "divided by √2"),
        new("divides by the root of the value's width", (q, k, v) => Attend(q, k, v, scale: 1 / MathF.Sqrt(v[0].Length)), "*value's* length"),
        new("divides by the root of the number of keys", (q, k, v) => Attend(q, k, v, scale: 1 / MathF.Sqrt(k.Length)), "number of keys"),
        new("minus in the exponential", (q, k, v) => Attend(q, k, v, scale: -1 / MathF.Sqrt(q.Length)), "a minus too much"),
        new(
            "cosine, guarded", (q, k, v) => Sum(Softmax(k.Select(key => Dot(q, key) / MathF.Max(1e-9f, MathF.Sqrt(Dot(q, q) * Dot(key, key))))), v),
            "cosine as score"),
        new("divides by the length of q", (q, k, v) => Sum(Softmax(k.Select(key => Dot(q, key) / MathF.Sqrt(Dot(q, q)))), v), "length 0 gave NaN"),
        new("shares without exponential", (q, k, v) => Sum(Shares(k.Select(key => Dot(q, key) == 0 ? 1 : Dot(q, key))), v), "without the exponential"),
        new("overflows", (q, k, v) => Attend(q, k, v, stable: false), "overflows to ∞"),
        new("subtracts the smallest, in double", (q, k, v) => AttendInDouble(q, k, v, scores => scores.Min()), "but not the *largest*"),
        new("largest score starts at 0", (q, k, v) => Attend(q, k, v, start: 0), "start at 0"),
        new("output as long as the query", (q, k, v) => [.. Attend(q, k, v).Concat(new float[q.Length]).Take(q.Length)], "another shape"),
        new("scales the query in place", (q, k, v) => { q[0] /= MathF.Sqrt(q.Length); return Attend(q, k, v); }, "changed one of its inputs"));

    [Fact]
    public void Check_UnusualAnswers_Pass() => Mutants.Accept<Attention>(AttendByHand.Check,
        (q, k, v) => ScaledDotProductAttention.Forward(Tensor.FromRows(q), Tensor.FromRows(k), Tensor.FromRows(v)).Output.Values,
        (q, k, v) => (Tensor.FromRows(q).MatMulTransposed(Tensor.FromRows(k)) * (1 / MathF.Sqrt(q.Length))).Softmax().MatMul(Tensor.FromRows(v)).Values,
        (q, k, v) => AttendInDouble(q, k, v, scores => scores.Max()),
        (q, k, v) => Attend(q, [.. k.Reverse()], [.. v.Reverse()]),
        (q, k, v) =>
        {
            // One pass over the keys: the largest score so far, and all sums follow it.
            float[] copy = [.. q.Select(x => x / MathF.Sqrt(q.Length))], sum = new float[v[0].Length];
            (float top, float total) = (float.NegativeInfinity, 0);
            for (int j = 0; j < k.Length; j++)
            {
                float score = Dot(copy, k[j]), larger = Math.Max(top, score), keep = MathF.Exp(top - larger), power = MathF.Exp(score - larger);
                (top, total) = (larger, total * keep + power);
                sum = [.. sum.Zip(v[j], (s, x) => s * keep + power * x)];
            }

            return [.. sum.Select(s => s / total)];
        });

    private static float[] Attend(
        float[] q, float[][] k, float[][] v, bool normalise = true, bool stable = true, float? scale = null, float start = float.NegativeInfinity)
    {
        float[] scores = [.. k.Select(key => Dot(q, key) * (scale ?? 1 / MathF.Sqrt(q.Length)))];
        float top = stable ? MathF.Max(start, scores.Max()) : 0;
        float[] weights = [.. scores.Select(score => MathF.Exp(score - top))];
        return Sum(normalise ? Shares(weights) : weights, v);
    }

    private static float[] AttendInDouble(float[] q, float[][] k, float[][] v, Func<double[], double> shift)
    {
        double[] scores = [.. k.Select(key => q.Zip(key, (x, y) => (double)x * y).Sum() / Math.Sqrt(q.Length))];
        double[] powers = [.. scores.Select(score => Math.Exp(score - shift(scores)))];
        return Sum(powers.Select(power => (float)(power / powers.Sum())), v);
    }

    private static float Dot(float[] a, float[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static float[] Softmax(IEnumerable<float> scores) => Shares(scores.Select(MathF.Exp));

    private static float[] Shares(IEnumerable<float> weights) => [.. weights.Select(weight => weight / weights.Sum())];

    private static float[] Sum(IEnumerable<float> weights, float[][] values) =>
        [.. Enumerable.Range(0, values[0].Length).Select(d => weights.Zip(values, (weight, value) => weight * value[d]).Sum())];
}
