using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// The fast path of <see cref="FlashAttend"/>. A strip is as many queries as two registers have lanes, and every lane is a query: Q is turned
/// to Qᵀ once, scores are Sᵀ = K·Qᵀ, the output is Oᵀ = Vᵀ·Pᵀ. So maxima, sums and masks never cross lanes, and K and V are read where they
/// lie, one number at a time, at any distance between rows. Scores are kept in <see cref="ScoreUnits"/> (Q and the bias are scaled), so that a
/// weight is a subtraction, a product and one 2ˣ.
/// </summary>
public static partial class FlashAttend
{
    /// <summary>
    /// How far (in powers of two) scores may rise above the maximum in use before it is renewed: up to there weights are at most 2⁸, which a
    /// float holds as exactly as 1, and what was summed so far need not be scaled down.
    /// </summary>
    private const float Slack = 8;

    /// <summary>Queries first … first + count − 1 of one head.</summary>
    private static unsafe void Attend<V>(in HeadView head, int first, int count, in Upcoming next)
        where V : struct, ILanes<V>
    {
        if (count == 0)
        {
            return;
        }

        int width = 2 * V.Count, strips = (count + width - 1) / width;
        nint querySize = (nint)head.Dim * width, outputSize = (nint)head.ValueDim * width;
        float* queries = Scratch.Of(Scratch.Query, strips * (int)querySize), outputs = Scratch.Of(Scratch.Output, strips * (int)outputSize);
        float* scores = Scratch.Of(Scratch.Scores, MaskBits.KeyBlock * width), rows = Scratch.Of(Scratch.Rows, 2 * strips * width);
        for (int s = 0; s < strips; s++)
        {
            LoadQueries<V>(head, first + s * width, Math.Min(width, count - s * width), queries + s * querySize);
            new Span<float>(rows + 2 * s * width, width).Fill(float.MinValue);
            new Span<float>(rows + (2 * s + 1) * width, width).Clear();
        }

        // Every strip goes through its own keys, but they keep step: neighbours see nearly the same ones, which are near then.
        int* from = stackalloc int[strips];
        int meeting = 0;
        for (bool met = true; met;)
        {
            met = false;
            for (int s = 0; s < strips; s++)
            {
                int query = first + s * width, last = Math.Min(query + width, first + count) - 1;
                KeyRun run = head.Mask.Next(query, from[s], head.Limit(last));
                if (run.Count > 0)
                {
                    StripView strip = new()
                    {
                        Q = queries + s * querySize,
                        Output = outputs + s * outputSize,
                        Rows = rows + 2 * s * width,
                        Scores = scores,
                        Width = width,
                        IsNew = from[s] == 0,
                        RowsAhead = next.Rows(head, first, meeting++),
                        KeysAhead = next.Keys(head, s, run),
                    };
                    MeetCausal<V>(head, strip, query, last, run);
                    from[s] = run.End;
                    met = true;
                }
            }
        }

        for (int s = 0; s < strips; s++)
        {
            if (from[s] == 0)
            {
                new Span<float>(outputs + s * outputSize, (int)outputSize).Clear();
            }

            int query = first + s * width;
            StoreOutput<V>(head, query, Math.Min(width, count - s * width), rows + 2 * s * width, outputs + s * outputSize);
        }
    }

    /// <summary>A strip of queries, or half of one: its numbers stand in rows <c>Width</c> apart.</summary>
    private unsafe struct StripView
    {
        public float* Q, Output, Rows, Scores;
        public int Width;

        /// <summary>Whether it has met no keys so far: its output is not yet there.</summary>
        public bool IsNew;

        /// <summary>What the tiles of its scores and of its outputs ask for.</summary>
        public MatMul.Ahead RowsAhead, KeysAhead;
    }

    /// <summary>
    /// <see cref="Meet"/> for queries … last. The end of a causal diagonal is seen by the second half of the queries only: half a strip is one of
    /// narrower registers.
    /// </summary>
    private static unsafe void MeetCausal<V>(in HeadView head, in StripView strip, int query, int last, KeyRun run)
        where V : struct, ILanes<V>
    {
        int seen = Math.Min(run.Count, head.Limit(query + V.Count - 1) - run.Start), half = query + V.Count;
        if (V.Count <= 4 || seen == run.Count || last < half || (strip.IsNew && seen <= 0))
        {
            Meet<V>(head, strip, query, last - query + 1, run);
            return;
        }

        seen = Math.Max(0, seen);
        Meet<V>(head, strip, query, last - query + 1, run with { Count = seen });
        KeyRun rest = run with { Start = run.Start + seen, Count = run.Count - seen };
        StripView lanes = new()
        {
            Q = strip.Q + V.Count,
            Output = strip.Output + V.Count,
            Rows = strip.Rows + V.Count,
            Scores = strip.Scores + V.Count,
            Width = strip.Width,
        };
        if (V.Count == 16)
        {
            Meet<Lanes8>(head, lanes, half, last - half + 1, rest);
        }
        else
        {
            Meet<Lanes4>(head, lanes, half, last - half + 1, rest);
        }
    }

    /// <summary>A strip of queries meets some keys: scores, weights, and their share of the output.</summary>
    private static unsafe void Meet<V>(in HeadView head, in StripView strip, int first, int count, KeyRun run)
        where V : struct, ILanes<V>
    {
        if (run.Count == 0)
        {
            return;
        }

        int width = strip.Width, keys = run.Count;
        Strips.Product<V>(head.K[run.Start], head.K.Step, 1, strip.Q, width, strip.Scores, width, keys, head.Dim, write: true, strip.RowsAhead);
        Hide<V>(head, strip.Scores, width, first, count, run);
        Raise<V>(strip.Scores, width, keys, strip.Rows, strip.Output, strip.IsNew ? 0 : head.ValueDim, head.Units.Base2);
        Weigh<V>(strip.Scores, width, keys, strip.Rows, head.Units.Base2);
        float* v = head.V[run.Start];
        Strips.Product<V>(v, 1, head.V.Step, strip.Scores, width, strip.Output, width, head.ValueDim, keys, write: strip.IsNew, strip.KeysAhead);
    }

    /// <summary>A strip of Qᵀ, scaled; lanes without a query are zeros.</summary>
    private static unsafe void LoadQueries<V>(in HeadView head, int first, int count, float* strip)
        where V : struct, ILanes<V>
    {
        MatMul.PackStrip<V>(head.Q[first], 1, head.Q.Step, strip, head.Dim, count);
        V factor = V.All(head.Units.Query);
        Strips.ScaleLanes(strip, 2 * V.Count, head.Dim, factor, factor);
    }

    /// <summary>
    /// Renews the maxima in use (at <paramref name="rows"/>) where a block's scores rise far above them, and scales down what was summed so far.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Raise<V>(float* scores, int width, int keys, float* rows, float* output, int valueDim, float base2)
        where V : struct, ILanes<V>
    {
        V topX = V.All(float.NegativeInfinity), topY = topX;
        for (; keys > 0; keys--, scores += width)
        {
            topX = V.Max(topX, V.Load(scores));
            topY = V.Max(topY, V.Load(scores + V.Count));
        }

        V maximumX = V.Load(rows), maximumY = V.Load(rows + V.Count), slack = V.All(Slack / base2), factor = V.All(base2), zero = V.All(0), one = V.All(1);
        V risesX = V.WhereLess(maximumX + slack, topX, one, zero), risesY = V.WhereLess(maximumY + slack, topY, one, zero);
        if (V.MaxAcross(V.Max(risesX, risesY)) == 0)
        {
            return;
        }

        topX = V.WhereLess(zero, risesX, topX, maximumX);
        topY = V.WhereLess(zero, risesY, topY, maximumY);
        Exp2<V> exp2 = new();
        V shrinkX = exp2.Of((maximumX - topX) * factor), shrinkY = exp2.Of((maximumY - topY) * factor);
        V.Store(topX, rows);
        V.Store(topY, rows + V.Count);
        Strips.ScaleLanes(rows + width, width, 1, shrinkX, shrinkY);
        Strips.ScaleLanes(output, width, valueDim, shrinkX, shrinkY);
    }

    /// <summary>Turns a block of scores into weights 2^(base2·(score − maximum)) and adds them to the sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Weigh<V>(float* scores, int width, int keys, float* rows, float base2)
        where V : struct, ILanes<V>
    {
        V maximumX = V.Load(rows), maximumY = V.Load(rows + V.Count), sumX = V.Load(rows + width), sumY = V.Load(rows + width + V.Count), factor = V.All(base2);
        Exp2<V> exp2 = new();
        for (; keys > 0; keys--, scores += width)
        {
            V x = exp2.Of((V.Load(scores) - maximumX) * factor), y = exp2.Of((V.Load(scores + V.Count) - maximumY) * factor);
            V.Store(x, scores);
            V.Store(y, scores + V.Count);
            sumX += x;
            sumY += y;
        }

        V.Store(sumX, rows + width);
        V.Store(sumY, rows + width + V.Count);
    }

    /// <summary>Divides by the sums and turns the strip back; a query that saw nothing gets zeros.</summary>
    private static unsafe void StoreOutput<V>(in HeadView head, int first, int count, float* rows, float* output)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count;
        float* maxima = rows, sums = rows + width;
        if (head.Statistics != null)
        {
            for (int r = 0; r < count; r++)
            {
                head.Statistics[2 * (first + r)] = maxima[r] * head.Units.Power;
                head.Statistics[2 * (first + r) + 1] = sums[r];
            }
        }

        // A sum that is not 0 is at least the largest weight, about 1.
        V sumX = V.Load(sums), sumY = V.Load(sums + V.Count), zero = V.All(0), one = V.All(1);
        V inverseX = V.WhereLess(sumX, V.All(1e-30f), zero, one / sumX), inverseY = V.WhereLess(sumY, V.All(1e-30f), zero, one / sumY);
        Strips.ScaleLanes(output, width, head.ValueDim, inverseX, inverseY);
        Strips.StoreRows<V>(output, head.Output[first], head.Output.Step, head.ValueDim, count);
        if (head.Hides)
        {
            Clean<V>(head, first, count, output, rows);
        }
    }
}
