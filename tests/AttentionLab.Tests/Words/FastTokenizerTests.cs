using System.Globalization;
using System.Text;
using AttentionLab.Kernels;
using AttentionLab.Words;
using HuggingFace = Tokenizers.DotNet.Tokenizer;

namespace AttentionLab.Tests.Words;

/// <summary>Hugging Face's own tokenizers 0.22 (package Tokenizers.DotNet) reads the same tokenizer.json and the same texts.</summary>
public class FastTokenizerTests
{
    /// <summary>Letters of many scripts, marks, spaces, what is dropped and what stands alone; all as old as Unicode 8, which the judge knows.</summary>
    private static readonly string[] Alphabets =
    [
        "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789²½Ⅻ①", " \t\n\r\u00A0\u2003\u3000\u2028\u1680",
        ".,;:!?'\"()[]{}<>#$%^&*-_+=|~`@/\\",
        "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿÀÉÎÕÜßæœðþıİſŉǰ", "ΑΒΓΔΣΣΣαβγδσςάέΆΐΰϐ\u1F88\u1FB3\u1FFC",
        "АБВЁЙабвёйї", "אבגשׁ\u05B0\u05BC", "ابةپ\u064B\u0651", "กขำ\u0E49\u0E33",
        "अआक़\u093C\u094D\u0940", "한국어각힣ᄀ\u1161\u11A8", "我爱北京天安門\u3400\uF900\U00020000\U0002B820\U0002F800",
        "ひらがなカタカナｶﾞㇰ", "ﬁﬀＡｚ㎏℃Ω™",
        "\u0300\u0301\u0323\u0327\u0345\u1DCE\u20D0\uFE20\u302E\u302F\u1B44\U0001D165\U0001D16D",
        "😀👩\u200D💻❤\uFE0F🏽",
        "\u0000\u0001\u007F\u0085\u00AD\u200B\u200C\u200D\uFEFF\uFFFD\uE000\U000F0000",
        "—–…«»“”‘’、。！？・", "€£¥×÷±→∑√∞≤♥♪",
    ];

    private static readonly string[] Words =
        ["[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]", "[mask]", "[MASK", "new", "New york", "covid", "COVID-19", "<b>", "unaffable", "café", "naïve", "ΟΔΟΣ"];

    public static TheoryData<string, string, string, string> Pipelines => new()
    {
        { "uncased", TokenizerFile.Bert, """{"type":"BertPreTokenizer"}""", TokenizerFile.BertProcessing },
        { "cased", TokenizerFile.Bert.Replace("true}", "false}", StringComparison.Ordinal), """{"type":"BertPreTokenizer"}""", TokenizerFile.BertProcessing },
        {
            "accents kept, Chinese joined",
            """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":false,"strip_accents":false,"lowercase":true}""",
            """{"type":"BertPreTokenizer"}""", TokenizerFile.BertProcessing
        },
        {
            "not cleaned", """{"type":"BertNormalizer","clean_text":false,"handle_chinese_chars":true,"strip_accents":true,"lowercase":false}""",
            """{"type":"BertPreTokenizer"}""", TokenizerFile.BertProcessing
        },
        { "NFD", """{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"Lowercase"},{"type":"StripAccents"}]}""", """{"type":"Whitespace"}""", Template },
        { "NFC", """{"type":"NFC"}""", """{"type":"WhitespaceSplit"}""", Template },
        { "NFKC", """{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Lowercase"}]}""", """{"type":"Whitespace"}""", "null" },
        {
            "NFKD", """{"type":"Sequence","normalizers":[{"type":"Strip","strip_left":true,"strip_right":true},{"type":"NFKD"}]}""",
            """{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Punctuation","behavior":"Isolated"}]}""", Template
        },
        {
            "Replace", """{"type":"Sequence","normalizers":[{"type":"Replace","pattern":{"String":"a"},"content":" an "},{"type":"Lowercase"}]}""",
            """{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"BertPreTokenizer"}]}""", Template
        },
        { "digits", "null", """{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Digits","individual_digits":false}]}""", "null" },
    };

    private const string Template =
        """
        {"type":"TemplateProcessing",
        "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"end","type_id":0}}],
        "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
        "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},"end":{"id":"end","ids":[3,4],"tokens":["[SEP]","[MASK]"]}}}
        """;

    /// <summary>6,000 texts for each of ten pipelines: 60,000.</summary>
    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Encode_GeneratedTexts_AgreesWithHuggingFace(string what, string normalizer, string breaks, string processor)
    {
        SkipWithoutJudge();
        using TemporaryFolder folder = new();
        string path = folder["tokenizer.json"];
        IReadOnlyList<string> pieces = TokenizerFile.Write(
            path, Pieces(Alphabets.SelectMany(letters => letters.EnumerateRunes())), normalizer, breaks, processor, ("new", "normalized"),
            ("COVID", "normalized single_word"), ("<b>", "lstrip rstrip"), ("york", "normalized lstrip"));
        using HuggingFace judge = new(path);
        WordPieceTokenizer ours = WordPieceTokenizer.Read(path);
        CounterRandom random = new(7);
        int unknown = 0, total = 0;
        for (int i = 0; i < 6000; i++)
        {
            string text = Text(random);
            int[] expected = [.. judge.Encode(text).Select(id => (int)id)], ids = ours.Encode(text).Ids;
            Check.That(
                expected.SequenceEqual(ids),
                $"{what}: {Codes(text)} gave {Show(ids)}, expected {Show(expected)}");
            unknown += ids.Count(id => id == 1);
            total += ids.Length;
        }

        Assert.InRange(unknown, 200, total / 4);

        string Show(int[] ids) => string.Join(' ', ids.Select(id => ours.Pieces[id]));
    }

    /// <summary>
    /// Every code point inside of a word, twenty to a word; each of those that come out otherwise is in golden/words/fast-differences.txt under the version
    /// of Unicode that explains it: the judge knows the categories of Unicode 8, .NET those of 16.
    /// </summary>
    [Fact]
    public void Encode_EveryCodePoint_AgreesWithHuggingFaceButForNewerUnicode()
    {
        SkipWithoutJudge();
        using TemporaryFolder folder = new();
        string path = folder["tokenizer.json"];
        int[] codes = [.. Enumerable.Range(0, 0x110000).Where(Rune.IsValid)];
        HashSet<int> different = [.. Differences()];
        TokenizerFile.Write(path, Pieces(codes.Where(IsLetterOfItsOwn).Select(code => new Rune(code))));
        using HuggingFace judge = new(path);
        WordPieceTokenizer ours = WordPieceTokenizer.Read(path);

        foreach (int code in different)
        {
            Assert.False(Same($"a{new Rune(code)}b"), $"U+{code:X4} is listed as different but is not");
        }

        // Unassigned characters are no pieces and make the whole word unknown: one in 64 also stands alone in its word.
        IEnumerable<string> alone = codes.Where(code => code % 64 == 63 && !different.Contains(code)).Select(code => $"a{new Rune(code)}b");
        IEnumerable<string> words = codes.Where(code => !different.Contains(code)).Chunk(20)
            .Select(few => $"a{string.Concat(few.Select(code => new Rune(code)))}b");
        foreach (string[] text in alone.Concat(words).Chunk(200))
        {
            if (!Same(string.Join(' ', text)))
            {
                Assert.Fail($"{Codes(text.First(word => !Same(word)))} comes out otherwise than from Hugging Face");
            }
        }

        bool Same(string text) => judge.Encode(text).Select(id => (int)id).SequenceEqual(ours.Encode(text).Ids);
    }

    [Fact]
    public void Append_GeneratedTexts_AgreesWithTheStepsThemselves()
    {
        TextNormalizer normalizer = new BasicTokenizer().Normalizer;
        CounterRandom random = new(8);
        for (int i = 0; i < 5000; i++)
        {
            string text = Text(random);
            PooledBuffer<char> result = new(0);
            normalizer.Append(text, ref result);
            Assert.Equal(normalizer.Reference(text), result.Items.ToString());
            result.Dispose();
        }
    }

    private static IEnumerable<string> Pieces(IEnumerable<Rune> letters) =>
        letters.Where(letter => letter.Value > ' ').SelectMany(letter => new[] { letter.ToString(), $"##{letter}" })
            .Concat(["un", "##aff", "##able", "cafe", "new", "##new", "ab", "##abc", "##σς", "##ος"]);

    /// <summary>What a word's letter may become; Chinese and Hangul are left out, which stand alone or decompose.</summary>
    private static bool IsLetterOfItsOwn(int code) => code is not (>= 0xAC00 and <= 0xD7A3) and not (>= 0x30000 and < 0x40000)
        && (!BasicTokenizer.IsChinese(code, TokenizerRules.Original) || code is >= 0xF900 and < 0x10000)
        && CharUnicodeInfo.GetUnicodeCategory(code) is not (UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse or UnicodeCategory.Control);

    private static IEnumerable<int> Differences() =>
        from line in File.ReadLines(GoldenFiles.Path("words/fast-differences.txt"))
        where !line.StartsWith('#')
        from run in line.Split(' ').Skip(1)
        let ends = run.Split('-')
        from code in Enumerable.Range(Hex(ends[0]), Hex(ends[^1]) - Hex(ends[0]) + 1)
        select code;

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>A few words of one or two alphabets; now and then a long one, or one from <see cref="Words"/>.</summary>
    private static string Text(CounterRandom random)
    {
        StringBuilder text = new();
        for (int words = 1 + random.NextInt(5); words > 0; words--)
        {
            if (random.NextInt(5) == 0)
            {
                text.Append(Words[random.NextInt(Words.Length)]);
            }
            else
            {
                string letters = Alphabets[random.NextInt(Alphabets.Length)] + Alphabets[random.NextInt(Alphabets.Length)];
                Rune[] runes = [.. letters.EnumerateRunes()];
                int length = random.NextInt(40) == 0 ? 97 + random.NextInt(7) : 1 + random.NextInt(6);
                for (int i = 0; i < length; i++)
                {
                    text.Append(runes[random.NextInt(runes.Length)]);
                }
            }

            text.Append(random.NextInt(4) > 0 ? " " : "");
        }

        return text.ToString();
    }

    private static string Codes(string text) => $"\"{text}\" ({string.Join(' ', text.EnumerateRunes().Select(rune => $"{rune.Value:X4}"))})";

    private static void SkipWithoutJudge() => Assert.SkipUnless(
        OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64,
        "Tokenizers.DotNet's library is referred to for Linux on x64 only");
}
