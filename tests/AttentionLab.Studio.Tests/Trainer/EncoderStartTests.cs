using AttentionLab.Tensors;
using AttentionLab.Trainer;
using AttentionLab.Words;

namespace AttentionLab.Studio.Tests.Trainer;

public sealed class EncoderStartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Of_TinyText_GivesSkipGramVectorsAndCounts()
    {
        EncoderText text = TinyEncoder.Text;
        Vocabulary pieces = TinyEncoder.Tokenizer.Pieces;
        Tensor table = new(pieces.Count, 16), bias = new(pieces.Count);
        table.Span.Fill(7);
        EncoderSettings settings = TinyEncoder.Settings with { WordPasses = 30, Deviation = 0.5 };
        EncoderStart.Of(settings, text, pieces, null, Token)!.CopyTo(table, bias);
        int common = pieces["kind"];
        Assert.Equal(Math.Log((108 + 1) / 1.0), bias[common] - bias[pieces["[MASK]"]], 1e-4);
        Assert.All(table.Row(pieces["[MASK]"]).ToArray(), x => Assert.Equal(7, x));
        Assert.Equal(0, bias.Span.ToArray().Average(), 1e-4);

        double squares = 0;
        int[] known = [.. text.Training.SelectMany(e => e).SelectMany(s => s).Distinct()];
        foreach (int id in known)
        {
            squares += table.Row(id).ToArray().Sum(x => (double)x * x);
        }

        Assert.Equal(0.5, Math.Sqrt(squares / (16 * known.Length)), 1e-5);
        // The vectors of skip-gram, moved and scaled as a whole: all differences are the same multiple of its differences.
        SkipGramTraining skipGram = new(
            pieces, text.Training.SelectMany(e => e).Select(s => s.Select(id => pieces[id])), new() { Channels = 16, Epochs = 30, Seed = settings.Seed });
        skipGram.Run(cancellationToken: Token);
        Tensor vectors = skipGram.Sums().Vectors;
        double factor = (double)(table[known[0], 0] - table[known[1], 0]) / (vectors[known[0], 0] - vectors[known[1], 0]);
        Assert.True(factor > 0, $"{factor}");
        Assert.All(known, id => Assert.Equal(factor * (vectors[id, 3] - vectors[known[0], 3]), table[id, 3] - table[known[0], 3], 1e-3));
        Assert.All(Enumerable.Range(0, 16), c => Assert.Equal(0, known.Average(id => table[id, c]), 1e-4));

        Tensor again = new(pieces.Count, 16);
        again.Span.Fill(7);
        EncoderStart.Of(settings, text, pieces, null, Token)!.CopyTo(again, bias);
        Assert.Equal(table.Values, again.Values);
    }
}
