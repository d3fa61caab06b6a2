using System.Globalization;

namespace AttentionLab.Course.Experiments;

/// <summary>A date in words and in digits, with the word that explains each digit; made by <see cref="SpokenDates"/>.</summary>
/// <param name="Date">The date.</param>
/// <param name="Words">What is said, word by word.</param>
/// <param name="Alignment">For each character of <see cref="Digits"/> the number of the word that says it; −1 for the two slashes, which nobody says.</param>
public sealed record SpokenDate(DateOnly Date, IReadOnlyList<string> Words, IReadOnlyList<int> Alignment)
{
    /// <summary>For example "the third of march nineteen eighty four".</summary>
    public string Text => string.Join(' ', Words);

    /// <summary>Year, month and day without leading zeros, for example "1984/3/21".</summary>
    public string Digits => Date.ToString("yyyy'/'M'/'d", CultureInfo.InvariantCulture);

    /// <summary>The digits and the words that say them: "19 nineteen · 8 eighty · 4 four · 3 march · 2 twenty · 1 first".</summary>
    public override string ToString()
    {
        List<string> pieces = [];
        for (int first = 0, at = 1; at <= Alignment.Count; at++)
        {
            if (at == Alignment.Count || Alignment[at] != Alignment[first])
            {
                if (Alignment[first] >= 0)
                {
                    pieces.Add($"{Digits[first..at]} {Words[Alignment[first]]}");
                }

                first = at;
            }
        }

        return string.Join(" · ", pieces);
    }
}
