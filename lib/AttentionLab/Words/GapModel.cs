using System.Runtime.InteropServices;

namespace AttentionLab.Words;

/// <summary>The three tokens on either side of a gap; −1 where there is none or it is hidden.</summary>
/// <param name="L3">Third to the left.</param>
/// <param name="L2">Second to the left.</param>
/// <param name="L1">The left neighbour.</param>
/// <param name="R1">The right neighbour.</param>
/// <param name="R2">Second to the right.</param>
/// <param name="R3">Third to the right.</param>
public readonly record struct Gap(int L3, int L2, int L1, int R1, int R2, int R3)
{
    /// <summary>The gap at a place of a sequence.</summary>
    /// <param name="ids">The sequence.</param>
    /// <param name="at">The place; the token there is not looked at.</param>
    /// <param name="hidden">A token that tells nothing, such as [MASK]; −1 for none.</param>
    public static Gap At(ReadOnlySpan<int> ids, int at, int hidden = -1)
    {
        return new(Near(ids, at - 3), Near(ids, at - 2), Near(ids, at - 1), Near(ids, at + 1), Near(ids, at + 2), Near(ids, at + 3));

        int Near(ReadOnlySpan<int> all, int place) => (uint)place < (uint)all.Length && all[place] != hidden ? all[place] : -1;
    }
}

/// <summary>What <see cref="GapModel"/> has to choose; see <see cref="GapModel.Tune"/>.</summary>
/// <param name="Left">Exponent of what the left side says.</param>
/// <param name="Right">Exponent of what the right side says.</param>
/// <param name="Prior">Exponent of how frequent a token is by itself, which both sides have counted: near −1.</param>
/// <param name="SideDiscount">Taken from every count of one side's contexts.</param>
/// <param name="JointDiscount">Taken from every count of contexts of both sides.</param>
public sealed record GapWeights(double Left = 0.8, double Right = 0.8, double Prior = -0.6, double SideDiscount = 0.8, double JointDiscount = 0.8);

/// <summary>
/// n-grams on both sides of a gap, the baseline of masked-word training. Left and right contexts of one, two and three tokens are
/// interpolated by absolute discounting (Ney, Essen and Kneser 1994): P_k(w) = max(c_k(w) − d, 0)/c_k + d·n_k/c_k·P_{k−1}(w), with c_k the
/// count of the context, n_k the number of different tokens in it, P_0 the unigram. The two sides are joined as if they were independent,
/// P ∝ P_left^a · P_right^b · P_unigram^c, and contexts of both sides (1+1, 2+1, 1+2, 2+2) are interpolated on top in the same way.
/// </summary>
/// <remarks>
/// The contexts of the questions are named first and only these are counted: one pass over the text, and memory for the questions alone.
/// Contexts with −1 in them, or never seen, are passed over.
/// </remarks>
public sealed class GapModel
{
    private const int MostIds = 1 << 15;
    private readonly Dictionary<ulong, Counts> _contexts = [];
    private readonly long[] _unigram;
    private readonly double[] _prior;
    private long _total;

    /// <summary>An empty model.</summary>
    /// <param name="vocabulary">V.</param>
    public GapModel(int vocabulary)
    {
        if (vocabulary is < 1 or > MostIds)
        {
            throw new ArgumentOutOfRangeException(
                nameof(vocabulary), $"vocabulary is {vocabulary} but four tokens are packed into 60 bits: use 1 to {MostIds} tokens.");
        }

        _unigram = new long[vocabulary];
        _prior = new double[vocabulary];
    }

    /// <summary>V.</summary>
    public int Vocabulary => _unigram.Length;

    /// <summary>How sides and orders are weighed.</summary>
    public GapWeights Weights { get; set; } = new();

    /// <summary>Announces questions: their contexts will be counted.</summary>
    /// <param name="gaps">The questions.</param>
    public void Announce(IEnumerable<Gap> gaps)
    {
        ArgumentNullException.ThrowIfNull(gaps);
        Span<ulong> keys = stackalloc ulong[Levels];
        foreach (Gap gap in gaps)
        {
            Keys(gap, keys);
            foreach (ulong key in keys)
            {
                if (key != 0)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(_contexts, key, out _) ??= new();
                }
            }
        }
    }

    /// <summary>Counts a text; may be called again with more of it.</summary>
    /// <param name="sequences">Ids from 0 to V−1.</param>
    /// <param name="counts">Whether a token may stand in a gap; null for all. Others are context only.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not below V.</exception>
    public void Count(IEnumerable<int[]> sequences, Func<int, bool>? counts = null)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        Span<ulong> keys = stackalloc ulong[Levels];
        foreach (int[] ids in sequences)
        {
            for (int i = 0; i < ids.Length; i++)
            {
                int id = ids[i];
                if ((uint)id >= (uint)Vocabulary)
                {
                    throw new ArgumentOutOfRangeException(
                        nameof(sequences),
                        $"a sequence holds {id} but the model knows the ids 0 to {Vocabulary - 1}: build it with the size of the vocabulary.");
                }

                if (counts?.Invoke(id) == false)
                {
                    continue;
                }

                _unigram[id]++;
                _total++;
                Keys(Gap.At(ids, i), keys);
                foreach (ulong key in keys)
                {
                    if (key != 0 && _contexts.TryGetValue(key, out Counts? context))
                    {
                        context.Add(id);
                    }
                }
            }
        }

        for (int id = 0; id < Vocabulary; id++)
        {
            // One more everywhere: no token is impossible.
            _prior[id] = (_unigram[id] + 1.0) / (_total + Vocabulary);
        }
    }

    /// <summary>P(token) by its frequency alone.</summary>
    /// <param name="p">(V), overwritten.</param>
    public void Unigram(Span<double> p) => _prior.CopyTo(p);

    /// <summary>P(token | left side).</summary>
    /// <param name="gap">The question.</param>
    /// <param name="p">(V), overwritten; sums to 1.</param>
    public void Left(Gap gap, Span<double> p) => Side(gap, 0, p);

    /// <summary>P(token | both sides).</summary>
    /// <param name="gap">An announced question; contexts of others are passed over.</param>
    /// <param name="p">(V), overwritten; sums to 1.</param>
    /// <exception cref="ArgumentException">p has another length.</exception>
    public void Predict(Gap gap, Span<double> p)
    {
        if (p.Length != Vocabulary)
        {
            throw new ArgumentException($"p has {p.Length} numbers but the model knows {Vocabulary} tokens: pass one number for each.", nameof(p));
        }

        double[] right = new double[Vocabulary];
        Side(gap, 0, p);
        Side(gap, SideOrders, right);
        double sum = 0;
        for (int id = 0; id < p.Length; id++)
        {
            p[id] = Math.Exp(Weights.Left * Math.Log(p[id]) + Weights.Right * Math.Log(right[id]) + Weights.Prior * Math.Log(_prior[id]));
            sum += p[id];
        }

        for (int id = 0; id < p.Length; id++)
        {
            p[id] /= sum;
        }

        Interpolate(gap, 2 * SideOrders, Levels, Weights.JointDiscount, p);
    }

    /// <summary>Chooses the weights by going through them one after the other, several times, and keeping each step that lowers the mean −log P.</summary>
    /// <param name="questions">Announced gaps and what stood there; from text that was not counted.</param>
    /// <param name="rounds">How often all are gone through; the step is halved each time.</param>
    /// <returns>The mean −log P with the weights chosen, in nats.</returns>
    public double Tune(IReadOnlyList<(Gap Gap, int Token)> questions, int rounds = 3)
    {
        ArgumentNullException.ThrowIfNull(questions);
        double best = Loss(questions), step = 0.16;
        for (int round = 0; round < rounds; round++, step /= 2)
        {
            for (int which = 0; which < 5; which++)
            {
                foreach (int sign in new[] { 1, -1 })
                {
                    bool better = false;
                    for (GapWeights before = Weights; Move(before, which, sign * step) is { } moved; before = moved)
                    {
                        Weights = moved;
                        double loss = Loss(questions);
                        if (loss >= best)
                        {
                            Weights = before;
                            break;
                        }

                        (best, better) = (loss, true);
                    }

                    if (better)
                    {
                        break;
                    }
                }
            }
        }

        return best;
    }

    private double Loss(IReadOnlyList<(Gap Gap, int Token)> questions)
    {
        double[] losses = new double[questions.Count];
        Parallel.For(0, questions.Count, () => new double[Vocabulary], (i, _, p) =>
        {
            Predict(questions[i].Gap, p);
            losses[i] = -Math.Log(p[questions[i].Token]);
            return p;
        }, _ => { });
        return losses.Average();
    }

    private static GapWeights? Move(GapWeights w, int which, double by)
    {
        GapWeights moved = which switch
        {
            0 => w with { Left = w.Left + by },
            1 => w with { Right = w.Right + by },
            2 => w with { Prior = w.Prior + by },
            3 => w with { SideDiscount = w.SideDiscount + by },
            _ => w with { JointDiscount = w.JointDiscount + by },
        };
        return moved.SideDiscount is > 0 and < 1 && moved.JointDiscount is > 0 and < 1 ? moved : null;
    }

    private const int SideOrders = 3, Levels = 10;

    private void Side(Gap gap, int first, Span<double> p)
    {
        Unigram(p);
        Interpolate(gap, first, first + SideOrders, Weights.SideDiscount, p);
    }

    private void Interpolate(Gap gap, int first, int end, double discount, Span<double> p)
    {
        Span<ulong> keys = stackalloc ulong[Levels];
        Keys(gap, keys);
        foreach (ulong key in keys[first..end])
        {
            if (key == 0 || !_contexts.TryGetValue(key, out Counts? context) || context.Total == 0)
            {
                continue;
            }

            double keep = discount * context.Tokens.Count / context.Total;
            foreach (ref double value in p)
            {
                value *= keep;
            }

            foreach ((int id, int count) in context.Tokens)
            {
                p[id] += (count - discount) / context.Total;
            }
        }
    }

    /// <summary>Left 1, 2, 3; right 1, 2, 3; both 1+1, 2+1, 1+2, 2+2. Zero for a context with −1 in it.</summary>
    private static void Keys(Gap g, Span<ulong> keys)
    {
        keys[0] = Key(1, g.L1);
        keys[1] = Key(2, g.L1, g.L2);
        keys[2] = Key(3, g.L1, g.L2, g.L3);
        keys[3] = Key(4, g.R1);
        keys[4] = Key(5, g.R1, g.R2);
        keys[5] = Key(6, g.R1, g.R2, g.R3);
        keys[6] = Key(7, g.L1, g.R1);
        keys[7] = Key(8, g.L1, g.L2, g.R1);
        keys[8] = Key(9, g.L1, g.R1, g.R2);
        keys[9] = Key(10, g.L1, g.L2, g.R1, g.R2);
    }

    private static ulong Key(ulong kind, int a, int b = 0, int c = 0, int d = 0) =>
        (a | b | c | d) < 0 ? 0 : kind << 60 | (ulong)(uint)a << 45 | (ulong)(uint)b << 30 | (ulong)(uint)c << 15 | (uint)d;

    private sealed class Counts
    {
        public Dictionary<int, int> Tokens { get; } = [];

        public long Total { get; private set; }

        public void Add(int id)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(Tokens, id, out _)++;
            Total++;
        }
    }
}
