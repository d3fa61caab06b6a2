namespace AttentionLab.Course.Experiments;

/// <summary>A date being said: words one after the other; each takes over the characters that it sets.</summary>
internal sealed class DateSpeech
{
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

    private readonly DateOnly _date;

    /// <summary>Nothing is said so far.</summary>
    public DateSpeech(DateOnly date)
    {
        int month = 5, day = month + (date.Month < 10 ? 2 : 3);
        _date = date;
        Month = month..(day - 1);
        Day = day..(day + (date.Day < 10 ? 1 : 2));
        Alignment = [.. Enumerable.Repeat(-1, Day.End.Value)];
    }

    /// <summary>Every word that says a number or a month.</summary>
    public static IEnumerable<string> Numbers => [.. Small, .. Tens[2..], .. Ordinals[1..], .. OrdinalTens[2..], .. Months];

    /// <summary>What was said.</summary>
    public List<string> Words { get; } = [];

    /// <summary>For each character of the date in digits the word that sets it; −1 for none.</summary>
    public int[] Alignment { get; }

    private Range Month { get; }

    private Range Day { get; }

    /// <summary>A word that sets nothing.</summary>
    public void Say(string word) => Words.Add(word);

    /// <summary>The year; from 1700 to 2099.</summary>
    public void SayYear()
    {
        int year = _date.Year, rest = year % 100;
        if (year == 2000)
        {
            Say("two", ..1);
            Say("thousand", 1..4);
            return;
        }

        Say(year / 100 == 20 ? Tens[2] : Small[year / 100], ..2);
        switch (rest)
        {
            case 0:
                Say("hundred", 2..4);
                break;
            case < 10:
                Say("oh", 2..3);
                Say(Small[rest], 3..4);
                break;
            case < 20:
                Say(Small[rest], 2..4);
                break;
            default:
                Say(Tens[rest / 10], 2..4);
                if (rest % 10 > 0)
                {
                    Say(Small[rest % 10], 3..4);
                }

                break;
        }
    }

    /// <summary>The month.</summary>
    public void SayMonth() => Say(Months[_date.Month - 1], Month);

    /// <summary>The day.</summary>
    public void SayDay()
    {
        int day = _date.Day;
        if (day < 20)
        {
            Say(Ordinals[day], Day);
        }
        else if (day % 10 == 0)
        {
            Say(OrdinalTens[day / 10], Day);
        }
        else
        {
            Say(Tens[day / 10], Day);
            Say(Ordinals[day % 10], (Day.Start.Value + 1)..Day.End);
        }
    }

    private void Say(string word, Range characters)
    {
        Alignment.AsSpan(characters).Fill(Words.Count);
        Words.Add(word);
    }
}
