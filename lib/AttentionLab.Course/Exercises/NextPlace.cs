using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 09.2: a matrix M for which PE(p)·M·PE(q)ᵀ has its peak at q = p + 1, for every p. Sinusoidal positions alone have PE(p)·PE(q) even in
/// q − p; M, which stands for W_Q·W_Kᵀ, turns each pair (sine, cosine) by the angle of one place.
/// </summary>
public static class NextPlace
{
    private const int Places = 128;

    private static readonly int[] Widths = [16, 64];

    /// <summary>
    /// The peak must rise above every other place by this share of the difference between peak and lowest place; turning every pair gives about 3 %.
    /// </summary>
    private const double Margin = 0.01;

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("09.2", "A matrix that looks at the next place", Difficulty: 3, Minutes: 12, Hints:
    [
        "With M = I the peak is at q = p, because PE(p)·PE(q) is a sum of cos(ω·(q − p)). You want a sum of cos(ω·(q − p − 1)). So PE(p)·M should be the row "
            + "PE(p + 1). Look at one pair (sin a, cos a) alone: how do you get (sin(a + ω), cos(a + ω)) from it?",
        "sin(a + ω) = sin a·cos ω + cos a·sin ω and cos(a + ω) = cos a·cos ω − sin a·sin ω. So the pair (sin a, cos a), as a row, times the 2×2 block [[cos "
            + "ω, −sin ω], [sin ω, cos ω]]. Pair i stands in columns 2i and 2i + 1 of the table and has ω = 10000^(−2i/d). M has these blocks on its diagonal "
            + "and 0 elsewhere.",
        "`float[,] m = new float[channels, channels];` and for i from 0 to channels/2 − 1: `double w = Math.Pow(10000, -2.0 * i / channels);`, `m[2 * i, 2 * "
            + "i] = m[2 * i + 1, 2 * i + 1] = (float)Math.Cos(w);`, `m[2 * i, 2 * i + 1] = -(float)Math.Sin(w);`, `m[2 * i + 1, 2 * i] = (float)Math.Sin(w);`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's matrix for 16 and for 64 channels.</summary>
    /// <param name="matrix">d → M (d, d).</param>
    public static Feedback Check(Func<int, float[,]> matrix) => About.Check(trial =>
    {
        foreach (int channels in Widths)
        {
            Answer<float[,]> answer = trial.Call($"{channels} channels: a matrix of {channels} × {channels}", () => matrix(channels));
            float[,] m = answer.Value;
            answer.Require(m.GetLength(0) == channels && m.GetLength(1) == channels, $"{channels} × {channels}",
                    "M stands between two rows of the table: it has as many rows and as many columns as there are channels. It must follow the argument.",
                    $"{m.GetLength(0)} × {m.GetLength(1)}")
                .Finite("A number of M is not finite.")
                .Refuse(Blocks(channels, (_, w) => w, i => i, channels / 2),
                    "You paired column i with column i + d/2, as rotary positions do. In this table sine and cosine stand side by side: pair i is in columns "
                        + "2i and 2i + 1.")
                .Refuse(Blocks(channels, (_, _) => 0),
                    "This is the unit matrix: PE(p)·PE(q) alone, with its peak at q = p. Each pair must be turned by the angle of one place.")
                .Refuse(Diagonal(Blocks(channels, (_, w) => w)),
                    "Only the cosines are there. A diagonal M is symmetric: it weighs the pairs, but cannot tell left from right. The sines beside the "
                        + "diagonal make the turn.")
                .Refuse(Blocks(channels, (_, _) => 1),
                    "All pairs turn by 1 radian. Pair i turns by its own angle ω = 10000^(−2i/d), because that is what it does from one place to the next.");

            answer.Refuse(Blocks(channels, (_, w) => 2 * w), "Every pair turns by the angle of *two* places. Once ω is enough for the next one.")
                .Refuse(Sines(Blocks(channels, (_, w) => w)),
                    "Only the sines are there. The cosines belong on the diagonal: they are what is left of a when it turns.")
                .Refuse(Ones(channels), "Every number of M is 1, so all columns are the same. M is 0 outside of the 2×2 blocks of the pairs.")
                .Refuse(Moved(channels), "You moved the *columns* by one. A place further is no column further: each pair turns in its own two columns.");

            Tensor scores = Scores(m);
            trial.Call($"{channels} channels: place 5 looks at place 6", () => m);
            Judge(answer, scores, 5, "");
            trial.Call($"{channels} channels: every place looks at the next one", () => m);
            for (int place = 0; place < Places - 1; place++)
            {
                Judge(answer, scores, place,
                    "It works at place 5, but not at all places. PE(p)·M must be PE(p + 1) for *every* p, and no place may stand in M. ");
            }

            trial.Call($"{channels} channels: the peak is clear", () => m);
            for (int place = 0; place < Places - 1; place++)
            {
                float[] row = scores.Row(place).ToArray();
                int second = row.Index().Where(pair => pair.Index != place + 1).MaxBy(pair => pair.Item).Index;
                answer.Require(row[place + 1] - row[second] >= Margin * (row[place + 1] - row.Min()),
                    $"a peak at {place + 1}, at least {Margin:P0} above all others",
                    "The peak is right, but another place is almost as high: softmax could not tell them apart. A single pair repeats itself: the fastest "
                    + "looks the same every 6.28 places, and a slow one hardly changes. Turn *every* pair.", $"place {second} is almost as high");
            }
        }
    });

    /// <summary>PE(p)·M·PE(q)ᵀ for the places 0 … 127: (128, 128).</summary>
    /// <param name="matrix">M (d, d).</param>
    public static Tensor Scores(float[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        Tensor table = new SinusoidalPositions(matrix.GetLength(0), Places).Table;
        return table.MatMul(Tensor.Matrix(matrix)).MatMulTransposed(table);
    }

    private static void Judge(Answer<float[,]> answer, Tensor scores, int place, string before)
    {
        float[] row = scores.Row(place).ToArray();
        int best = Array.IndexOf(row, row.Max()), lowest = Array.IndexOf(row, row.Min());
        string wanted = $"place {place} looks at {place + 1}", got = $"it looks at {best}";
        answer.Require(row.Max() - row.Min() > 1e-6 * Math.Abs(row.Max()) && row.Max() != row.Min(), wanted, before + "All scores are equal: your M is 0, or "
            + "PE(p)·M is.", "all equal")
            .Require(best != place, wanted, before + "It looks at its own place: no pair is turned, or they turn too little. Pair 0 turns by 1 radian, pair i "
                + "by 10000^(−2i/d).", got)
            .Require(place == 0 || best != place - 1, wanted, before + "It looks at the place *before*. Turn the other way: the transpose of your M, or a "
                + "plus in place of a minus at the sine.", got)
            .Require(lowest != place + 1 || best == place + 1, wanted, before + "The *lowest* score is at the next place. Your M has the wrong sign.", got)
            .Require(best == place + 1, wanted, before + "Write out one pair: (sin a, cos a) times its block must be (sin(a + ω), cos(a + ω)).", got);
    }

    private static float[,] Sines(float[,] m)
    {
        float[,] diagonal = Diagonal(m), sines = new float[m.GetLength(0), m.GetLength(1)];
        for (int at = 0; at < m.Length; at++)
        {
            (int i, int j) = (at / m.GetLength(1), at % m.GetLength(1));
            sines[i, j] = m[i, j] - diagonal[i, j];
        }

        return sines;
    }

    private static float[,] Ones(int channels)
    {
        float[,] ones = new float[channels, channels];
        for (int at = 0; at < ones.Length; at++)
        {
            ones[at / channels, at % channels] = 1;
        }

        return ones;
    }

    private static float[,] Moved(int channels)
    {
        float[,] moved = new float[channels, channels];
        for (int i = 1; i < channels; i++)
        {
            moved[i - 1, i] = 1;
        }

        return moved;
    }

    private static float[,] Diagonal(float[,] m)
    {
        float[,] diagonal = new float[m.GetLength(0), m.GetLength(1)];
        for (int i = 0; i < m.GetLength(0); i++)
        {
            diagonal[i, i] = m[i, i];
        }

        return diagonal;
    }

    /// <summary>Turns pair i, which stands in the columns <paramref name="first"/>(i) and that plus a step, by an angle.</summary>
    private static float[,] Blocks(int channels, Func<int, double, double> angle, Func<int, int>? first = null, int step = 1)
    {
        float[,] m = new float[channels, channels];
        for (int i = 0; i < channels / 2; i++)
        {
            (double s, double c) = Math.SinCos(angle(i, Math.Pow(10000, -2.0 * i / channels)));
            int at = first?.Invoke(i) ?? 2 * i, other = at + step;
            m[at, at] = m[other, other] = (float)c;
            (m[at, other], m[other, at]) = ((float)-s, (float)s);
        }

        return m;
    }
}
