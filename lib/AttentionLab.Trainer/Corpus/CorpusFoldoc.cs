using System.Text.RegularExpressions;

namespace AttentionLab.Trainer;

/// <summary>
/// Takes an entry of FOLDOC apart: headwords from the first column, then indented paragraphs. "&lt;hardware&gt;" names the field
/// and "(2018-05-22)" the day, both go; {cross references} lose their braces; [sources], programs and tables go.
/// </summary>
internal static partial class CorpusFoldoc
{
    public static DictionaryEntry Entry(string text)
    {
        int end = text.IndexOf('\n');
        string headword = (end < 0 ? text : text[..end]).Trim();
        return new(CorpusSource.Foldoc, headword, Sentences(headword, text));
    }

    private static IEnumerable<DictionarySentence> Sentences(string headword, string text)
    {
        // Programs, tables and lists are indented further than the text, by blanks or a tab.
        string prose = string.Join('\n', text.Split('\n').Where(line => line.Length == 0 || IsProse().IsMatch(line)));
        prose = EmptyReference().Replace(prose, " ");
        prose = ReferenceWithPlace().Replace(prose, "$1");
        prose = Braces().Replace(prose, "$1");
        for (string before = ""; before != prose;)
        {
            before = prose;
            prose = Brackets().Replace(prose, " ");
        }

        bool first = true;
        foreach (string raw in BlankLine().Split(prose))
        {
            string body = raw.Trim();
            if (body.Length == 0 || Date().IsMatch(body))
            {
                continue;
            }

            bool numbered = Number().IsMatch(body);
            body = Number().Replace(body, "");
            bool field = Field().IsMatch(body);
            body = Field().Replace(body, "");
            body = Sound().Replace(body, "");
            if (first || numbered || field)
            {
                body = ShortForm().Replace(body, "");
            }

            string? head = first || numbered || field ? headword : null;
            first = false;
            body = Emphasis().Replace(Address().Replace(body, " "), "$1");
            foreach (DictionarySentence sentence in CorpusSentences.Of(body, head))
            {
                yield return sentence;
            }
        }
    }

    [GeneratedRegex(@"^ {3}[^\s]")]
    private static partial Regex IsProse();

    /// <summary>{(http://darpa.mil/)}: a link without words.</summary>
    [GeneratedRegex(@"\{\s*\([^{}]*\)\s*\}")]
    private static partial Regex EmptyReference();

    /// <summary>{history (/pub/misc/darpa)}.</summary>
    [GeneratedRegex(@"\{([^{}()]*)\s*\([^{}]*\)\s*\}")]
    private static partial Regex ReferenceWithPlace();

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"\[[^\[\]]{0,1500}\]")]
    private static partial Regex Brackets();

    [GeneratedRegex(@"\n[ \t]*(?:\n[ \t]*)+")]
    private static partial Regex BlankLine();

    [GeneratedRegex(@"^\(\d{4}-\d\d-\d\d\)$")]
    private static partial Regex Date();

    [GeneratedRegex(@"^\d{1,2}\.\s+")]
    private static partial Regex Number();

    [GeneratedRegex(@"^<[a-zA-Z][a-zA-Z0-9 ,/&\-\s]*>\s*")]
    private static partial Regex Field();

    [GeneratedRegex(@"^(?:/[^/\n]{2,60}/(?:,| or)?\s*)+")]
    private static partial Regex Sound();

    /// <summary>"(LDAP) A protocol": the abbreviation that opens a definition.</summary>
    [GeneratedRegex(@"^\([^()]{1,80}\)\s*")]
    private static partial Regex ShortForm();

    [GeneratedRegex(@"<[^<>\s]*@[^<>\s]*>|\S+@\S+\.\w+")]
    private static partial Regex Address();

    [GeneratedRegex(@"[_*]{1,2}(\w[^_*\n]{0,60}?\w|\w)[_*]{1,2}")]
    private static partial Regex Emphasis();
}
