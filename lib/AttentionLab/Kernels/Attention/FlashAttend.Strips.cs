using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>What the fast path does with a strip of queries, apart from products; two registers of it at once.</content>
public static partial class FlashAttend
{
    /// <summary>
    /// How far (in powers of two) scores may rise above the maximum in use before it is renewed: up to there weights are at most 2⁸, which a
    /// float holds as exactly as 1, and what was summed so far need not be scaled down.
    /// </summary>
    private const float Slack = 8;

    /// <summary>A strip of Qᵀ, scaled; lanes without a query are zeros.</summary>
    private static unsafe void LoadQueries<V>(in HeadView head, int first, int count, float* strip, int width)
        where V : struct, ILanes<V>
    {
        MatMul.PackStrip<V>(head.Q[first], 1, head.Q.Step, strip, head.Dim, count, width / V.Count);
        V factor = V.All(head.Units.Query);
        Strips.ScaleLanes(strip, 2 * V.Count, head.Dim * (width / (2 * V.Count)), factor, factor);
    }

    /// <summary>
    /// Renews the maxima in use where a block's scores rise far above them, and scales down what was summed so far.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Raise<V>(in StripView strip, int keys, int valueDim, float base2)
        where V : struct, ILanes<V>
    {
        int width = strip.Width;
        float* scores = strip.Scores, rows = strip.Rows;
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
        Strips.ScaleLanes(strip.Output, width, valueDim, shrinkX, shrinkY);
    }

    /// <summary>Turns a block of scores into weights 2^(base2·(score − maximum)) and adds them to the sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Weigh<V>(in StripView strip, int keys, float base2)
        where V : struct, ILanes<V>
    {
        int width = strip.Width;
        float* scores = strip.Scores, rows = strip.Rows;
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
    private static unsafe void StoreOutput<V>(in HeadView head, in StripView strip)
        where V : struct, ILanes<V>
    {
        int width = strip.Width, first = strip.First, count = strip.Count;
        float* output = strip.Output, maxima = strip.Rows, sums = strip.Rows + width;
        for (int c = 0; strip.IsNew && c < head.ValueDim; c++)
        {
            new Span<float>(output + c * width, 2 * V.Count).Clear();
        }

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
        Strips.StoreRows<V>(output, width, head.Output[first], head.Output.Step, head.ValueDim, count);
        if (head.Hides)
        {
            Clean<V>(head, strip);
        }
    }
}
