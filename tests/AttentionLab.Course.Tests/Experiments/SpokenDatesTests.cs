using AttentionLab.Course.Experiments;

namespace AttentionLab.Course.Tests.Experiments;

public class SpokenDatesTests
{
    /// <summary>What a word writes, told apart from the generator: as a whole, or, before a unit, its first digits.</summary>
    private static readonly Dictionary<string, string> Written = Enumerable.Empty<(string, string)>()
        .Concat("oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
            .Split(' ').Select((w, i) => (w, $"{i}")))
        .Concat("twenty thirty forty fifty sixty seventy eighty ninety".Split(' ').Select((w, i) => (w, $"{10 * i + 20}")))
        .Concat(("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
            + "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth")
            .Split(' ').Select((w, i) => (w, $"{i + 1}")))
        .Concat("january february march april may june july august september october november december".Split(' ').Select((w, i) => (w, $"{i + 1}")))
        .Append(("thirtieth", "30")).Append(("hundred", "00")).Append(("thousand", "000"))
        .ToDictionary(pair => pair.Item1, pair => pair.Item2);

    [Theory]
    [InlineData(1984, 3, 3, 0, "the third of march nineteen eighty four", "1984/3/3", "19 nineteen · 8 eighty · 4 four · 3 march · 3 third")]
    [InlineData(2020, 6, 21, 0, "the twenty first of june twenty twenty", "2020/6/21", "20 twenty · 20 twenty · 6 june · 2 twenty · 1 first")]
    [InlineData(2000, 12, 31, 1, "december the thirty first two thousand", "2000/12/31", "2 two · 000 thousand · 12 december · 3 thirty · 1 first")]
    [InlineData(1900, 10, 20, 2, "october twentieth nineteen hundred", "1900/10/20", "19 nineteen · 00 hundred · 10 october · 20 twentieth")]
    [InlineData(1805, 5, 12, 3, "eighteen oh five may twelfth", "1805/5/12", "18 eighteen · 0 oh · 5 five · 5 may · 12 twelfth")]
    [InlineData(1717, 1, 30, 4, "in seventeen seventeen on the thirtieth of january", "1717/1/30", "17 seventeen · 17 seventeen · 1 january · 30 thirtieth")]
    [InlineData(2090, 7, 1, 5, "in july of twenty ninety on the first", "2090/7/1", "20 twenty · 90 ninety · 7 july · 1 first")]
    [InlineData(2011, 8, 9, 6, "on the ninth day of august in the year twenty eleven", "2011/8/9", "20 twenty · 11 eleven · 8 august · 9 ninth")]
    public void Say_KnownDates_SaysAndExplainsThem(int year, int month, int day, int phrasing, string text, string digits, string explained)
    {
        SpokenDate date = SpokenDates.Say(new DateOnly(year, month, day), phrasing);
        Assert.Equal((text, digits, explained), (date.Text, date.Digits, date.ToString()));
    }

    [Fact]
    public void Say_TwoTimesTwenty_ExplainsEachDigitByItsOwn()
    {
        SpokenDate date = SpokenDates.Say(new DateOnly(2020, 6, 21));
        Assert.Equal([5, 5, 6, 6, -1, 4, -1, 1, 2], date.Alignment);
    }

    [Fact]
    public void Alignment_OfManyDates_WordsSayTheirDigits()
    {
        foreach (SpokenDate date in SpokenDates.Sample(20_000, seed: 1).Concat(SpokenDates.Sample(5_000, seed: 2, heldOut: true)))
        {
            Assert.Equal(date.Digits.Length, date.Alignment.Count);
            Assert.Equal(
                Enumerable.Range(0, date.Digits.Length).Where(t => date.Digits[t] == '/'),
                Enumerable.Range(0, date.Digits.Length).Where(t => date.Alignment[t] == -1));
            foreach (IGrouping<int, char> said in date.Digits.Zip(date.Alignment).Where(p => p.Second >= 0).GroupBy(p => p.Second, p => p.First))
            {
                string digits = string.Concat(said), word = Written[date.Words[said.Key]];
                bool unitFollows = digits.Length == 1 && word.Length == 2 && word[1] == '0' && Written.TryGetValue(date.Words[said.Key + 1], out string? unit)
                    && unit.Length == 1;
                Assert.True(
                    digits == word || (unitFollows && digits[0] == word[0]), $"{date.Text} → {date.Digits}: {date.Words[said.Key]} is said to write {digits}");
            }

            Assert.All(date.Words.Index().Where(w => Written.ContainsKey(w.Item)), w => Assert.Contains(w.Index, date.Alignment));
        }
    }

    [Fact]
    public void Phrasings_All_NameThePartsInFiveOrders()
    {
        Assert.Equal(5, SpokenDates.Phrasings.Select(p => string.Concat(p.Split(' ').Where(w => w.Length == 1))).Distinct().Count());
        DateOnly date = new(1984, 3, 21);
        int[] monotone =
        [
            .. Enumerable.Range(0, SpokenDates.Phrasings.Count).Where(
                p => SpokenDates.Say(date, p).Alignment.Where(a => a >= 0) is var a && a.SequenceEqual(a.Order()))
        ];
        Assert.Equal([3], monotone);
    }

    [Fact]
    public void Text_OfEveryDateOfSomeYears_MeansOneDateOnly()
    {
        Dictionary<string, DateOnly> meaning = [];
        foreach (int year in new[] { 1700, 1701, 1720, 1721, 1819, 1820, 1900, 1919, 1920, 1930, 1931, 2000, 2001, 2002, 2019, 2020, 2021, 2030, 2099 })
        {
            for (DateOnly date = new(year, 1, 1); date.Year == year; date = date.AddDays(1))
            {
                for (int phrasing = 0; phrasing < SpokenDates.Phrasings.Count; phrasing++)
                {
                    string text = SpokenDates.Say(date, phrasing).Text;
                    Assert.True(meaning.TryAdd(text, date), $"\"{text}\" means {date:O} and {meaning.GetValueOrDefault(text):O}");
                }
            }
        }

        Assert.True(meaning.Count > 48_000);
    }

    [Fact]
    public void Sample_TrainingAndHeldOut_ShareNoDateAndNoText()
    {
        HashSet<string> training = [.. SpokenDates.Sample(30_000, seed: 1).Select(d => d.Text)];
        IReadOnlyList<SpokenDate> held = SpokenDates.Sample(10_000, seed: 1, heldOut: true);
        Assert.DoesNotContain(held, d => training.Contains(d.Text));
        Assert.All(held, d => Assert.True(SpokenDates.IsHeldOut(d.Date)));
        Assert.All(SpokenDates.Sample(10_000, seed: 3), d => Assert.False(SpokenDates.IsHeldOut(d.Date)));
    }

    [Fact]
    public void IsHeldOut_OverAllDates_IsOneInTenAndFixed()
    {
        List<DateOnly> held = [];
        DateOnly first = new(1700, 1, 1);
        int count = new DateOnly(2100, 1, 1).DayNumber - first.DayNumber;
        for (int i = 0; i < count; i++)
        {
            if (SpokenDates.IsHeldOut(first.AddDays(i)))
            {
                held.Add(first.AddDays(i));
            }
        }

        // 146,097 days: a share of 0.1 has a standard deviation of 0.0008.
        Assert.InRange((double)held.Count / count, 0.097, 0.103);
        Assert.Equal(12, held.Select(d => d.Month).Distinct().Count());
        Assert.Equal(31, held.Select(d => d.Day).Distinct().Count());
    }

    [Fact]
    public void Sample_SameSeed_SameDates()
    {
        string[] Texts(ulong seed) => [.. SpokenDates.Sample(50, seed).Select(d => d.Text)];
        Assert.Equal(Texts(5), Texts(5));
        Assert.NotEqual(Texts(5), Texts(6));
    }

    [Fact]
    public void Words_OfTrainingDates_AreAllThatExist()
    {
        HashSet<string> said = [.. SpokenDates.Sample(30_000, seed: 1).SelectMany(d => d.Words)];
        Assert.Equal(SpokenDates.Words.Words.Skip(1).Order(), said.Order());
    }

    [Fact]
    public void Say_OutsideTheRange_IsRefused()
    {
        Assert.Contains("from 1700 to 2099", Assert.Throws<ArgumentOutOfRangeException>(() => SpokenDates.Say(new DateOnly(2100, 1, 1))).Message);
        Assert.Contains("pass 0 to 6", Assert.Throws<ArgumentOutOfRangeException>(() => SpokenDates.Say(new DateOnly(2000, 1, 1), 7)).Message);
    }

    [Fact]
    public void Score_PerfectUniformAndNeighbouringMaps_AreToldApart()
    {
        IReadOnlyList<SpokenDate> dates = SpokenDates.Sample(300, seed: 1);
        AlignmentScore perfect = AlignmentScore.Of(dates, Maps((d, t, s) => d.Alignment[t] == s ? 1 : 0));
        Assert.Equal((1, 1, 1), (perfect.Peaks, perfect.Weight, perfect.Parts));
        Assert.InRange(perfect.Shuffled, 0.05, 0.3);

        AlignmentScore uniform = AlignmentScore.Of(dates, Maps((d, _, _) => 1f / d.Words.Count));
        Assert.Equal(uniform.Uniform, uniform.Weight, 1e-6);
        Assert.Equal(perfect.Uniform, uniform.Uniform);
        Assert.True(uniform.Peaks < 0.35);

        // One word to the left: never right, but often within the part.
        AlignmentScore left = AlignmentScore.Of(
            dates, Maps((d, t, s) => d.Alignment[t] - 1 == s || (d.Alignment[t] == 0 && s == 1) ? 0.75f : 0.25f / (d.Words.Count - 1)));
        Assert.Equal(0, left.Peaks);
        Assert.InRange(left.Parts, 0.2, 0.6);
        Assert.True(left.Weight < 0.05);

        List<float[,]> Maps(Func<SpokenDate, int, int, float> weight) => [.. dates.Select(d =>
        {
            float[,] map = new float[d.Alignment.Count, d.Words.Count];
            for (int t = 0; t < map.GetLength(0); t++)
            {
                for (int s = 0; s < map.GetLength(1); s++)
                {
                    map[t, s] = weight(d, t, s);
                }
            }

            return map;
        })];
    }

    [Fact]
    public void Score_MapsThatDoNotFit_AreRefused()
    {
        IReadOnlyList<SpokenDate> dates = SpokenDates.Sample(2, seed: 1);
        Assert.Contains("2 dates and 1 maps", Assert.Throws<ArgumentException>(() => AlignmentScore.Of(dates, [new float[9, 5]])).Message);
        Assert.Contains("map 0 is (1, 1)", Assert.Throws<ArgumentException>(() => AlignmentScore.Of(dates, [new float[1, 1], new float[1, 1]])).Message);
    }
}
