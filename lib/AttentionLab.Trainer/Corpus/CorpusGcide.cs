using System.Text.RegularExpressions;

namespace AttentionLab.Trainer;

/// <summary>
/// Takes an entry of GCIDE apart. It begins with a line "Headword \pronun"ci*a"tion\, n. [etymology] (Bot.)", which goes; then come
/// numbered definitions, quotations with their authors, notes, synonyms, and phrases "{Cherry plum} (Bot.), a small tree".
/// </summary>
internal static partial class CorpusGcide
{
    public static DictionaryEntry Entry(string text)
    {
        string headword = Headword(text);
        return new(CorpusSource.Gcide, headword, Sentences(headword, Strip(text)));
    }

    private static string Headword(string text)
    {
        int end = text.AsSpan().IndexOfAny("\\([\n,");
        return Braces().Replace(end < 0 ? text : text[..end], "$1").Trim(' ', '.', '"');
    }

    /// <summary>Source tags, coded letters, pronunciation and everything in brackets out; lines are kept.</summary>
    private static string Strip(string text)
    {
        text = SourceTag().Replace(text, "\n\n");
        text = Pronunciation().Replace(text, " ");
        text = CodedLetter().Replace(text, "$1$2");
        text = NamedLetter().Replace(text, "$1");
        for (string before = ""; before != text;)
        {
            before = text;
            text = Brackets().Replace(text, " ");
        }

        return text;
    }

    private static IEnumerable<DictionarySentence> Sentences(string headword, string text)
    {
        int firstLine = text.IndexOf('\n');
        if (firstLine < 0)
        {
            yield break;
        }

        bool first = true;
        foreach (string raw in BlankLine().Split(text[(firstLine + 1)..]))
        {
            if (string.IsNullOrWhiteSpace(raw))
            {
                continue;
            }

            bool isQuotation = DeepIndent().IsMatch(raw);
            string paragraph = AuthorAtEnd().Replace(raw, "");
            paragraph = AuthorInside().Replace(paragraph, "");
            foreach (string part in SubDefinition().Split(paragraph))
            {
                string body = part.Trim();
                string? head = null;
                if (!isQuotation)
                {
                    bool numbered = Number().IsMatch(body);
                    body = Number().Replace(body, "");
                    body = Domain().Replace(body, " ").Trim();
                    Match phrase = Phrase().Match(body);
                    if (phrase.Success)
                    {
                        head = phrase.Groups[1].Value;
                        body = body[phrase.Length..];
                    }
                    else if (body.StartsWith("Syn:", StringComparison.Ordinal))
                    {
                        head = headword;
                        body = body[4..];
                    }
                    else if (Label().Match(body) is { Success: true } label)
                    {
                        body = body[label.Length..];
                    }
                    else if (first || numbered)
                    {
                        head = headword;
                    }

                    first = false;
                }

                foreach (DictionarySentence sentence in CorpusSentences.Of(Braces().Replace(body, "$1"), head))
                {
                    yield return sentence;
                }
            }
        }
    }

    [GeneratedRegex(
        @"\[(?:1913 Webster|Webster|WordNet|PJC|Century|RP|RH|AS\b|RDH|a1|Stedman|Worcester|MW10|Hawley|Merriam|RHUD|AHD|CIDE|Wikipedia"
        + @"|Nautical|Cambridge|Dorland|BM\b)[^\]]{0,60}\][^\n]*")]
    private static partial Regex SourceTag();

    [GeneratedRegex(@"\\[^\\\n]{1,80}(?:\n[^\\\n]{1,80})?\\")]
    private static partial Regex Pronunciation();

    /// <summary>['e] [=a] [a^] [.t] [oo^]: a letter with an accent.</summary>
    [GeneratedRegex(@"\[[`'""=^~.,*_/\-]*(?!\w\w\w)([A-Za-z]{1,2})[`'""=^~.,*_/\-]+\]|\[[`'""=^~.,*_/\-]+([A-Za-z]{1,2})\]")]
    private static partial Regex CodedLetter();

    /// <summary>[ae] [oe] [aum] [imac]: letters by name.</summary>
    [GeneratedRegex(@"\[(?:(ae|oe|AE|OE|[aeiouyAEIOUY](?=um\]|mac\]|sl\]|cir\]|cr\]|acute\]|grave\])|[nc](?=til\]|ced\]))[a-z]{0,5})\]")]
    private static partial Regex NamedLetter();

    [GeneratedRegex(@"\[[^\[\]]{0,1500}\]")]
    private static partial Regex Brackets();

    [GeneratedRegex(@"\n[ \t]*(?:\n[ \t]*)+")]
    private static partial Regex BlankLine();

    [GeneratedRegex(@"^\n?(?: {9,}\S[^\n]*(?:\n|$))+\s*$")]
    private static partial Regex DeepIndent();

    /// <summary>"--Shak." at the end of a line; a dash stands before a small letter or a blank.</summary>
    [GeneratedRegex(@"[ \t]*--+ ?\(?[A-Z][^\n]{0,40}?(?=\n|$)|[ \t]*--+ ?\(?[A-Z][^\n]{0,40}\n[ \t]*\([^)\n]{1,40}\)\.?")]
    private static partial Regex AuthorAtEnd();

    [GeneratedRegex(@"--[A-Z][\w'.]*(?: (?:&|of|[A-Z])[\w'.]*)*\.?")]
    private static partial Regex AuthorInside();

    [GeneratedRegex(@"\n[ \t]+(?=\([a-z]\)\s)")]
    private static partial Regex SubDefinition();

    [GeneratedRegex(@"^(?:\d{1,2}\.\s+|\([a-z]\)\s+)+")]
    private static partial Regex Number();

    /// <summary>(Zool.), (Physiol. Chem.), and at the start also (Computers): the field, which would give the answer away.</summary>
    [GeneratedRegex(@"^\([A-Z][\w' &,.]{1,30}\)|\((?:[A-Z][\w']*\.?[ ,&]*(?:and )?){1,5}\.\)")]
    private static partial Regex Domain();

    [GeneratedRegex(@"^\{([^{}]+)\}(?:,?\s*(?:or|and)?\s*\{[^{}]+\})*\s*(?:\([A-Z][^()]{1,30}\)\s*)?,\s*(?=[a-z""(])")]
    private static partial Regex Phrase();

    [GeneratedRegex(@"^(?:Note|Usage|Hence|Specifically|Also|Fig)\s*:\s*|^(?:Obs|Poetic|Colloq|Archaic)\.\s+")]
    private static partial Regex Label();

    [GeneratedRegex(@"\{+([^{}]*)\}+")]
    private static partial Regex Braces();
}
