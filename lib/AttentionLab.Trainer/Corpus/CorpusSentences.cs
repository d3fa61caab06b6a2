using System.Text;
using System.Text.RegularExpressions;

namespace AttentionLab.Trainer;

/// <summary>
/// The last step of the clean-up, the same for every dictionary, so that no punctuation tells them apart: a paragraph without
/// markup becomes sentences of at least two words, each ending in one mark, of plain characters only, without quotation marks.
/// </summary>
internal static partial class CorpusSentences
{
    /// <summary>A longer sentence is cut at its semicolons.</summary>
    private const int LongestSentence = 50;

    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "dr", "st", "messrs", "prof", "gen", "col", "capt", "lt", "rev", "hon", "sir", "esq", "jr", "sr", "viz", "cf", "esp", "vs", "fig",
        "no", "nos", "vol", "ed", "pp", "pl", "sing", "sq", "lb", "lbs", "oz", "ft", "min", "sec", "approx", "ca", "fr", "gr", "lat", "eng", "amer", "co",
        "inc", "ltd", "corp",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "bot", "zool", "chem", "med", "naut", "mil", "math", "geom", "mus",
        "obs",
        "colloq", "var", "syn", "spec", "specif", "orig", "prob", "perh", "dept", "univ", "ph", "gov", "pres", "sp", "spp", "subg", "fam",
    };

    /// <summary>The sentences of a paragraph.</summary>
    /// <param name="paragraph">Text without markup, on one or several lines.</param>
    /// <param name="head">What the first sentence defines: it is put before it with a colon; null for running text.</param>
    public static IEnumerable<DictionarySentence> Of(string paragraph, string? head)
    {
        bool first = true;
        foreach (string piece in Cut(Plain(paragraph)))
        {
            string body = Tidy(piece);
            string before = first && head is not null ? Tidy(head).TrimEnd('.', '!', '?') : "";
            int words = CountWords(body);
            if (words < (before.Length > 0 ? 1 : 2) || IsPointer().IsMatch(body) || !IsMostlyLetters(body))
            {
                // A pointer ("See under Sea") does not use up the headword.
                first &= words < 2;
                continue;
            }

            first = false;
            yield return new(before, EndMark().IsMatch(body) ? body : body.TrimEnd(',', ';', ':', '-', ' ') + ".");
        }
    }

    /// <summary>Letters and digits in lower case: two sentences with the same key say the same.</summary>
    public static string Key(string body)
    {
        StringBuilder key = new(body.Length);
        foreach (char c in body)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                key.Append(char.ToLowerInvariant(c));
            }
        }

        return key.ToString();
    }

    /// <summary>The words of a sentence in lower case: runs of letters, with digits kept apart.</summary>
    public static IEnumerable<string> Words(string sentence)
    {
        for (int i = 0; i < sentence.Length;)
        {
            int start = i;
            while (i < sentence.Length && char.IsAsciiLetter(sentence[i]))
            {
                i++;
            }

            if (i > start)
            {
                yield return sentence[start..i].ToLowerInvariant();
            }
            else
            {
                i++;
            }
        }
    }

    public static int CountWords(string text)
    {
        int count = 0;
        bool inside = false;
        foreach (char c in text)
        {
            bool letter = char.IsAsciiLetter(c);
            count += letter && !inside ? 1 : 0;
            inside = letter;
        }

        return count;
    }

    /// <summary>One line of plain characters.</summary>
    private static string Plain(string text)
    {
        text = Link().Replace(text, " ");
        StringBuilder plain = new(text.Length);
        foreach (char c in text)
        {
            plain.Append(c switch
            {
                '"' or '\u201c' or '\u201d' or '`' or '\ufffd' => "",
                '\u2018' or '\u2019' => "'",
                '\u2013' or '\u2014' => "--",
                _ when char.IsWhiteSpace(c) => " ",
                _ => c.ToString(),
            });
        }

        string line = plain.Replace("''", "").ToString();
        line = LongDash().Replace(line, m => m.Groups[1].Value is "" ? ", " : m.Groups[1].Value + " ");
        return Blanks().Replace(InnerWordClass().Replace(line, " "), " ").Trim();
    }

    private static IEnumerable<string> Cut(string line)
    {
        int start = 0;
        foreach (Match end in SentenceEnd().Matches(line))
        {
            string before = line[start..end.Index];
            string last = before[(before.LastIndexOf(' ') + 1)..].TrimStart('(', '\'');
            if (end.ValueSpan[0] == '.' && (last.Length == 1 && char.IsAsciiLetter(last[0]) || last.Contains('.') || Abbreviations.Contains(last)))
            {
                continue;
            }

            foreach (string piece in CutLong(line[start..(end.Index + end.Length)]))
            {
                yield return piece;
            }

            start = end.Index + end.Length;
        }

        foreach (string piece in CutLong(line[start..]))
        {
            yield return piece;
        }
    }

    private static IEnumerable<string> CutLong(string sentence)
    {
        if (CountWords(sentence) <= LongestSentence)
        {
            yield return sentence;
            yield break;
        }

        string piece = "";
        foreach (string part in sentence.Split("; "))
        {
            if (piece.Length > 0 && CountWords(piece) + CountWords(part) > LongestSentence)
            {
                yield return piece;
                piece = "";
            }

            piece = piece.Length == 0 ? part : piece + "; " + part;
        }

        yield return piece;
    }

    private static string Tidy(string piece)
    {
        piece = EmptyParentheses().Replace(piece, " ");
        piece = WordClass().Replace(Numbering().Replace(piece, ""), "");
        piece = BlankBeforeMark().Replace(Blanks().Replace(piece, " "), "$1");
        piece = RepeatedMarks().Replace(piece, "$1");
        piece = piece.Trim(' ', ',', ';', ':', '-', '*', '\'', '/');
        int open = piece.Count(c => c == '('), close = piece.Count(c => c == ')');
        if (open != close)
        {
            piece = Blanks().Replace(piece.Replace("(", "").Replace(")", ""), " ").Trim();
        }

        return piece.TrimStart('.', '!', '?', ' ', ',', ')');
    }

    /// <summary>Few digits and signs, and nothing that belongs to programs, formulas, syllables or lost Greek letters.</summary>
    private static bool IsMostlyLetters(string body)
    {
        int letters = 0, others = 0;
        foreach (char c in body)
        {
            if (c is '<' or '>' or '|' or '{' or '}' or '[' or ']' or '\\' or '^' or '~' or '=' or '@' or '_' or (>= (char)127))
            {
                return false;
            }

            letters += char.IsAsciiLetter(c) ? 1 : 0;
            others += char.IsAsciiLetter(c) || c is ' ' or ',' or '.' or ';' or '-' or '\'' ? 0 : 1;
        }

        return letters >= 2 * others && !LostLetter().IsMatch(body);
    }

    [GeneratedRegex(@"\(?\b(?:https?|ftp|gopher|news|mailto):[^\s()]*\)?|\bwww\.\S+")]
    private static partial Regex Link();

    [GeneratedRegex(@"([;,:.]?)\s*--+\s*")]
    private static partial Regex LongDash();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"[.!?](?:\)|')*(?=\s+[('*]?[A-Z0-9])")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\(\s*[\s,;.:?]*\)")]
    private static partial Regex EmptyParentheses();

    [GeneratedRegex(@"^\s*(?:\(?(?:[0-9]{1,2}|[a-z])[.)]\s+)+")]
    private static partial Regex Numbering();

    /// <summary>"a. Imperfectly cylindrical", "said of a voice. n.": the class of a word, left over from the line above or below.</summary>
    [GeneratedRegex(@"^\s*(?:n|a|adj|adv|prep|conj|v|imp|p|pl)\.(?:\s*(?:t|i|p|pr|a|n|&)\.?)*\s+(?=[A-Z])|(?<=[.])\s+(?:n|a|adj|adv|v)\.?\s*$")]
    private static partial Regex WordClass();

    /// <summary>"Of or pertaining to Mantua. n. A native of Mantua."</summary>
    [GeneratedRegex(@"(?<=[a-z]\.)\s+(?:n|adj|adv|v\. ?t|v\. ?i|v)\.\s+(?=[A-Z])")]
    private static partial Regex InnerWordClass();

    [GeneratedRegex(@"\s+([,;:.!?)])")]
    private static partial Regex BlankBeforeMark();

    [GeneratedRegex(@"([,;:.!?])(?:\s*[,;:.])+")]
    private static partial Regex RepeatedMarks();

    [GeneratedRegex(@"[.!?]\)?$")]
    private static partial Regex EndMark();

    [GeneratedRegex(
        @"^(?:See|Cf|Compare|Contrast|See also|Illust)\b(?=.{0,80}$)"
        + @"|^(?:RFC|ISBN|Version|Last updated|Home|Usenet newsgroup|E-?mail|Tel|Telephone|Fax)\b(?=.{0,60}$)")]
    private static partial Regex IsPointer();

    [GeneratedRegex(@"(?:^|[\s;,(])\?|\?\?|\w\*\w|\w\?\w")]
    private static partial Regex LostLetter();
}
