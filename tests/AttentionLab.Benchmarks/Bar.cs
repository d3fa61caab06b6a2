using System.Globalization;

namespace AttentionLab.Benchmarks;

/// <summary>
/// What ours must reach, in one of three terms: a multiple of a rival's speed, a share of the machine's limit, or at most
/// a multiple of the time of another of our own rows.
/// </summary>
internal sealed record Bar
{
    /// <summary>A bar above this share of the limit deserves a word: the best matrix products reach 95 %.</summary>
    private const double Hardly = 0.95;

    private enum Term
    {
        Faster,
        Within,
        Percent,
    }

    private Term Kind { get; init; }

    /// <summary>Family of the other side; "" for the machine's limit.</summary>
    public string Family { get; private init; } = "";

    /// <summary>The number that must be reached.</summary>
    public double Value { get; private init; }

    /// <summary>Worth telling if reached, no failure if not.</summary>
    public bool IsMoonshot { get; private init; }

    /// <summary>Ours must be at least <paramref name="ratio"/> times as fast as the fastest of a family.</summary>
    public static Bar AtLeast(double ratio, string family) => new() { Kind = Term.Faster, Family = family, Value = ratio };

    /// <summary>Ours may take at most <paramref name="ratio"/> times as long as the fastest of a family.</summary>
    public static Bar AtMost(double ratio, string family) => new() { Kind = Term.Within, Family = family, Value = ratio };

    /// <summary>Ours must reach so many percent of the machine's limit.</summary>
    public static Bar PercentOfLimit(double percent) => new() { Kind = Term.Percent, Value = percent };

    /// <summary>The same as a moonshot.</summary>
    public Bar AsMoonshot() => this with { IsMoonshot = true };

    /// <summary>Judges all bars of a row.</summary>
    /// <param name="bars">The bars.</param>
    /// <param name="ours">Our median, ms.</param>
    /// <param name="limit">Time at 100 % of the machine's limit, ms; null if unknown.</param>
    /// <param name="best">Median of the fastest of a family, ms; null if it did not take part.</param>
    /// <returns>
    /// The bars with what was reached (null if there are none); whether all were met (null if there are none, or none failed and
    /// some could not be judged); and what the machine's limit makes impossible.
    /// </returns>
    public static (string? Text, bool? Met, IReadOnlyList<string> Notes) Judge(IReadOnlyList<Bar> bars, double ours, double? limit, Func<string, double?> best)
    {
        List<string> words = [], notes = [];
        bool failed = false, open = false, judged = false;
        foreach (Bar bar in bars)
        {
            double? reached = bar.Reached(ours, limit, best);
            bool? met = reached is not { } value ? null : bar.Kind == Term.Within ? value <= bar.Value : value >= bar.Value;
            words.Add($"{(bar.IsMoonshot ? "moonshot " : "")}{bar}: {bar.Verdict(reached, met)}");
            if (bar.Impossible(limit, best) is { } note)
            {
                notes.Add(note);
            }

            if (!bar.IsMoonshot)
            {
                judged = true;
                failed |= met == false;
                open |= met is null;
            }
        }

        return (words.Count == 0 ? null : string.Join("; ", words), failed ? false : open || !judged ? null : true, notes);
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        Term.Faster => $"≥ {Number(Value)} × {Family}",
        Term.Within => $"≤ {Number(Value)} × the time of {Family}",
        _ => $"≥ {Number(Value)} % of limit",
    };

    private double? Reached(double ours, double? limit, Func<string, double?> best) => Kind switch
    {
        Term.Faster => best(Family) / ours,
        Term.Within => ours / best(Family),
        _ => limit / ours * 100,
    };

    private string Verdict(double? reached, bool? met)
    {
        if (reached is not { } value)
        {
            return Kind == Term.Percent ? "limit unknown" : $"{Family} did not take part";
        }

        string number = value.ToString(Kind == Term.Percent ? "F1" : "F2", CultureInfo.InvariantCulture);
        return $"{number} {(met == true ? IsMoonshot ? "reached" : "met" : IsMoonshot ? "not reached" : "missed")}";
    }

    /// <summary>Where the bar asks for less time than multiply-adds (or memory) alone take at the limit, or for hardly more.</summary>
    private string? Impossible(double? limit, Func<string, double?> best)
    {
        if (Kind != Term.Faster || limit is not { } least || best(Family) is not { } rival)
        {
            return null;
        }

        double asked = rival / Value;
        string share = (least / asked * 100).ToString("F0", CultureInfo.InvariantCulture);
        return asked < least
            ? $"{this} asks for {Milliseconds(asked)} ms, but at 100 % of the machine's limit the work takes {Milliseconds(least)} ms: beyond this machine."
            : asked * Hardly < least
                ? $"{this} asks for {Milliseconds(asked)} ms, which is {share} % of the machine's limit, with no time for anything but multiply-adds."
            : null;
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Milliseconds(double value) => DuelReport.Milliseconds(value);
}
