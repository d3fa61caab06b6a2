using System.Globalization;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>What the encoder knows of single words before it is trained: how frequent each is, and which others stand near it.</summary>
/// <param name="Bias">
/// (V): the bias of a word's score starts as the logarithm of its share of the text, mean removed, so that the first steps need not find it.
/// </param>
/// <param name="Vectors">
/// (V,C): skip-gram vectors of the pieces (v + u, mean removed, scaled to the deviation of the settings); null if the settings ask for none.
/// </param>
/// <param name="Known">Pieces that occur in the text: the others have no vector.</param>
internal sealed record EncoderStart(Tensor Bias, Tensor? Vectors, IReadOnlyList<int> Known)
{
    /// <summary>Counts the pieces of a text, and learns vectors from it if the settings say so.</summary>
    /// <param name="settings">Passes, channels, deviation, seed.</param>
    /// <param name="text">The training part is counted and read.</param>
    /// <param name="vocabulary">Pieces.</param>
    /// <param name="say">Where progress is said; null for silence.</param>
    /// <param name="cancellationToken">Stops between two sentences.</param>
    /// <returns>Null if it was stopped.</returns>
    public static EncoderStart? Of(EncoderSettings settings, EncoderText text, Vocabulary vocabulary, Action<string>? say, CancellationToken cancellationToken)
    {
        long[] counts = new long[vocabulary.Count];
        foreach (int id in text.Training.SelectMany(entry => entry).SelectMany(sentence => sentence))
        {
            counts[id]++;
        }

        Tensor bias = new(vocabulary.Count);
        double mean = counts.Average(count => Math.Log(count + 1.0));
        for (int id = 0; id < counts.Length; id++)
        {
            bias[id] = (float)(Math.Log(counts[id] + 1.0) - mean);
        }

        int[] known = [.. Enumerable.Range(0, counts.Length).Where(id => counts[id] > 0)];
        if (settings.WordPasses == 0)
        {
            return new(bias, null, known);
        }

        IEnumerable<IEnumerable<string>> sentences = text.Training.SelectMany(entry => entry).Select(sentence => sentence.Select(id => vocabulary[id]));
        SkipGramTraining training = new(vocabulary, sentences, new() { Channels = settings.Channels, Epochs = settings.WordPasses, Seed = settings.Seed });
        int told = 0;
        say?.Invoke("Vectors of the pieces first.");
        return training.Run(Tell, cancellationToken) ? new(bias, Scaled(training.Sums().Vectors, known, settings.Deviation), known) : null;

        void Tell(SkipGramProgress progress)
        {
            if (progress.Elapsed.TotalSeconds >= told)
            {
                told += 10;
                say?.Invoke(string.Create(CultureInfo.InvariantCulture, $"Vectors of the pieces: {progress.Done:0 %}, loss {progress.Loss:F3}"));
            }
        }
    }

    /// <summary>Writes the start into a model.</summary>
    /// <param name="table">(V,C); rows of pieces that do not occur stay as they are, and all rows if there are no vectors.</param>
    /// <param name="bias">(V).</param>
    public void CopyTo(Tensor table, Tensor bias)
    {
        Bias.Span.CopyTo(bias.Span);
        if (Vectors is null)
        {
            return;
        }

        foreach (int id in Known)
        {
            Vectors.Row(id).CopyTo(table.Row(id));
        }
    }

    /// <summary>The known rows, mean removed, scaled to the deviation.</summary>
    private static Tensor Scaled(Tensor vectors, int[] known, double deviation)
    {
        int channels = vectors.Columns;
        double[] middle = new double[channels];
        foreach (int id in known)
        {
            for (int c = 0; c < channels; c++)
            {
                middle[c] += vectors[id, c] / (double)known.Length;
            }
        }

        double squares = 0;
        foreach (int id in known)
        {
            for (int c = 0; c < channels; c++)
            {
                vectors[id, c] -= (float)middle[c];
                squares += (double)vectors[id, c] * vectors[id, c];
            }
        }

        float scale = (float)(deviation / Math.Sqrt(squares / ((double)known.Length * channels)));
        Tensor scaled = new(vectors.Shape);
        foreach (int id in known)
        {
            Multiply.Scale(vectors.Row(id), scale, scaled.Row(id));
        }

        return scaled;
    }
}
