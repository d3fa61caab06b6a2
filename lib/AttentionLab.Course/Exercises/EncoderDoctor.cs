using AttentionLab.Course.Experiments;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 10.4: the reader writes a doctor that tells from tests which <see cref="EncoderBug"/> an <see cref="EncoderPatient"/> has. The check gives
/// patients of several sizes, so that a test must follow from the mechanism and not from one number.
/// </summary>
public static class EncoderDoctor
{
    private static readonly (int Channels, int Heads)[] Sizes = [(16, 4), (24, 3), (8, 2), (32, 8)];

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("10.4", "The five bugs", Difficulty: 3, Minutes: 30, Hints:
    [
        "One mechanism, one test. What do you know for sure about each: about the numbers of a row right after a norm; about one sentence that stands in a "
        + "batch twice; about who can reach whom; about the weights, if you have Q and K?",
        "After a norm with γ = 1, β = 0 a row has mean 0 and mean square 1; divided by C − 1 it has (C − 1)/C; without a norm anything. The same sentence "
        + "twice must give the same output twice. Change the first word: all outputs must move, the last one too. And the weights must be softmax(Q·Kᵀ/√D), "
        + "where D is `Channels / Heads`.",
        "`Tensor y = p.Forward(x)` with `x = Tensor.Gaussian(new CounterRandom(1), 1, 2, 8, p.Channels)` whose second half is a copy of the first. (1) "
        + "`y[0, t, c]` and `y[1, t, c]` differ: PositionsByBatch. (2) The mean of `v * v` over `y.Row(t)` is (C − 1)/C for every t: UnbiasedVariance; far "
        + "from 1: PreNorm. (3) Add 1 to `x[0, 0, 0]`, run again: `y.Row(7)` stays: ReshapedHeads. (4) From `p.Look(x)`: the difference of two scores, "
        + "`Math.Log(w[0, 0, 0, 0] / w[0, 0, 0, 1])`, must be (q·k₀ − q·k₁)/√D, else ScaleByModel.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's doctor by giving it patients whose bug we know.</summary>
    /// <param name="diagnose">The bug of a patient.</param>
    public static Feedback Check(Func<EncoderPatient, EncoderBug> diagnose) => About.Check(trial =>
    {
        ulong seed = 100;
        foreach ((int channels, int heads) in Sizes)
        {
            foreach (EncoderBug bug in Enum.GetValues<EncoderBug>())
            {
                EncoderPatient patient = new(bug, seed++, channels, heads);
                Answer<EncoderBug> answer = trial.Call($"a patient with C = {channels}, H = {heads}: {bug}", () => diagnose(patient));
                answer.Require(answer.Value == bug, $"{bug}", Advice(bug, answer.Value, channels, heads));
            }
        }
    });

    private static string Advice(EncoderBug bug, EncoderBug found, int channels, int heads)
    {
        string first = (bug, found) switch
        {
            (EncoderBug.None, EncoderBug.PositionsByBatch) => "This patient is healthy, and you found PositionsByBatch. Do both sentences of your batch hold "
                + "the *same* numbers? "
                + "Allow for rounding, about 0.001.",
            (EncoderBug.None, EncoderBug.ScaleByModel) => "This patient is healthy, and you found ScaleByModel. The right weights are softmax(Q·Kᵀ/√D), with "
                + "D = C/H, not C and not H.",
            (EncoderBug.None, _) => $"This patient is healthy, and you found {found}. Allow for rounding: compare with a limit of about 0.001, not by `==`.",
            (_, EncoderBug.None) => $"You found nothing, but this patient has {bug}.",
            (EncoderBug.PreNorm, EncoderBug.UnbiasedVariance) or (EncoderBug.UnbiasedVariance, EncoderBug.PreNorm) =>
                $"You told that the norm is wrong, but took {bug} for {found}. Both leave a mean square other than 1.",
            _ => $"You took {bug} for {found}.",
        };
        string test = bug switch
        {
            EncoderBug.None => $"Does a size stand in your code that is another here (C = {channels}, H = {heads})?",
            EncoderBug.PreNorm => "Without a norm at the end the mean square of a row may be anything, and differs from row to row.",
            EncoderBug.UnbiasedVariance => $"Divided by C − 1, every row has the same mean square, (C − 1)/C: here {(channels - 1.0) / channels:0.0000}.",
            EncoderBug.ScaleByModel => "Only the weights show it: compare those of `Look` with softmax(Q·Kᵀ/√D), D = C/H.",
            EncoderBug.ReshapedHeads => "A head has a run of tokens, so the first word cannot reach the last one. Take 8 words: change one, look which "
                + "outputs move. (With a number of words that H does not divide, a word between two runs may carry the news.)",
            _ => "One sentence alone does not show it. Put the same sentence into the batch twice: both outputs must be the same.",
        };
        return $"{first} {test}";
    }
}
