namespace AttentionLab.Kernels;

/// <content>What queries may not see, put into a block of scores (keys, queries).</content>
public static partial class FlashAttend
{
    /// <summary>Adds the bias and puts −∞ where a query may not look.</summary>
    private static unsafe void Hide<V>(in HeadView head, float* scores, int width, int first, int count, int start, int keys)
        where V : struct, ILanes<V>
    {
        int lanes = 2 * V.Count;
        if (head.Bias != null || head.Pairs != null)
        {
            AddPairs<V>(head, scores, width, first, count, start, keys);
        }

        if (head.KeyMask != null)
        {
            for (int j = 0; j < keys; j++)
            {
                if (!head.KeyMask[start + j])
                {
                    new Span<float>(scores + j * width, lanes).Fill(float.NegativeInfinity);
                }
            }
        }

        if (head.Causal)
        {
            // Query first + r sees keys below Limit(first) + r: keys below Limit(first) are seen by all.
            for (int j = Math.Max(0, first + head.Keys - head.Queries + 1 - start); j < keys; j++)
            {
                int hidden = Math.Min(start + j - (first + head.Keys - head.Queries), lanes);
                new Span<float>(scores + j * width, hidden).Fill(float.NegativeInfinity);
            }
        }
    }

    /// <summary>Bias and pairs come with a row a query: they are put together in rows, turned, and added.</summary>
    private static unsafe void AddPairs<V>(in HeadView head, float* scores, int width, int first, int count, int start, int keys)
        where V : struct, ILanes<V>
    {
        int lanes = 2 * V.Count;
        float* rows = Scratch.Of(Scratch.Keys, lanes * KeyBlock), turned = Scratch.Of(Scratch.Values, lanes * KeyBlock);
        for (int r = 0; r < count; r++)
        {
            nint at = (nint)(first + r) * head.Keys + start;
            Span<float> row = new(rows + r * KeyBlock, keys);
            if (head.Bias != null)
            {
                Multiply.Scale(new(head.Bias + at, keys), head.Units.Bias, row);
            }
            else
            {
                row.Clear();
            }

            if (head.Pairs != null)
            {
                MaskedSoftmax.Hide(row, new(head.Pairs + at, keys));
            }
        }

        MatMul.PackStrip<V>(rows, 1, KeyBlock, turned, keys, count);
        V lowest = V.All(float.MinValue), hidden = V.All(float.NegativeInfinity);
        for (int j = 0; j < keys; j++, turned += lanes, scores += width)
        {
            // Not the sum alone: −∞ + NaN would be NaN.
            V x = V.Load(turned), y = V.Load(turned + V.Count);
            V.Store(V.WhereLess(x, lowest, hidden, V.Load(scores) + x), scores);
            V.Store(V.WhereLess(y, lowest, hidden, V.Load(scores + V.Count) + y), scores + V.Count);
        }
    }
}
