using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 04.1: W_Q and W_K by hand, so that each of six tokens on a circle looks at the next one. Token i is the unit vector i, so row i of W_Q is its query
/// and row i of W_K its key; the scores q·k are divided by √d_k.
/// </summary>
public static class SuccessorHead
{
    private const int Tokens = 6;
    private const float Wanted = 0.99f;

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("04.1", "A head that looks at the next token", Difficulty: 1, Minutes: 10, Hints:
    [
        "Row i of W_Q is what token i looks for. Row j of W_K is what token j offers. Which row of W_K must fit row 0 of W_Q? And row 5?",
        "Let token i look for “number i”: W_Q is the unit matrix. Then token j must offer the number of the token that should find it: the one before it. "
        + "Take care of token 0: it is found by token 5.",
        "`q[i, i] = 20;` and `k[(i + 1) % 6, i] = 1;` for i from 0 to 5. The 20 makes the right score 20/√6 = 8.2, and e^8.2 is about 3600 times e^0.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's matrices.</summary>
    /// <param name="matrices">W_Q and W_K, six rows each and equally wide; any width.</param>
    public static Feedback Check(Func<(float[,] Query, float[,] Key)> matrices) => About.Check(trial =>
    {
        Answer<(float[,] Query, float[,] Key)> Ask(string tried) => trial.Call(tried, matrices);

        Answer<(float[,] Query, float[,] Key)> shape = Ask("six rows each, equally wide");
        float[,] query = shape.Part(both => both.Query).Finite("A number of W_Q is not finite.").Value,
            key = shape.Part(both => both.Key).Finite("A number of W_K is not finite.").Value;
        shape.Require(query.GetLength(0) == Tokens && key.GetLength(0) == Tokens, "6 rows each", "Each of the six tokens needs its own row in both matrices.",
            $"{query.GetLength(0)} and {key.GetLength(0)} rows")
            .Require(query.GetLength(1) == key.GetLength(1), "as many columns in both",
                "A query and a key are multiplied number by number: both matrices must be equally wide.",
                $"{query.GetLength(1)} and {key.GetLength(1)} columns")
            .Require(query.GetLength(1) > 0, "at least one column", "A query needs at least one number.");

        Tensor weights = Weights(query, key);
        Answer<(float[,] Query, float[,] Key)> answer = Ask("token 0 looks at token 1");
        answer.Require(weights.Values.All(float.IsFinite), "finite weights",
            "Your numbers are so large that a score is not finite any more. A score of 10 is enough.", "weights that are not finite");
        Judge(0);

        answer = Ask("token 5 looks at token 0: the circle is closed");
        answer.Require(weights.Row(5).ToArray().Max() - weights.Row(5).ToArray().Min() > 1e-6, "token 0",
            "Nobody follows token 5 in your matrices. Count modulo 6: the key of token 0 must fit the query of token 5.", "equal weights");
        Judge(5);

        answer = Ask("all six tokens");
        for (int token = 1; token < 5; token++)
        {
            Judge(token);
        }

        int Best(int token) => weights.Row(token).ToArray().Index().MaxBy(pair => pair.Item).Index;

        void Judge(int token)
        {
            int next = (token + 1) % Tokens, before = (token + 5) % Tokens, best = Best(token);
            float weight = weights[token, next];
            string wanted = $"at least {Wanted} from token {token} to token {next}",
                got = $"most from token {token} to token {best}: {weights[token, best]:0.00}";
            answer.Require(weights.Row(token).ToArray().Max() - weights.Row(token).ToArray().Min() > 1e-6, wanted,
                "All scores are equal, so all weights are equal. Somewhere a query must fit one key better than the others.", $"{weight:0.00} to each")
                .Require(best == next || !query.Cast<float>().SequenceEqual(key.Cast<float>()), wanted,
                    "W_Q and W_K are the same. Then the score from i to j equals the score from j to i, and no circle can have a direction. Make two "
                    + "different matrices.", got)
                .Require(best != before, wanted, "Your head looks at the token *before*. Exchange the roles of the two matrices, or shift the other way.", got)
                .Require(best != token, wanted,
                    $"Token {token} looks at itself: its key fits its own query best. The key that fits the query of token i must stand in row i + 1.", got)
                .Require(best == next, wanted, $"Token {token} looks at token {best}. Write the table: which key row fits query row {token}?", got)
                .Require(weight >= Wanted, wanted,
                    "The right token is ahead, but softmax is still soft. The scores must differ by 7 or more *after* the division by √d_k: take larger "
                    + "numbers.", $"{weight:0.000}");
        }
    });

    /// <summary>(6, 6): softmax(W_Q·W_Kᵀ/√d_k) by rows.</summary>
    /// <param name="query">W_Q (6, d_k).</param>
    /// <param name="key">W_K (6, d_k).</param>
    public static Tensor Weights(float[,] query, float[,] key) => Scoring.ScaledDot(Tensor.Matrix(query), Tensor.Matrix(key)).Softmax();
}
