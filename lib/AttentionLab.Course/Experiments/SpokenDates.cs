using AttentionLab.Kernels;
using AttentionLab.Words;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// Dates as people say them, to be written as digits: "the third of march nineteen eighty four" → 1984/3/3. It is known which
/// word says which digit, so a picture of attention can be graded. The task of chapter 11.
/// </summary>
/// <remarks>
/// Dates of 1700 to 2099. Seven phrasings name year, month and day in five orders, but the digits always stand as year, month, day: no
/// alignment that only moves to the right can be the right one. The same word means different things: "twenty" is the century,
/// the decade or the day in "the twenty first of june twenty twenty". A digit belongs to the last word that sets it: "two thousand"
/// has 2 from "two" and three zeros from "thousand"; "twenty first" has 2 from "twenty" and 1 from "first". Months and days have no
/// leading zeros, so that few digits can be guessed without reading their word.
/// </remarks>
public static class SpokenDates
{
    /// <summary>Most characters of a date in digits: 1984/12/31.</summary>
    public const int Longest = 10;

    /// <summary>One date in so many is held out.</summary>
    public const int HeldOutEvery = 10;

    private static readonly DateOnly First = new(1700, 1, 1), Last = new(2099, 12, 31);

    /// <summary>The phrasings; Y, M and D stand for the words of year, month and day.</summary>
    public static IReadOnlyList<string> Phrasings { get; } =
    [
        "the D of M Y", "M the D Y", "M D Y", "Y M D", "in Y on the D of M", "in M of Y on the D", "on the D day of M in the year Y",
    ];

    /// <summary>Every word that can be said, behind the padding.</summary>
    public static Vocabulary Words { get; } = new(
    [
        Vocabulary.Padding, "the", "of", "in", "on", "day", "year", "hundred", "thousand", .. DateSpeech.Numbers,
    ]);

    /// <summary>Every character that is written, then the token that opens a date and the one that closes it.</summary>
    public static Vocabulary Characters { get; } = new(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "/", "[START]", "[END]"]);

    /// <summary>
    /// Is this date kept out of training, in all its phrasings? A pure function of the date, so the two parts cannot meet: one date in ten.
    /// </summary>
    /// <param name="date">Any date.</param>
    public static bool IsHeldOut(DateOnly date) => new CounterRandom(seed: 0xDA7E, stream: (ulong)date.DayNumber).NextInt(HeldOutEvery) == 0;

    /// <summary>Random dates in random phrasings, with repetitions; the same seed gives the same on every machine.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Decides dates and phrasings.</param>
    /// <param name="heldOut">True for dates that training never sees, false for dates to train on.</param>
    public static IReadOnlyList<SpokenDate> Sample(int count, ulong seed, bool heldOut = false) => Sample(count, new CounterRandom(seed), heldOut);

    /// <summary>The next random dates of a generator, which moves on.</summary>
    /// <param name="count">How many.</param>
    /// <param name="random">Decides dates and phrasings.</param>
    /// <param name="heldOut">True for dates that training never sees, false for dates to train on.</param>
    public static IReadOnlyList<SpokenDate> Sample(int count, CounterRandom random, bool heldOut = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentNullException.ThrowIfNull(random);
        SpokenDate[] sample = new SpokenDate[count];
        for (int i = 0; i < count; i++)
        {
            DateOnly date;
            do
            {
                date = First.AddDays(random.NextInt(Last.DayNumber - First.DayNumber + 1));
            }
            while (IsHeldOut(date) != heldOut);
            sample[i] = Say(date, random.NextInt(Phrasings.Count));
        }

        return sample;
    }

    /// <summary>Says one date.</summary>
    /// <param name="date">From 1700 to 2099.</param>
    /// <param name="phrasing">Number of one of the <see cref="Phrasings"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The year or the phrasing is another one.</exception>
    public static SpokenDate Say(DateOnly date, int phrasing = 0)
    {
        if (date < First || date > Last)
        {
            throw new ArgumentOutOfRangeException(
                nameof(date), $"date is in the year {date.Year} but years are said from {First.Year} to {Last.Year}: choose one of these.");
        }

        if ((uint)phrasing >= (uint)Phrasings.Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(phrasing), $"phrasing {phrasing} was asked for but there are {Phrasings.Count}: pass 0 to {Phrasings.Count - 1}.");
        }

        DateSpeech speech = new(date);
        foreach (string part in Phrasings[phrasing].Split(' '))
        {
            switch (part)
            {
                case "Y":
                    speech.SayYear();
                    break;
                case "M":
                    speech.SayMonth();
                    break;
                case "D":
                    speech.SayDay();
                    break;
                default:
                    speech.Say(part);
                    break;
            }
        }

        return new SpokenDate(date, speech.Words, speech.Alignment);
    }
}
