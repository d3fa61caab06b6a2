namespace AttentionLab.Kernels;

/// <summary>
/// The fast path of <see cref="FlashAttend"/>. A strip is as many queries as two or four registers have lanes, and every lane is a query: Q is turned
/// to Qᵀ once, scores are Sᵀ = K·Qᵀ, the output is Oᵀ = Vᵀ·Pᵀ. So maxima, sums and masks never cross lanes, and K and V are read where they
/// lie, one number at a time, at any distance between rows. Scores are kept in <see cref="ScoreUnits"/> (Q and the bias are scaled), so that a
/// weight is a subtraction, a product and one 2ˣ.
/// </summary>
/// <remarks>
/// A strip of four registers has two halves. Both meet the same keys at once where they may; else each meets its own.
/// </remarks>
public static partial class FlashAttend
{
    /// <summary>Queries first … first + count − 1 of one head.</summary>
    private static unsafe void Attend<V>(in HeadView head, int first, int count, in Upcoming next)
        where V : struct, ILanes<V>
    {
        if (count == 0)
        {
            return;
        }

        int halves = MatMul.Pieces(count, 2 * V.Count), together = Strips.Registers / 2;
        StripView* views = stackalloc StripView[halves];
        Begin<V>(head, first, count, views);

        // Every strip goes through its own keys, but they keep step: neighbours see nearly the same ones, which are near then.
        int meetings = 0;
        for (int before = -1; before < meetings;)
        {
            before = meetings;
            for (int h = 0; h < halves; h += together)
            {
                bool hasOther = together == 2 && h + 1 < halves;
                meetings += MeetNext<V>(head, views + h, hasOther, next.Rows(head, first, meetings), next, h / together) ? 1 : 0;
            }
        }

        for (int h = 0; h < halves; h++)
        {
            StoreOutput<V>(head, views[h]);
        }
    }

    /// <summary>A strip of queries, half of one, or half of that: its numbers stand in rows <c>Width</c> apart.</summary>
    private unsafe struct StripView
    {
        public float* Q, Output, Rows, Scores;

        /// <summary>First query, and how many there are.</summary>
        public int First, Count;

        /// <summary>Distance between rows.</summary>
        public int Width;

        /// <summary>Keys before this one are met.</summary>
        public int From;

        /// <summary>Whether it has met no keys so far: its output is not yet there.</summary>
        public bool IsNew;

        /// <summary>What the tiles of its scores and of its outputs ask for.</summary>
        public MatMul.Ahead RowsAhead, KeysAhead;

        /// <summary>Some lanes of it; they ask for nothing.</summary>
        public readonly StripView Lanes(int lane, int lanes) => this with
        {
            Q = Q + lane,
            Output = Output + lane,
            Rows = Rows + lane,
            Scores = Scores + lane,
            First = First + lane,
            Count = Math.Min(Count - lane, lanes),
            RowsAhead = default,
            KeysAhead = default,
        };
    }

    /// <summary>Strips of Qᵀ that have met nothing, half by half.</summary>
    private static unsafe void Begin<V>(in HeadView head, int first, int count, StripView* halves)
        where V : struct, ILanes<V>
    {
        int half = 2 * V.Count, wide = Strips.Registers * V.Count, strips = MatMul.Pieces(count, wide);
        nint querySize = (nint)head.Dim * wide, outputSize = (nint)head.ValueDim * wide;
        float* queries = Scratch.Of(Scratch.Query, strips * (int)querySize), outputs = Scratch.Of(Scratch.Output, strips * (int)outputSize);
        float* scores = Scratch.Of(Scratch.Scores, MaskBits.KeyBlock * wide), rows = Scratch.Of(Scratch.Rows, 2 * strips * wide);
        for (int s = 0; s < strips; s++)
        {
            int left = count - s * wide, width = Strips.Width<V>(left);
            StripView strip = new()
            {
                Q = queries + s * querySize,
                Output = outputs + s * outputSize,
                Rows = rows + 2 * s * wide,
                Scores = scores,
                First = first + s * wide,
                Count = Math.Min(width, left),
                Width = width,
                IsNew = true,
            };
            LoadQueries<V>(head, strip.First, strip.Count, strip.Q, width);
            new Span<float>(strip.Rows, width).Fill(float.MinValue);
            new Span<float>(strip.Rows + width, width).Clear();
            for (int lane = 0; lane < strip.Count; lane += half)
            {
                *halves++ = strip.Lanes(lane, half);
            }
        }
    }

    /// <summary>
    /// A strip meets its next keys: both halves at once, if they begin at the same one, those that both may see but for what a boolean mask hides; else
    /// one half, up to where the other begins.
    /// </summary>
    /// <returns>Whether there were some.</returns>
    private static unsafe bool MeetNext<V>(in HeadView head, StripView* halves, bool hasOther, MatMul.Ahead rows, in Upcoming next, int index)
        where V : struct, ILanes<V>
    {
        KeyRun run = Next(head, halves[0]), other = hasOther ? Next(head, halves[1]) : default;
        int both = Math.Min(Math.Min(run.Count, other.Count), head.Limit(halves[0].First + V.Count - 1) - run.Start);
        if (run.Start == other.Start && both > 0)
        {
            // Whatever lies where a half that has met nothing will have its output: the first maximum, which is above float.MinValue in these units, scales it
            // by 0, and what becomes NaN by that is computed again (Clean).
            run = run with { Count = both };
            StripView strip = halves[0] with
            {
                Count = halves[0].Count + halves[1].Count,
                IsNew = halves[0].IsNew && halves[1].IsNew,
                RowsAhead = rows,
                KeysAhead = next.Keys(head, index, run),
            };
            Meet<V, Four<V>>(head, strip, run, other.Hides);
            halves[0].From = halves[1].From = run.End;
            halves[0].IsNew = halves[1].IsNew = false;
            return true;
        }

        StripView* half = halves;
        if (run.Count <= 0 || (other.Count > 0 && other.Start < run.Start))
        {
            (run, other) = (other, run);
            half++;
        }

        if (run.Count <= 0)
        {
            return false;
        }

        run = run.Before(other);
        MeetCausal<V>(head, *half with { RowsAhead = rows, KeysAhead = next.Keys(head, index, run) }, run);
        half->From = run.End;
        half->IsNew = false;
        return true;
    }

    private static KeyRun Next(in HeadView head, in StripView half) => head.Mask.Next(half.First, half.From, head.Limit(half.First + half.Count - 1));

    /// <summary>
    /// The end of a causal diagonal is seen by the second half of the queries only: half of two registers is two narrower ones.
    /// </summary>
    private static unsafe void MeetCausal<V>(in HeadView head, in StripView strip, KeyRun run)
        where V : struct, ILanes<V>
    {
        int seen = Math.Min(run.Count, head.Limit(strip.First + V.Count - 1) - run.Start);
        if (V.Count <= 4 || seen == run.Count || strip.Count <= V.Count || (strip.IsNew && seen <= 0))
        {
            Meet<V, Two<V>>(head, strip, run);
            return;
        }

        seen = Math.Max(0, seen);
        Meet<V, Two<V>>(head, strip, run with { Count = seen });
        KeyRun rest = run with { Start = run.Start + seen, Count = run.Count - seen };
        StripView lanes = strip.Lanes(V.Count, V.Count) with { IsNew = false };
        if (V.Count == 16)
        {
            Meet<Lanes8, Two<Lanes8>>(head, lanes, rest);
        }
        else
        {
            Meet<Lanes4, Two<Lanes4>>(head, lanes, rest);
        }
    }

    /// <summary>A strip of queries meets some keys: scores, weights, and their share of the output.</summary>
    /// <param name="head">The head.</param>
    /// <param name="strip">As wide as <typeparamref name="W"/>.</param>
    /// <param name="run">The keys; its mask is that of the first two registers.</param>
    /// <param name="otherHides">Whether a boolean mask hides something from the other two.</param>
    private static unsafe void Meet<V, W>(in HeadView head, in StripView strip, KeyRun run, bool otherHides = false)
        where V : struct, ILanes<V>
        where W : struct, ITileRow<W>
    {
        int width = strip.Width, keys = run.Count;
        if (keys == 0)
        {
            return;
        }

        Strips.Product<W>(head.K[run.Start], head.K.Step, 1, strip.Q, width, strip.Scores, width, keys, head.Dim, write: true, strip.RowsAhead);
        for (int lane = 0; lane < W.Count; lane += 2 * V.Count)
        {
            StripView half = strip.Lanes(lane, 2 * V.Count);
            Hide<V>(head, half.Scores, width, half.First, half.Count, lane == 0 ? run : run with { Hides = otherHides });
            Raise<V>(half, keys, strip.IsNew ? 0 : head.ValueDim, head.Units.Base2);
            Weigh<V>(half, keys, head.Units.Base2);
        }

        float* v = head.V[run.Start];
        Strips.Product<W>(v, 1, head.V.Step, strip.Scores, width, strip.Output, width, head.ValueDim, keys, write: strip.IsNew, strip.KeysAhead);
    }
}
