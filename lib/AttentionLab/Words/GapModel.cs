using System.Runtime.InteropServices;

namespace AttentionLab.Words;

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
public sealed partial class GapModel
{
    private const int MostIds = 1 << 15, SideOrders = 3, Levels = 10;
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
        Array.Fill(_prior, 1.0 / vocabulary);
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

    /// <summary>P(token) by its frequency alone; before anything was counted 1/V each.</summary>
    /// <param name="p">(V), overwritten; sums to 1.</param>
    /// <exception cref="ArgumentException">p has another length.</exception>
    public void Unigram(Span<double> p)
    {
        if (p.Length != Vocabulary)
        {
            throw new ArgumentException($"p has {p.Length} numbers but the model knows {Vocabulary} tokens: pass one number for each.", nameof(p));
        }

        _prior.CopyTo(p);
    }

    /// <summary>P(token | left side).</summary>
    /// <param name="gap">The question.</param>
    /// <param name="p">(V), overwritten; sums to 1.</param>
    /// <exception cref="ArgumentException">p has another length.</exception>
    public void Left(Gap gap, Span<double> p) => Side(gap, 0, p);

    /// <summary>P(token | both sides).</summary>
    /// <param name="gap">An announced question; contexts of others are passed over.</param>
    /// <param name="p">(V), overwritten; sums to 1.</param>
    /// <exception cref="ArgumentException">p has another length.</exception>
    public void Predict(Gap gap, Span<double> p)
    {
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
