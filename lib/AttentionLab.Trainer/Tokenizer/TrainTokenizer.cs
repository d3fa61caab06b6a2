using System.Diagnostics;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>Learns the encoder's WordPiece vocabulary from the training part of the corpus.</summary>
internal static class TrainTokenizer
{
    /// <summary>Pieces, special ones included.</summary>
    public const int Size = 8192;

    /// <summary>Writes <c>encoder/vocab.txt</c> and its recipe below a folder; the same corpus gives the same bytes.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="output">Folder; <c>encoder/</c> is made in it.</param>
    /// <param name="size">Pieces at most.</param>
    /// <param name="progress">Told the pieces found so far.</param>
    /// <param name="cancellationToken">Stops; nothing is written then.</param>
    /// <returns>Path of the vocabulary.</returns>
    public static string Run(Corpus corpus, string output, int size, Action<int> progress, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        BasicTokenizer splitter = new(lowerCase: true);
        Vocabulary vocabulary = WordPieceTraining.Train(corpus.Training.Select(sentence => sentence.Text), size, splitter, joined: pieces =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress(pieces);
        });
        double seconds = watch.Elapsed.TotalSeconds;
        string folder = Directory.CreateDirectory(Path.Combine(output, "encoder")).FullName;
        string path = Path.Combine(folder, "vocab.txt");
        vocabulary.Write(path);

        WordPieceTokenizer tokenizer = new(vocabulary, splitter);
        int unknown = vocabulary[Vocabulary.Unknown];
        long words = 0, pieces = 0, unknowns = 0;
        foreach (CorpusSentence sentence in corpus.HeldOut)
        {
            int[] ids = tokenizer.Encode(sentence.Text).Ids;
            pieces += ids.Length - 2;
            unknowns += ids.Count(id => id == unknown);
            words += splitter.Split(sentence.Text).Count;
        }

        TrainRecipe.Write(
            Path.Combine(folder, "vocab.recipe.json"),
            TrainRecipe.Command("tokenizer", ("--size", size, Size)),
            new() { ["pieces"] = size, ["lowerCase"] = true, ["minimumCount"] = 2 },
            TrainRecipe.Describe(corpus),
            new()
            {
                ["pieces"] = vocabulary.Count,
                ["seconds"] = Math.Round(seconds, 1),
                ["heldOutPiecesPerWord"] = words == 0 ? null : Math.Round((double)pieces / words, 4),
                ["heldOutUnknownShare"] = pieces == 0 ? null : Math.Round((double)unknowns / pieces, 6),
            });
        return path;
    }
}
