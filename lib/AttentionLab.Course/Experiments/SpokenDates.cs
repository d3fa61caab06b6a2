using AttentionLab.Kernels;
using AttentionLab.Words;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// Dates as people say them, to be written as digits: "the third of march nineteen eighty four" → 1984/3/3. It is known which
/// word says which digit, so a picture of attention can be graded. The task of chapters 08 and 11.
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

    private static readonly string[] Small =
    [
        "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
        "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    private static readonly string[] Ordinals =
    [
        "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
        "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    ];

    private static readonly string[] OrdinalTens = ["", "", "twentieth", "thirtieth"];

    private static readonly string[] Months =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    /// <summary>The phrasings; Y, M and D stand for the words of year, month and day.</summary>
    public static IReadOnlyList<string> Phrasings { get; } =
    [
        "the D of M Y", "M the D Y", "M D Y", "Y M D", "in Y on the D of M", "in M of Y on the D", "on the D day of M in the year Y",
    ];

    /// <summary>Every word that can be said, behind the padding.</summary>
    public static Vocabulary Words { get; } = new(
    [
        Vocabulary.Padding, "the", "of", "in", "on", "day", "year", "hundred", "thousand", .. Small, .. Tens[2..], .. Ordinals[1..], .. OrdinalTens[2..],
        .. Months,
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

        Speech speech = new(date);
        foreach (string part in Phrasings[phrasing].Split(' '))
        {
            switch (part)
            {
                case "Y":
                    SayYear(speech, date.Year);
                    break;
                case "M":
                    speech.Say(Months[date.Month - 1], speech.Month);
                    break;
                case "D":
                    SayDay(speech, date.Day);
                    break;
                default:
                    speech.Say(part);
                    break;
            }
        }

        return new SpokenDate(date, speech.Words, speech.Alignment);
    }

    /// <summary>Compares attention with the known alignment.</summary>
    /// <param name="dates">N, at least two; their alignments are the truth.</param>
    /// <param name="maps">N maps, one a date: (characters, words) weights.</param>
    /// <returns>The score; layer 0 and no head.</returns>
    /// <exception cref="ArgumentException">There are not as many maps as dates, or a map has not the size of its date.</exception>
    public static AlignmentScore Score(IReadOnlyList<SpokenDate> dates, IReadOnlyList<float[,]> maps)
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

    private static void SayYear(Speech speech, int year)
    {
        int rest = year % 100;
        if (year == 2000)
        {
            speech.Say("two", ..1);
            speech.Say("thousand", 1..4);
            return;
        }

        speech.Say(Cardinal(year / 100), ..2);
        switch (rest)
        {
            case 0:
                speech.Say("hundred", 2..4);
                break;
            case < 10:
                speech.Say("oh", 2..3);
                speech.Say(Small[rest], 3..4);
                break;
            case < 20:
                speech.Say(Small[rest], 2..4);
                break;
            default:
                speech.Say(Tens[rest / 10], 2..4);
                if (rest % 10 > 0)
                {
                    speech.Say(Small[rest % 10], 3..4);
                }

                break;
        }
    }

    private static string Cardinal(int century) => century == 20 ? Tens[2] : Small[century];

    private static void SayDay(Speech speech, int day)
    {
        if (day < 20)
        {
            speech.Say(Ordinals[day], speech.Day);
        }
        else if (day % 10 == 0)
        {
            speech.Say(OrdinalTens[day / 10], speech.Day);
        }
        else
        {
            speech.Say(Tens[day / 10], speech.Day);
            speech.Say(Ordinals[day % 10], (speech.Day.Start.Value + 1)..speech.Day.End);
        }
    }

    /// <summary>Words one after the other; each takes over the characters that it sets.</summary>
    private sealed class Speech
    {
        public Speech(DateOnly date)
        {
            int month = 5, day = month + (date.Month < 10 ? 2 : 3);
            Month = month..(day - 1);
            Day = day..(day + (date.Day < 10 ? 1 : 2));
            Alignment = [.. Enumerable.Repeat(-1, Day.End.Value)];
        }

        public Range Month { get; }

        public Range Day { get; }

        public List<string> Words { get; } = [];

        public int[] Alignment { get; }

        public void Say(string word)
        {
            Words.Add(word);
        }

        public void Say(string word, Range characters)
        {
            Alignment.AsSpan(characters).Fill(Words.Count);
            Words.Add(word);
        }
    }
}
