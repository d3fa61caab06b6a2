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
    /// <summary>One line with all numbers.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"layer {Layer}, {(Head is int head ? $"head {head}" : "mean of heads")}: {Peaks:P1} of the digits look most at their word ({Parts:P1} at their "
        + $"part), weight {Weight:F3}; uniform {Uniform:P1}, shuffled {Shuffled:P1}");
}
