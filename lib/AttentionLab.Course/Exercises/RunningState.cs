using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 13.2: causal linear attention as a sum that runs along. The reader's code gets one token and the state; it changes the state and
/// returns o = Σ_{j ≤ i} λ^(i−j)·(q_i·k_j)·v_j. Only the state connects the calls, so the work for a token cannot grow.
/// </summary>
public static class RunningState
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("13.2", "Linear attention, one token at a time", Difficulty: 2, Minutes: 12, Hints:
    [
        "(q·k)·v is a number times a row. Write it as q times a matrix: which matrix of k and v? Then the sum over all tokens so far is q times a *sum of "
            + "matrices*, and that sum can run along.",
        "The matrix of one token holds k[a]·v[c] in row a and column c. In this order: multiply the state by λ, add the matrix of this token (it sees itself, "
            + "so before the reading), then o[c] = Σ_a q[a]·state[a, c].",
        "Two loops, over a < q.Length and c < v.Length: `state[a, c] = decay * state[a, c] + k[a] * v[c];` and then, with the new number, `o[c] += q[a] * "
            + "state[a, c];`. Start with `float[] o = new float[v.Length];`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's step.</summary>
    /// <param name="next">(q (D), k (D), v (D_v), state (D, D_v): zeros before the first token, λ) → o (D_v); the state is changed.</param>
    public static Feedback Check(Func<float[], float[], float[], Tensor, float, float[]> next) => About.Check(trial =>
    {
        CounterRandom random = new(132);
        Text one = Draw(1), two = Draw(2), three = Draw(3), other = Draw(3), many = Draw(100), wide = Draw(4, dim: 5, valueDim: 2);

        float[][] first = Rows(one, 1);
        Answer<float[][]> start = trial.Call<float[][]>("the first token, with the decays 1 and 0.5", () => [.. Walk(one, 1), .. Walk(one, 0.5f)], one.Arrays)
            .Refuse([new float[3], Times(0.5f, first)[0]],
                "You multiply the new matrix by 1 − λ, as in a running average. Here it enters whole: only the old state is multiplied, by λ.");
        start.Part(outputs => outputs[..1])
            .Refuse([new float[3]], "The first output is 0: you read the state before the token is in it. A token sees itself, so add first, then read.")
            .Refuse([one.V[0]], "You returned the value. It is weighted by q·k, which need not be 1: nothing is divided by a sum here.")
            .Refuse(Rows(one, 1, 1 / Math.Sqrt(2)), "You divided by √D. Here the weight is q·k itself, without a scale.")
            .Refuse(Rows(one with { Q = one.K }, 1), "You read with k. The state is written with k and read with q.")
            .Refuse(Rows(one with { K = one.Q }, 1), "You wrote q·v into the state. It is written with k and v, and read with q.")
            .Refuse(Times(2, first), "The first token counts twice. Add its matrix to the state once, and read only the state.")
            .Refuse(By(one, (q, k, v, c) => Math.Exp(Weight(q, k)) * v[c]), "You took e^(q·k). There is no softmax here: the weight is q·k itself.")
            .Refuse(By(one, (q, k, v, c) => q[^1] * k[^1] * v[c]), "Only the last a was kept. Sum over all a: `o[c] += q[a] * state[a, c]`.")
            .Refuse(By(one, (q, k, v, c) => c < q.Length ? q[c] * k[c] * v[c] : 0),
                "You used k[a]·v[a] only. The matrix of a token holds k[a]·v[c] for *every* a and c.")
            .Refuse(By(one, (q, k, v, c) => q.Select((x, a) => (double)x * (k[a] + v[c])).Sum()),
                "You added k and v. The matrix of a token holds the *products* k[a]·v[c].")
            .Expect(first, "With one token o = (q·k)·v: as long as v, and o[c] sums over a.");

        Ask("a second token, nothing decays", two, 1)
            .Refuse(Alone(two), "Each token sees only itself: the state was overwritten, or not kept. Change the tensor `state` itself, and *add* to it.")
            .Refuse(Sum(two, (i, j) => i > j || i == 0 ? 1 : 0), "The second token sees the first, but not itself. Add its matrix before you read.")
            .Refuse(OldQuery(two), "The second output holds the answer to the first query: your state keeps (q·k)·v. Keep k[a]·v[c], without q; a later q "
                + "reads it.")
            .Expect(Rows(two, 1), "o_1 = (q_1·k_0)·v_0 + (q_1·k_1)·v_1.");

        float[][] kept = Rows(three, 1);
        Ask("three tokens with the decay 0.5", three, 0.5f)
            .Refuse(kept, "The decay had no effect. Multiply the *state* by it, once for each token.")
            .Refuse(Times(0.5f, Rows(three, 0.5f)), "The newest token decays, too. Multiply the state first, then add the new matrix, then read.")
            .Refuse(Times(0.5f, kept), "All tokens, old and new, are multiplied once: you multiplied the output or the new matrix by the decay. It is the old "
                + "*state* that decays.")
            .Refuse(Sum(three, (i, j) => Math.Pow(0.5, Math.Max(0, i - j - 1))), "The state decays one token too late: multiply it before you read, not after.")
            .Refuse(Sum(three, (i, j) => i == j ? 1 : 0.5),
                "Every old token is multiplied once, however old it is: the decay is in what you read, not in what you keep. Write the decayed numbers back "
                    + "into the *state*.")
            .Refuse(Rows(three, 0.25f), "The state decays twice for each token. Once is enough.")
            .Refuse(Rows(three, 2), "The old grows: you divided by the decay.")
            .Expect(Rows(three, 0.5f), "A token that is i steps back has the factor 0.5^i. Is each number of the state multiplied once for a token, not once "
                + "in each turn of a loop?");

        Ask("three tokens with the decay 0: each sees itself alone", three, 0)
            .Finite("A number is not finite: do you divide by the decay?")
            .Expect(Alone(three), "With the decay 0 nothing of the past is left, and 0⁰ = 1 for the token itself.");

        trial.Call("two texts by turns, each with its own state", () => ByTurns(three, other), [.. three.Arrays, .. other.Arrays])
            .Expect([.. Rows(three, 0.5f), .. Rows(other, 0.5f)],
                "Two texts disturb each other. Keep everything in the `state` that is handed over, nothing in variables outside.");

        Ask("a hundred tokens with the decay 0.9", many, 0.9f)
            .Expect(Rows(many, 0.9f), "Three tokens were right, a hundred are not.");

        Ask("queries of five numbers, values of two", wide, 0.5f)
            .Expect(Rows(wide, 0.5f), "Queries of two numbers and values of three were right, other sizes are not. Take the sizes from q and v.");

        Answer<float[][]> Ask(string tried, Text text, float decay) => trial.Call(tried, () => Walk(text, decay), text.Arrays);

        float[][] Walk(Text text, float decay)
        {
            Tensor state = new(text.K[0].Length, text.V[0].Length);
            return [.. Enumerable.Range(0, text.Q.Length).Select(t => next(text.Q[t], text.K[t], text.V[t], state, decay))];
        }

        float[][] ByTurns(Text left, Text right)
        {
            Tensor a = new(2, 3), b = new(2, 3);
            (float[] First, float[] Second)[] outputs = [.. Enumerable.Range(0, left.Q.Length).Select(t =>
                (next(left.Q[t], left.K[t], left.V[t], a, 0.5f), next(right.Q[t], right.K[t], right.V[t], b, 0.5f)))];
            return [.. outputs.Select(pair => pair.First), .. outputs.Select(pair => pair.Second)];
        }

        Text Draw(int tokens, int dim = 2, int valueDim = 3)
        {
            float[][] Gaussian(int width) => [.. Enumerable.Range(0, tokens).Select(_ => Tensor.Gaussian(random, 1, width).Values)];
            return new(Gaussian(dim), Gaussian(dim), Gaussian(valueDim));
        }
    });

    private sealed record Text(float[][] Q, float[][] K, float[][] V)
    {
        public object[] Arrays => [Q, K, V];
    }

    /// <summary>The definition, over all pairs.</summary>
    private static float[][] Rows(Text text, float decay, double scale = 1) => Sum(text, (i, j) => scale * Math.Pow(decay, i - j));

    private static float[][] Alone(Text text) => Sum(text, (i, j) => i == j ? 1 : 0);

    private static float[][] Times(float factor, float[][] rows) => [.. rows.Select(row => Array.ConvertAll(row, x => factor * x))];

    /// <summary>One token, by a rule for each number of the output.</summary>
    private static float[][] By(Text text, Func<float[], float[], float[], int, double> rule) =>
        [[.. text.V[0].Select((_, c) => (float)rule(text.Q[0], text.K[0], text.V[0], c))]];

    /// <summary>The mistake of keeping (q·k)·v: what stands in the state was asked for by an old query.</summary>
    private static float[][] OldQuery(Text text) =>
        [.. text.Q.Select((_, i) => text.V[0].Select((_, c) =>
            (float)Enumerable.Range(0, i + 1).Sum(j => Weight(text.Q[j], text.K[j]) * text.V[j][c])).ToArray())];

    private static float[][] Sum(Text text, Func<int, int, double> factor) =>
        [.. text.Q.Select((q, i) => Enumerable.Range(0, text.V[0].Length).Select(c =>
            (float)Enumerable.Range(0, i + 1).Sum(j => factor(i, j) * Weight(q, text.K[j]) * text.V[j][c])).ToArray())];

    private static double Weight(float[] q, float[] k) => q.Zip(k, (a, b) => (double)a * b).Sum();
}
