using System.Text;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>The corpus as word vectors learn from it: sentences as words in lower case, and the words that get a vector.</summary>
internal static class VectorText
{
    /// <summary>The training part of the corpus.</summary>
    public static List<string>[] Of(Corpus corpus) => [.. corpus.Training.Select(sentence => Words(sentence.Text))];

    /// <summary>The words of a sentence: runs of letters in lower case; what stands behind an apostrophe ('s, 't) goes.</summary>
    public static List<string> Words(string sentence)
    {
        List<string> words = [];
        for (int i = 0; i < sentence.Length; i++)
        {
            int start = i;
            while (i < sentence.Length && char.IsAsciiLetter(sentence[i]))
            {
                i++;
            }

            if (i > start && (start == 0 || sentence[start - 1] != '\'' || i - start > 2))
            {
                words.Add(sentence[start..i].ToLowerInvariant());
            }
        }

        return words;
    }

    /// <summary>The most frequent words of the training part; of equally frequent ones the first in the alphabet.</summary>
    public static Vocabulary Vocabulary(IEnumerable<IReadOnlyList<string>> sentences, int size) =>
        AttentionLab.Words.Vocabulary.FromWords(sentences.SelectMany(words => words), maximumSize: size, special: []);

    /// <summary>
    /// Writes the text for other programs, a sentence a line, only the words of the vocabulary: with -minCount 1 fastText then learns the same words.
    /// </summary>
    public static void Write(string path, IEnumerable<IReadOnlyList<string>> sentences, Vocabulary vocabulary)
    {
        using StreamWriter writer = new(path, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        foreach (IReadOnlyList<string> sentence in sentences)
        {
            writer.WriteLine(string.Join(' ', sentence.Where(vocabulary.Contains)));
        }
    }
}
