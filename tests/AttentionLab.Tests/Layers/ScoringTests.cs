using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class ScoringTests
{
    private static readonly Tensor Query = Tensor.Gaussian(new CounterRandom(1), 1, 3, 7), Key = Tensor.Gaussian(new CounterRandom(2), 2, 5, 7);

    [Fact]
    public void Scores_RandomRows_EqualTheirFormulas()
    {
        Tensor cosine = Scoring.Cosine(Query, Key), dot = Scoring.Dot(Query, Key);
        Tensor scaled = Scoring.ScaledDot(Query, Key), distance = Scoring.Distance(Query, Key);
        for (int i = 0; i < Query.Rows; i++)
        {
            for (int j = 0; j < Key.Rows; j++)
            {
                double product = 0, queryNorm = 0, keyNorm = 0, squared = 0;
                for (int d = 0; d < Query.Columns; d++)
                {
                    double q = Query[i, d], k = Key[j, d];
                    (product, queryNorm, keyNorm, squared) = (product + q * k, queryNorm + q * q, keyNorm + k * k, squared + (q - k) * (q - k));
                }

                Assert.Equal(product / Math.Sqrt(queryNorm * keyNorm), cosine[i, j], 1e-5);
                Assert.Equal(product, dot[i, j], 1e-4);
                Assert.Equal(product / Math.Sqrt(7), scaled[i, j], 1e-4);
                Assert.Equal(-squared / 2, distance[i, j], 1e-3);
            }
        }
    }

    [Fact]
    public void Distance_IsDotWithAFineForLongKeys()
    {
        Tensor dot = Scoring.Dot(Query, Key);
        for (int i = 0; i < Query.Rows; i++)
        {
            for (int j = 0; j < Key.Rows; j++)
            {
                dot[i, j] -= Dot.Forward(Key.Row(j), Key.Row(j)) / 2;
            }
        }

        Tensor expected = dot.Softmax(), weights = Scoring.Distance(Query, Key).Softmax();
        Assert.All(Enumerable.Range(0, weights.Length), i => Assert.Equal(expected.Values[i], weights.Values[i], 1e-5));
    }

    [Fact]
    public void Scores_OtherWidth_NamesBothShapes()
    {
        foreach (Func<Tensor, Tensor, Tensor> score in new[] { Scoring.Cosine, Scoring.Dot, Scoring.ScaledDot, Scoring.Distance })
        {
            Assert.Contains("(3, 7) and key is (2, 2)", Assert.Throws<ArgumentException>(() => score(Query, new Tensor(2, 2))).Message);
            Assert.Contains("(7) and key is (5, 7)", Assert.Throws<ArgumentException>(() => score(new Tensor(7), Key)).Message);
        }
    }
}
