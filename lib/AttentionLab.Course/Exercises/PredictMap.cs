namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 11.2: draw the map of a head before it is trained. For three tasks on T digits: which input does each output need? Row i of the map is output i,
/// column j is input j, and each row sums to 1.
/// </summary>
public static class PredictMap
{
    /// <summary>T of each question: a digit moved by 3 to the left is not one moved to the right, and once there is a digit without a partner.</summary>
    private static readonly int[] Turned = [8, 11], Paired = [6, 7], Averaged = [5, 8];

    private const string AllNext = "Here everybody takes the digit of the *next* one. They change places in pairs: 0 with 1, 2 with 3.",
        AllBefore = "Here everybody takes the digit of the one *before*. They change places in pairs: 0 with 1, 2 with 3.";

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("11.2", "Predict the map", Difficulty: 1, Minutes: 10, Hints:
    [
        "Take T = 6 and write down, for the task *rotate*, which input output 0 needs, then output 1, and so on. A map is this list: in row i there is a 1 in "
        + "the column that output i needs, and 0 everywhere else.",
        "Rotate: output i needs input i + 3, and behind the end it goes on at 0, so the column is (i + 3) % T. Neighbours: an even i needs i + 1, an odd i "
            + "needs "
        + "i − 1; if T is odd, the last one has no neighbour and keeps its digit. Running mean: output i needs all inputs from 0 to i, each with the same "
        + "weight.",
        "`float[,] map = new float[tokens, tokens];` then for each i: rotate `map[i, (i + 3) % tokens] = 1;` neighbours `int j = i % 2 == 0 ? i + 1 : i - 1; "
        + "map[i, j < tokens ? j : i] = 1;` running mean `for (int j = 0; j <= i; j++) map[i, j] = 1f / (i + 1);`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's three maps, each for several T.</summary>
    /// <param name="rotate">T → map of: output i is input i + 3, behind the end it goes on at 0.</param>
    /// <param name="neighbours">T → map of: 0 and 1 change places, 2 and 3, and so on; a last one without partner stays.</param>
    /// <param name="runningMean">T → map of: output i is the mean of the inputs 0 to i.</param>
    public static Feedback Check(Func<int, float[,]> rotate, Func<int, float[,]> neighbours, Func<int, float[,]> runningMean) => About.Check(trial =>
    {
        foreach (int tokens in Turned)
        {
            Answer<float[,]> turned = trial.Call($"rotate, T = {tokens}", () => rotate(tokens))
                .Refuse(Of(tokens, i => i), "This is the diagonal: every output repeats its own input. Which input has the digit that output 0 must write?")
                .Refuse(Of(tokens, i => i - 3),
                    "Your map turns the other way: output 0 needs input 3, not the third from the end. Rows are outputs, columns inputs.")
                .Refuse(Of(tokens, i => i + 3 < tokens ? i + 3 : null), "The last three rows are empty. Behind the end it goes on at 0: (i + 3) % T.")
                .Refuse(Of(tokens, i => Math.Min(i + 3, tokens - 1)), "Behind the end your map stays at the last input. It goes on at 0: (i + 3) % T.")
                .Refuse(Of(tokens, i => i + 4), "One too far: output 0 needs input 3. We count from 0.")
                .Refuse(Of(tokens, i => i + 2), "One too short: output 0 needs input 3. We count from 0.")
                .Refuse(Of(tokens, i => tokens - 1 - i), "This is the map of *reverse*, the anti-diagonal.")
                .Refuse(Of(tokens, i => i == 0 ? 3 : null), "Only row 0 is filled. Every output needs a row.")
                .Refuse(Of(tokens, i => Math.Max(i - 3, 0)),
                    "Your map looks back and stays at input 0. Output i needs what stands 3 places *later*: (i + 3) % T.");
            OneWeight(turned, tokens).Expect(Of(tokens, i => i + 3), Advice(tokens, "In row i there is a 1 in column (i + 3) % T, and 0 everywhere else."));
        }

        foreach (int tokens in Paired)
        {
            Answer<float[,]> answer = trial.Call($"neighbours, T = {tokens}", () => neighbours(tokens))
                .Refuse(Of(tokens, i => i), "This is the diagonal: nobody changes places.")
                .Refuse(Of(tokens, i => i + 1), AllNext).Refuse(Of(tokens, i => i + 1 < tokens ? i + 1 : null), AllNext)
                .Refuse(Of(tokens, i => Math.Min(i + 1, tokens - 1)), AllNext).Refuse(Of(tokens, i => i + 1 < tokens ? i + 1 : i - 1), AllNext)
                .Refuse(Of(tokens, i => i - 1), AllBefore).Refuse(Of(tokens, i => i > 0 ? i - 1 : null), AllBefore)
                .Refuse(Of(tokens, i => Math.Max(i - 1, 0)), AllBefore).Refuse(Of(tokens, i => Math.Abs(i - 1)), AllBefore)
                .Refuse(Of(tokens, i => i == 0 ? 0 : i % 2 == 1 ? Math.Min(i + 1, tokens - 1) : i - 1),
                    "Your pairs begin at 1: (1, 2), (3, 4). The first pair is (0, 1).")
                .Refuse(Of(tokens, i => i % 2 == 0 ? i + 1 : i), "Only the first of each pair moves. The second needs the digit of the first.")
                .Refuse(Both(tokens), "Each output looks at both of its neighbours. It needs exactly one digit: that of its partner.")
                .Refuse(Of(tokens, i => i % 2 == 1 ? i - 1 : i), "Only the second of each pair moves. The first needs the digit of the second.")
                .Refuse(Of(tokens, i => tokens - 1 - i), "This is the map of *reverse*. Only neighbours change places: 0 with 1, 2 with 3.")
                .Refuse(Of(tokens, i => i + tokens / 2), "The two halves change places. Only neighbours do: 0 with 1, 2 with 3.")
                .Refuse(new float[tokens, tokens], "Your map is empty: fill a row for each output.");
            if (tokens % 2 == 1)
            {
                answer.Refuse(Of(tokens, i => (i ^ 1) < tokens ? i ^ 1 : null), "The last row is empty. With an odd T the last digit has no partner and stays.")
                    .Refuse(Of(tokens, i => i ^ 1), "With an odd T the last digit has no partner: it stays, and takes no digit from the front.")
                    .Refuse(Of(tokens, i => Math.Min(i ^ 1, tokens - 2)),
                        "With an odd T the last digit has no partner: it stays, and does not copy the one before.");
            }

            OneWeight(answer, tokens).Expect(Of(tokens, i => (i ^ 1) < tokens ? i ^ 1 : i), Advice(tokens, "An even i needs i + 1, an odd i needs i − 1."));
        }

        foreach (int tokens in Averaged)
        {
            Answer<float[,]> averaged = trial.Call($"running mean, T = {tokens}", () => runningMean(tokens))
                .Finite("A weight is not finite: row 0 has one input, so divide by i + 1, not by i.")
                .Refuse(Mean(tokens, i => i + 1, scaled: false),
                    "Your weights are 1 for every input that is needed. A row of weights sums to 1: divide by their number.")
                .Refuse(Mean(tokens, _ => tokens), "This is the mean over *all* inputs. Output i needs only those from 0 to i.")
                .Refuse(Mean(tokens, i => i), "Output i needs input i too: j runs from 0 to i, i included.")
                .Refuse(Transposed(Mean(tokens, i => i + 1)), "Rows and columns are exchanged: row i is output i, and its weights sum to 1.")
                .Refuse(Later(tokens), "Your outputs look at what comes *after* them. Output i needs 0 to i.")
                .Refuse(Of(tokens, i => i), "This is the diagonal. A mean needs several inputs.")
                .Refuse(Divided(tokens), "Each row is divided by T. Row i has i + 1 inputs: divide by i + 1, so that it sums to 1.")
                .Refuse(Of(tokens, i => i == 0 ? 0 : null), "Below row 0 all weights are 0: `1 / (i + 1)` of whole numbers is 0 in C#. Write `1f / (i + 1)`.")
                .Refuse(Mean(tokens, i => Math.Max(1, i)), "Output i needs input i too: j runs from 0 to i, i included, and there are i + 1 of them.");
            SumsToOne(averaged, tokens).Expect(Mean(tokens, i => i + 1), Advice(tokens, "Row i has the weight 1/(i + 1) in the columns 0 to i."));
        }
    });

    /// <summary>A row of weights sums to 1: what holds scores, percent or counts is named before it is compared.</summary>
    private static Answer<float[,]> SumsToOne(Answer<float[,]> answer, int tokens)
    {
        if (answer.Value.GetLength(0) != tokens || answer.Value.GetLength(1) != tokens)
        {
            return answer;
        }

        double[] sums = [.. Enumerable.Range(0, tokens).Select(i => Enumerable.Range(0, tokens).Sum(j => (double)answer.Value[i, j]))];
        int worst = Enumerable.Range(0, tokens).MaxBy(i => Math.Abs(sums[i] - 1));
        return answer.Require(Math.Abs(sums[worst] - 1) < 1e-4, "rows that sum to 1",
            sums[worst] == 0
                ? $"Row {worst} is empty: every output needs a row. Is there a fixed number of digits in your code? Here T = {tokens}."
                : $"Row {worst} sums to {sums[worst]:0.###}, but the weights of a row sum to 1.",
            $"{sums[worst]:0.###} in row {worst}");
    }

    /// <summary>The same, and each output needs one digit only.</summary>
    private static Answer<float[,]> OneWeight(Answer<float[,]> answer, int tokens)
    {
        SumsToOne(answer, tokens);
        int row = Enumerable.Range(0, answer.Value.GetLength(0))
            .FirstOrDefault(i => Enumerable.Range(0, answer.Value.GetLength(1)).Count(j => answer.Value[i, j] != 0) > 1, -1);
        return answer.Require(row < 0, "one weight in each row", $"Row {row} looks at several inputs. Each output needs exactly one digit: a single 1.",
            $"several in row {row}");
    }

    private static string Advice(int tokens, string right) => $"{right} Is there a fixed number of digits in your code? Here T = {tokens}.";

    /// <summary>One 1 in each row, at a column that goes on at the other end where it leaves the map; null leaves a row empty.</summary>
    private static float[,] Of(int tokens, Func<int, int?> column)
    {
        float[,] map = new float[tokens, tokens];
        for (int i = 0; i < tokens; i++)
        {
            if (column(i) is int j)
            {
                map[i, (j % tokens + tokens) % tokens] = 1;
            }
        }

        return map;
    }

    private static float[,] Both(int tokens)
    {
        float[,] map = new float[tokens, tokens];
        for (int i = 0; i < tokens; i++)
        {
            (int before, int after) = (Math.Max(i - 1, 0), Math.Min(i + 1, tokens - 1));
            map[i, before] += 0.5f;
            map[i, after] += 0.5f;
        }

        return map;
    }

    /// <summary>Equal weights for the first inputs of each row; unscaled they are 1.</summary>
    private static float[,] Mean(int tokens, Func<int, int> count, bool scaled = true)
    {
        float[,] map = new float[tokens, tokens];
        for (int i = 0; i < tokens; i++)
        {
            for (int j = 0; j < count(i); j++)
            {
                map[i, j] = scaled ? 1f / count(i) : 1;
            }
        }

        return map;
    }

    private static float[,] Divided(int tokens)
    {
        float[,] map = Mean(tokens, i => i + 1, scaled: false);
        for (int i = 0; i < map.Length; i++)
        {
            map[i / tokens, i % tokens] /= tokens;
        }

        return map;
    }

    private static float[,] Later(int tokens)
    {
        float[,] map = new float[tokens, tokens];
        for (int i = 0; i < map.Length; i++)
        {
            (int row, int column) = (i / tokens, i % tokens);
            map[row, column] = column >= row ? 1f / (tokens - row) : 0;
        }

        return map;
    }

    private static float[,] Transposed(float[,] map)
    {
        float[,] turned = new float[map.GetLength(1), map.GetLength(0)];
        for (int i = 0; i < map.Length; i++)
        {
            (int row, int column) = (i / map.GetLength(1), i % map.GetLength(1));
            turned[column, row] = map[row, column];
        }

        return turned;
    }
}
