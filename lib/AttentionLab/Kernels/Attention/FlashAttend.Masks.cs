using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>What queries may not see, put into a block of scores (keys, queries).</content>
public static partial class FlashAttend
{
    /// <summary>Adds the bias and puts −∞ where a query may not look.</summary>
    private static unsafe void Hide<V>(in HeadView head, float* scores, int width, int first, int count, KeyRun run)
        where V : struct, ILanes<V>
    {
        if (head.Bias != null)
        {
            AddBias<V>(head, scores, width, first, count, run);
        }

        // Query first + r sees keys below diagonal + r.
        int diagonal = head.Causal ? first + head.Keys - head.Queries + 1 : run.End, from = run.Hides ? 0 : Math.Max(0, diagonal - run.Start);
        HideLanes<V>(scores, width, from, run.Count, run.Hides ? head.Mask.Words(first, run.Start) : null, first % MaskBits.Strip, diagonal - run.Start);
    }

    /// <summary>Keys from … end − 1 of a block: −∞ in the lanes of queries that may not see them, by the bits of words or by the causal rule.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void HideLanes<V>(float* scores, int width, int from, int end, uint* words, int shift, int diagonal)
        where V : struct, ILanes<V>
    {
        scores += from * width;
        for (int j = from; j < end; j++, scores += width)
        {
            uint hidden = (words == null ? 0 : words[j] >> shift) | (uint)((1UL << Math.Clamp(j - diagonal + 1, 0, MaskBits.Strip)) - 1);
            V.Store(V.Hide(V.Load(scores), hidden), scores);
            V.Store(V.Hide(V.Load(scores + V.Count), hidden >> V.Count), scores + V.Count);
        }
    }

    /// <summary>The bias comes with a row a query: rows are turned and added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void AddBias<V>(in HeadView head, float* scores, int width, int first, int count, KeyRun run)
        where V : struct, ILanes<V>
    {
        int lanes = 2 * V.Count;
        float* turned = Scratch.Of(Scratch.Bias, lanes * MaskBits.KeyBlock);
        MatMul.PackStrip<V>(head.Bias + (nint)first * head.Keys + run.Start, 1, head.Keys, turned, run.Count, count);
        V units = V.All(head.Units.Bias), lowest = V.All(float.MinValue), hidden = V.All(float.NegativeInfinity);
        for (int j = 0; j < run.Count; j++, turned += lanes, scores += width)
        {
            // Not the sum alone: −∞ + NaN would be NaN.
            V x = V.Load(turned) * units, y = V.Load(turned + V.Count) * units;
            V.Store(V.WhereLess(x, lowest, hidden, V.Load(scores) + x), scores);
            V.Store(V.WhereLess(y, lowest, hidden, V.Load(scores + V.Count) + y), scores + V.Count);
        }
    }
}
