namespace AttentionLab.Course.Experiments;

/// <summary>
/// How well a cross-attention agrees with the known alignment, over all digits of some dates (slashes do not count).
/// </summary>
/// <param name="Layer">Of the decoder, from 0.</param>
/// <param name="Head">Of the attention, from 0; null for the mean of all heads.</param>
/// <param name="Peaks">Share of the digits whose most attended word is the one that says them.</param>
/// <param name="Weight">Mean attention weight on the word that says the digit.</param>
/// <param name="Parts">Share of the digits whose most attended word at least belongs to the right part: year, month or day.</param>
/// <param name="Uniform">What <paramref name="Weight"/>, and <paramref name="Peaks"/> on average, would be if all words of a date had equal weights.</param>
/// <param name="Shuffled"><paramref name="Peaks"/> of the same attention against the
/// alignment of the next date: what knowing the task, but not this text, is worth.</param>
public sealed record AlignmentScore(int Layer, int? Head, double Peaks, double Weight, double Parts, double Uniform, double Shuffled)
{
    /// <summary>Compares attention with the known alignment.</summary>
    /// <param name="dates">N, at least two; their alignments are the truth.</param>
    /// <param name="maps">N maps, one a date: (characters, words) weights.</param>
    /// <returns>The score; layer 0 and no head.</returns>
    /// <exception cref="ArgumentException">There are not as many maps as dates, or a map has not the size of its date.</exception>
    public static AlignmentScore Of(IReadOnlyList<SpokenDate> dates, IReadOnlyList<float[,]> maps)
    {
        ArgumentNullException.ThrowIfNull(dates);
        ArgumentNullException.ThrowIfNull(maps);
        if (dates.Count < 2 || maps.Count != dates.Count)
        {
            throw new ArgumentException(
                $"there are {dates.Count} dates and {maps.Count} maps but each of two or more dates needs one: pass what DateReader.Alignment gives for each "
                + "date.",
                nameof(maps));
        }

        int digits = 0, peaks = 0, parts = 0, shuffled = 0;
        double weight = 0, uniform = 0;
        for (int i = 0; i < dates.Count; i++)
        {
            (IReadOnlyList<int> truth, IReadOnlyList<int> other, float[,] map) = (dates[i].Alignment, dates[(i + 1) % dates.Count].Alignment, maps[i]);
            int words = dates[i].Words.Count;
            if (map.GetLength(0) != truth.Count || map.GetLength(1) != words)
            {
                throw new ArgumentException(
                    $"map {i} is ({map.GetLength(0)}, {map.GetLength(1)}) but its date has {truth.Count} characters and {words} words: pass the maps in the "
                    + "order of the dates.",
                    nameof(maps));
            }

            for (int t = 0; t < truth.Count; t++)
            {
                if (truth[t] >= 0)
                {
                    int peak = Enumerable.Range(0, words).MaxBy(s => map[t, s]);
                    digits++;
                    peaks += peak == truth[t] ? 1 : 0;
                    parts += SamePart(truth, t).Contains(peak) ? 1 : 0;
                    shuffled += t < other.Count && peak == other[t] ? 1 : 0;
                    weight += map[t, truth[t]];
                    uniform += 1.0 / words;
                }
            }
        }

        return new AlignmentScore(0, null, (double)peaks / digits, weight / digits, (double)parts / digits, uniform / digits, (double)shuffled / digits);
    }

    /// <summary>The words of the year, month or day to which a character belongs.</summary>
    private static IEnumerable<int> SamePart(IReadOnlyList<int> alignment, int character)
    {
        int first = character, end = character;
        while (first > 0 && alignment[first - 1] >= 0)
        {
            first--;
        }

        while (end < alignment.Count && alignment[end] >= 0)
        {
            end++;
        }

        return alignment.Skip(first).Take(end - first);
    }

    /// <summary>One line with all numbers.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"layer {Layer}, {(Head is int head ? $"head {head}" : "mean of heads")}: {Peaks:P1} of the digits look most at their word ({Parts:P1} at their "
        + $"part), weight {Weight:F3}; uniform {Uniform:P1}, shuffled {Shuffled:P1}");
}
