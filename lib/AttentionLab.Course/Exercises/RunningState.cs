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
        "(q·k)·v is a number times a row. Write it as q times a matrix: which matrix of k and v? Then the sum over all tokens so far is q times a *sum of matrices*, and that sum can run along.",
        "The matrix of one token holds k[a]·v[c] in row a and column c. In this order: multiply the state by λ, add the matrix of this token (it sees itself, so before the reading), then o[c] = Σ_a q[a]·state[a, c].",
        "Two loops, over a < q.Length and c < v.Length: `state[a, c] = decay * state[a, c] + k[a] * v[c];` and then, with the new number, `o[c] += q[a] * state[a, c];`. Start with `float[] o = new float[v.Length];`.",
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

        Ask("the first token", one, 1)
            .Refuse([new float[3]], "The first output is 0: you read the state before the token is in it. A token sees itself, so add first, then read.")
            .Refuse([one.V[0]], "You returned the value. It is weighted by q·k, which need not be 1: nothing is divided by a sum here.")
            .Refuse(Rows(one, 1, 1 / Math.Sqrt(2)), "You divided by √D. Here the weight is q·k itself, without a scale.")
            .Refuse(Rows(one with { Q = one.K }, 1), "You read with k. The state is written with k and read with q.")
            .Refuse(Rows(one with { K = one.Q }, 1), "You wrote q·v into the state. It is written with k and v, and read with q.")
            .Refuse([.. Rows(one, 1).Select(row => Array.ConvertAll(row, x => 2 * x))], "The first token counts twice. Add its matrix to the state once, and read only the state.")
            .Expect(Rows(one, 1), "With one token o = (q·k)·v.");

        Ask("a second token, nothing decays", two, 1)
            .Refuse(Alone(two), "Each token sees only itself: the state was overwritten, or not kept. Change the tensor `state` itself, and *add* to it.")
            .Refuse([Alone(two)[0], Rows(two, 1).Zip(Alone(two), (all, own) => all.Zip(own, (a, b) => a - b).ToArray()).ToArray()[1]], "The second token sees the first, but not itself. Add its matrix before you read.")
            .Expect(Rows(two, 1), "o_1 = (q_1·k_0)·v_0 + (q_1·k_1)·v_1.");

        Ask("three tokens with the decay 0.5", three, 0.5f)
            .Refuse(Rows(three, 1), "The decay had no effect. Multiply the *state* by it, once for each token.")
            .Refuse([.. Rows(three, 0.5f).Select(row => Array.ConvertAll(row, x => x / 2))], "The newest token decays, too. Multiply the state first, then add the new matrix.")
            .Refuse([.. Rows(three, 1).Select(row => Array.ConvertAll(row, x => x / 2))], "You multiplied the output by the decay, but not the state: what is old must become smaller again with every token.")
            .Refuse(Rows(three, 0.25f), "The state decays twice for each token. Once is enough.")
            .Refuse(Rows(three, 2), "The old grows: you divided by the decay.")
            .Refuse(Reversed(three), "You shrink the new matrix and keep the old ones whole. It is the state that decays.")
            .Expect(Rows(three, 0.5f), "A token that is i steps back has the factor 0.5^i.");

        Ask("three tokens with the decay 0: each sees itself alone", three, 0)
            .Finite("A number is not finite: do you divide by the decay?")
            .Expect(Alone(three), "With the decay 0 nothing of the past is left, and 0⁰ = 1 for the token itself.");

        trial.Call("two texts by turns, each with its own state", () => ByTurns(three, other), [.. three.Arrays, .. other.Arrays])
            .Expect([.. Rows(three, 0.5f), .. Rows(other, 0.5f)], "Two texts disturb each other. Keep everything in the `state` that is handed over, nothing in variables outside.");

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

        float[][] ByTurns(Text first, Text second)
        {
            Tensor a = new(2, 3), b = new(2, 3);
            (float[] First, float[] Second)[] outputs =
                [.. Enumerable.Range(0, first.Q.Length).Select(t => (next(first.Q[t], first.K[t], first.V[t], a, 0.5f), next(second.Q[t], second.K[t], second.V[t], b, 0.5f)))];
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

    /// <summary>The mistake of shrinking what is new: S + λ·kᵀ·v.</summary>
    private static float[][] Reversed(Text text) => Sum(text, (_, _) => 0.5);

    private static float[][] Sum(Text text, Func<int, int, double> factor) =>
        [.. text.Q.Select((q, i) => Enumerable.Range(0, text.V[0].Length).Select(c =>
            (float)Enumerable.Range(0, i + 1).Sum(j => factor(i, j) * Weight(q, text.K[j]) * text.V[j][c])).ToArray())];

    private static double Weight(float[] q, float[] k) => q.Zip(k, (a, b) => (double)a * b).Sum();
}
