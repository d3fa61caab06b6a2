using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <content>Where its cross-attention looks, and how well that agrees with the word that says the digit.</content>
public sealed partial class DateReader
{
    /// <summary>The attention of each character of a date to each word, while the right characters are given to the decoder.</summary>
    /// <param name="date">The date.</param>
    /// <param name="layer">Of the decoder, from 0.</param>
    /// <param name="head">From 0; null for the mean of all heads.</param>
    /// <returns>(characters, words): a row for each character of <see cref="SpokenDate.Digits"/>, which sums to 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer or head.</exception>
    public float[,] Alignment(SpokenDate date, int layer = 0, int? head = null)
    {
        ArgumentNullException.ThrowIfNull(date);
        Check(layer, Settings.Layers, nameof(layer));
        Check(head ?? 0, Settings.Heads, nameof(head));
        return Maps([date], layer, head)[0];
    }

    /// <summary>
    /// How well attention and known alignment agree: for each layer a score of the mean of its heads and, if there are several, of each head.
    /// </summary>
    /// <param name="dates">At least two.</param>
    /// <exception cref="ArgumentException">There are fewer than two dates.</exception>
    public IReadOnlyList<AlignmentScore> AlignmentScores(IReadOnlyList<SpokenDate> dates)
    {
        ArgumentNullException.ThrowIfNull(dates);
        if (dates.Count < 2)
        {
            throw new ArgumentException($"there are {dates.Count} dates but a score compares each with the next one: pass at least two.", nameof(dates));
        }

        List<AlignmentScore> scores = [];
        for (int layer = 0; layer < Settings.Layers; layer++)
        {
            int?[] heads = Settings.Heads == 1 ? [null] : [null, .. Enumerable.Range(0, Settings.Heads).Select(h => (int?)h)];
            foreach (int? head in heads)
            {
                scores.Add(AlignmentScore.Of(dates, [.. Batches(dates).SelectMany(batch => Maps(batch, layer, head))]) with { Layer = layer, Head = head });
            }
        }

        return scores;
    }

    /// <summary>For each date its map; with head null the mean of all heads.</summary>
    private List<float[,]> Maps(SpokenDate[] dates, int layer, int? head)
    {
        (int[,] source, bool[,] visible) = DateTokens.Encode([.. dates.Select(d => d.Words)]);
        Tensor weights = Model.Forward(source, DateTokens.Targets(dates).Target, visible).Saved.Decoder.Layers[layer].CrossWeights();   // (B,H,T_t,T_s)
        List<float[,]> maps = [];
        for (int b = 0; b < dates.Length; b++)
        {
            float[,] map = new float[dates[b].Alignment.Count, dates[b].Words.Count];
            for (int t = 0; t < map.GetLength(0); t++)
            {
                for (int s = 0; s < map.GetLength(1); s++)
                {
                    for (int h = head ?? 0; h <= (head ?? Settings.Heads - 1); h++)
                    {
                        map[t, s] += weights[b, h, t, s] / (head is null ? Settings.Heads : 1);
                    }
                }
            }

            maps.Add(map);
        }

        return maps;
    }

    private static void Check(int number, int count, string name)
    {
        if ((uint)number >= (uint)count)
        {
            throw new ArgumentOutOfRangeException(name, $"{name} {number} was asked for but the model has {count}: pass 0 to {count - 1}.");
        }
    }
}
