using System.Globalization;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>What the encoder knows of single words before it is trained: how frequent each is, and which others stand near it.</summary>
internal static class EncoderStart
{
    /// <summary>
    /// The bias of a word's score starts as the logarithm of its share of the text, so that the first steps need not find it; the table, if
    /// the settings say so, as skip-gram vectors of the pieces (v + u, mean removed, scaled to the deviation of the settings).
    /// </summary>
    /// <param name="settings">Passes, deviation, seed.</param>
    /// <param name="text">The training part is counted and read.</param>
    /// <param name="vocabulary">Pieces.</param>
    /// <param name="table">(V,C); rows of pieces that do not occur stay as they are.</param>
    /// <param name="bias">(V).</param>
    /// <param name="say">Where progress is said; null for silence.</param>
    /// <param name="cancellationToken">Stops between two sentences.</param>
    /// <returns>False if it was stopped: the table is then not ready.</returns>
    public static bool Words(
        EncoderSettings settings, EncoderText text, Vocabulary vocabulary, Tensor table, Tensor bias, Action<string>? say, CancellationToken cancellationToken)
    {
        long[] counts = new long[vocabulary.Count];
        foreach (int id in text.Training.SelectMany(entry => entry).SelectMany(sentence => sentence))
        {
            counts[id]++;
        }

        double mean = counts.Average(count => Math.Log(count + 1.0));
        for (int id = 0; id < counts.Length; id++)
        {
            bias[id] = (float)(Math.Log(counts[id] + 1.0) - mean);
        }

        if (settings.WordPasses == 0)
        {
            return true;
        }

        IEnumerable<IEnumerable<string>> sentences = text.Training.SelectMany(entry => entry).Select(sentence => sentence.Select(id => vocabulary[id]));
        SkipGramTraining training = new(vocabulary, sentences, new() { Channels = settings.Channels, Epochs = settings.WordPasses, Seed = settings.Seed });
        int told = 0;
        say?.Invoke("Vectors of the pieces first.");
        bool whole = training.Run(Tell, cancellationToken);
        if (whole)
        {
            Copy(training.Sums().Vectors, counts, settings.Deviation, table);
        }

        return whole;

        void Tell(SkipGramProgress progress)
        {
            if (progress.Elapsed.TotalSeconds >= told)
            {
                told += 10;
                say?.Invoke(string.Create(CultureInfo.InvariantCulture, $"Vectors of the pieces: {progress.Done:0 %}, loss {progress.Loss:F3}"));
            }
        }
    }

    /// <summary>Mean removed, scaled to the deviation.</summary>
    private static void Copy(Tensor vectors, long[] counts, double deviation, Tensor table)
    {
        int[] known = [.. Enumerable.Range(0, counts.Length).Where(id => counts[id] > 0)];
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
        foreach (int id in known)
        {
            Multiply.Scale(vectors.Row(id), scale, table.Row(id));
        }
    }
}
