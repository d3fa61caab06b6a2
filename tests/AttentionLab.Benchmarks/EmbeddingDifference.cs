using System.Globalization;
using System.Text;
using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Benchmarks.Workloads;
using AttentionLab.Models;
using AttentionLab.Words;

namespace AttentionLab.Benchmarks;

/// <summary>How far our vectors of many texts lie from those of ONNX Runtime.</summary>
internal static class EmbeddingDifference
{
    private const int Texts = 450;

    // Twice the largest that any machine has shown (2.6e-7): more is a fault, not rounding.
    private const double Bound = 5e-7;

    /// <summary>Compares and describes.</summary>
    /// <exception cref="InvalidOperationException">A number lies farther from ours than rounding explains.</exception>
    public static string Run(string folder, OnnxRuntime ort, int threads)
    {
        Bert bert = Bert.Load(folder), weights = Bert.Load(folder);
        string[] texts = TextContests.Mixed(bert.Tokenizer, Texts);
        EncodedText[] encoded = [.. texts.Select(text => bert.Tokenizer.Encode(text))];
        float[] ours = bert.Embed(texts).Values;
        StringBuilder text = new($"\nVectors of {Texts} texts of {encoded.Min(one => one.Length)} to {encoded.Max(one => one.Length)} pieces, "
            + "each of length 1; largest difference of a number from ours:\n\n| system | difference |\n|---|--:|\n");
        Add("ORT graph as published", OnnxBert.Shipped(ort, folder, bert.Config.Channels, threads));
        Add("ORT fused operators", OnnxBert.Fused(ort, weights, threads, masked: true));
        return text.ToString();

        void Add(string system, OnnxBert rival)
        {
            float[] theirs = new float[ours.Length];
            rival.For(encoded).Run();
            rival.Pool(theirs);
            rival.Release();
            double worst = ours.Zip(theirs, (a, b) => Math.Abs((double)a - b)).Aggregate(0.0, Math.Max);
            if (!(worst <= Bound))
            {
                throw new InvalidOperationException(
                    FormattableString.Invariant($"{system}: a vector differs from ours by {worst:0.0e+0}, more than {Bound:0e+0}: one of the two is wrong."));
            }

            text.Append(CultureInfo.InvariantCulture, $"| {system} | {worst:0.0e+0} |\n");
        }
    }
}
