using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 08.2: the vector of a sentence, whatever stands in its padding. Self-attention among the words, then the mean over the words.
/// Padding may be anywhere and hold anything: zeros, large numbers, NaN.
/// </summary>
public static class PaddingProof
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("08.2", "A sentence without its padding", Difficulty: 2, Minutes: 12, Hints:
    [
        "Padding can get in by two ways: as a *key* in the attention, and as a *row* of the mean. Which of the two does a mask of keys stop?",
        "Attention: `ScaledDotProductAttention.Forward(x, x, x, AttentionMask.Keys(real)).Output` hides padding as keys. The rows of padding still have an "
        + "output (they look at the words): leave them out of the mean, and divide by the number of *words*, not by `x.Rows`.",
        "`Tensor y = ScaledDotProductAttention.Forward(x, x, x, AttentionMask.Keys(real)).Output;`, then for each t with `real[t]` add `y[t, c]` to `sum[c]`; "
        + "at the end divide by `real.Count(r => r)`. Do not multiply by 0 where you can skip: 0·NaN is NaN.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's sentence vector.</summary>
    /// <param name="vector">(x (T, C), real (T): true for a word) → (C): mean over the words of softmax(x·xᵀ/√C)·x among the words.</param>
    public static Feedback Check(Func<Tensor, bool[], float[]> vector) => About.Check(trial =>
    {
        Answer<float[]> Ask(string tried, Tensor x, bool[] real) => trial.Call(tried, () => vector(x, [.. real]), x);
        CounterRandom random = new(82);

        Tensor words = Tensor.Gaussian(random, 1, 4, 3);
        float[] right = Right(words);
        Ask("four words, no padding", words, [true, true, true, true])
            .Refuse(Mean(words, 4), "This is the mean of the inputs: nothing was attended to.")
            .Refuse(Mean(Attend(words, null, 1), 4), "The scale is missing: scores are divided by √3.")
            .Refuse([.. right.Select(r => 4 * r)], "This is the sum over the words. Divide by their number.")
            .Refuse(Mean(Attend(words, null, 1 / 3f), 4), "You divided the scores by C. It is √C, here √3.")
            .Refuse([.. right.Select(r => r * 4 / 5)], "You divided by one more than the number of words.")
            .Refuse([0, 0, 0], "Nothing was seen: is your mask the other way round? In `AttentionMask.Keys`, `true` means visible.")
            .Refuse(Mean(ScaledDotProductAttention.Forward(words, words, words, AttentionMask.Causal).Output, 4),
                "Your mask is causal. Here each word sees all words, the later ones too.")
            .Refuse(Attend(words, null).Row(0).ToArray(), "This is what the first word found. Take the mean over all words.")
            .Refuse(Largest(Attend(words, null)), "You took the largest number of each column. Take the mean.")
            .Expect(right, "Without padding: self-attention of all words, then the mean of its rows.");

        (Tensor padded, bool[] real) = Padded(words, 0.5f);
        Tensor zeros = Padded(words, 0).X;
        Ask("the same four words and three rows of 0.5 as padding", padded, real)
            .Refuse(Mean(Attend(padded, null), 7), "The padding takes part everywhere. Hide its keys with a mask, and leave its rows out of the mean.")
            .Refuse(Mean(Attend(padded, real), 7),
                "The keys are hidden, but the mean runs over all seven rows. The rows of padding have an output too: leave them out.")
            .Refuse([.. right.Select(r => r * 4 / 7)], "You add up the words only, but divide by seven. Divide by the number of words.")
            .Refuse(Mean(Attend(padded, null), 4), "The mean is over the words now, but as *keys* the padding still takes weight. Hide it in the attention.")
            .Refuse(Mean(Attend(zeros, null), 4), "You set the padding to zeros. But a score of 0 is not “no weight”: e⁰ = 1. Hide the keys with a mask.")
            .Refuse(Mean(Attend(zeros, null), 7),
                "You set the padding to zeros, and it still takes part: a score of 0 has the weight e⁰ = 1, and a row of zeros counts in the mean.")
            .Refuse(Kept(padded, real), "You set the weights of padding to 0 after softmax, and the rest no longer sums to 1. Hide *before* softmax.")
            .Refuse(Queries(padded, real), "Your mask hides padding as *queries*: then words still look at it. Hide it as *keys*.")
            .Expect(right, "The padding changed the vector. It must be the same as without padding.");

        (Tensor loud, real) = Padded(words, 50);
        Ask("the same with large numbers in the padding", loud, real)
            .Expect(right, "With 0.5 in the padding the answer was right, with large numbers it is not: something still looks at padding.");

        (Tensor broken, real) = Padded(words, float.NaN);
        Ask("the same with NaN in the padding, as in memory that nobody has cleared", broken, real)
            .Finite("NaN came through. 0·NaN is NaN: a weight of 0, or a product with 0 in the mean, does not keep it out. Skip the rows of padding.")
            .Expect(right, "With NaN in the padding the vector changed.");

        Tensor middle = Tensor.FromRows([9, 9, 9], words.Row(0).ToArray(), words.Row(1).ToArray(), [-9, 9, 0], words.Row(2).ToArray(), words.Row(3).ToArray());
        Ask("padding in front and in the middle", middle, [false, true, true, false, true, true])
            .Expect(right, "Padding at the end was handled, but here it stands in front and in the middle. Use `real[t]`, not the first rows.");
    });

    private static float[] Right(Tensor words) => Mean(Attend(words, null), words.Rows);

    private static Tensor Attend(Tensor x, bool[]? real, float? scale = null) =>
        ScaledDotProductAttention.Forward(x, x, x, real is null ? null : AttentionMask.Keys(real), scale).Output;

    /// <summary>Sum of the first rows (all if count is their number), divided by count.</summary>
    private static float[] Mean(Tensor y, int count) => [.. Enumerable.Range(0, y.Columns).Select(c => Enumerable.Range(0, count).Sum(t => y[t, c]) / count)];

    private static float[] Largest(Tensor y) => [.. Enumerable.Range(0, y.Columns).Select(c => Enumerable.Range(0, y.Rows).Max(t => y[t, c]))];

    private static (Tensor X, bool[] Real) Padded(Tensor words, float value)
    {
        float[] padding = [value, value, value];
        return (Tensor.FromRows([.. Enumerable.Range(0, 4).Select(t => words.Row(t).ToArray()), padding, padding, padding]),
            [true, true, true, true, false, false, false]);
    }

    /// <summary>The mistake of clearing weights behind the softmax.</summary>
    private static float[] Kept(Tensor x, bool[] real)
    {
        Tensor weights = ScaledDotProductAttention.Forward(x, x, x).Saved.Weights;
        for (int i = 0; i < weights.Length; i++)
        {
            weights.Values[i] *= real[i % x.Rows] ? 1 : 0;
        }

        return Mean(weights.MatMul(x), 4);
    }

    /// <summary>The mistake of a mask over queries: the rows of padding see nothing, the words see all.</summary>
    private static float[] Queries(Tensor x, bool[] real)
    {
        bool[,] visible = new bool[x.Rows, x.Rows];
        for (int i = 0; i < visible.Length; i++)
        {
            visible[i / x.Rows, i % x.Rows] = real[i / x.Rows];
        }

        return Mean(ScaledDotProductAttention.Forward(x, x, x, AttentionMask.Pairs(visible)).Output, x.Rows);
    }
}
