namespace AttentionLab.Trainer;

/// <summary>Which words tell the dictionary by themselves: ten times more frequent, relative to its size, on one side than on the other.</summary>
internal sealed class SenseCues
{
    /// <summary>How many times more frequent.</summary>
    public const double Ratio = 10;

    /// <summary>How many words on either side are looked at.</summary>
    public const int Window = 5;

    private readonly Dictionary<string, (int General, int Computing)> _counts = [];
    private readonly long _general, _computing;

    /// <summary>Counts the training text.</summary>
    /// <param name="training">Sentences that are not held out.</param>
    public SenseCues(IEnumerable<CorpusSentence> training)
    {
        foreach (CorpusSentence sentence in training)
        {
            bool computing = sentence.Source == CorpusSource.Foldoc;
            foreach (string word in CorpusSentences.Words(sentence.Text))
            {
                (int g, int c) = _counts.GetValueOrDefault(word);
                _counts[word] = computing ? (g, c + 1) : (g + 1, c);
                (_general, _computing) = computing ? (_general, _computing + 1) : (_general + 1, _computing);
            }
        }
    }

    /// <summary>Does the word tell? Counts have one added, so that a word never seen tells nothing.</summary>
    /// <param name="word">Lower case.</param>
    public bool IsCue(string word)
    {
        (int general, int computing) = _counts.GetValueOrDefault(word);
        if (general + computing == 0)
        {
            return false;
        }

        double ratio = (general + 1.0) / (_general + 1.0) / ((computing + 1.0) / (_computing + 1.0));
        return ratio is >= Ratio or <= 1 / Ratio;
    }

    /// <summary>The sentences in which no word near the first occurrence tells.</summary>
    /// <param name="sentences">With the word.</param>
    public SenseSentences Without(SenseSentences sentences) =>
        sentences with { Sentences = [.. sentences.Sentences.Where(s => IsFree(s.Text, sentences.Word))] };

    private bool IsFree(string sentence, string word)
    {
        string[] words = [.. CorpusSentences.Words(sentence)];
        int at = Array.IndexOf(words, word);
        return !Enumerable.Range(at - Window, 2 * Window + 1).Any(i => i != at && i >= 0 && i < words.Length && words[i] != word && IsCue(words[i]));
    }
}
