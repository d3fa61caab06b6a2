using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

/// <summary>
/// Scores and biases up to the ends of float behave as in exact arithmetic on every road: only −∞ hides, and output and weights tell one story.
/// </summary>
public class ExtremeScoresTests
{
    /// <summary>(queries, keys): one strip, several strips and blocks.</summary>
    public static TheoryData<int, int> Sizes => new() { { 2, 3 }, { 5, 1 }, { 40, 150 }, { 130, 300 } };

    [Theory, MemberData(nameof(Sizes))]
    public void AllRoads_OneBiasOnAllKeys_WeightsAreUniform(int queries, int keys)
    {
        foreach (float bias in new[] { float.MinValue, -2.4e38f, -1e30f, 2.4e38f, float.MaxValue })
        {
            AttentionRoads roads = new(queries, keys, 4, 4, 0.5f) { Bias = [.. Enumerable.Repeat(bias, queries * keys)] };

            // Scores of 1 are lost beside such a bias in any arithmetic of floats: equal ones are asked for.
            roads.Q.Span.Clear();
            Check(roads, $"bias {bias:R}");
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void AllRoads_BiasesFarApart_OnlyTheHighestCount(int queries, int keys)
    {
        float[] levels = [float.MinValue, -2.4e38f, float.MinValue, float.NegativeInfinity, -3e38f];
        AttentionRoads low = new(queries, keys, 4, 4, 0.5f)
        {
            Bias = [.. Enumerable.Range(0, queries * keys).Select(at => levels[(at % keys + at / keys) % levels.Length])],
        };
        AttentionRoads high = new(queries, keys, 4, 4, 0.5f)
        {
            Bias = [.. low.Bias.Select(bias => -bias is float.PositiveInfinity ? float.NegativeInfinity : -bias)],
        };
        low.Q.Span.Clear();
        high.Q.Span.Clear();
        Check(low, "low");
        Check(high, "high");
    }

    [Theory, MemberData(nameof(Sizes))]
    public void AllRoads_ScoresNearTheEndsOfFloat_AgreeWithExactArithmetic(int queries, int keys)
    {
        // Products of ±1.6e19·1.6e19 = 2.56e38; every third key has the same score as the first.
        foreach (float scale in new[] { 1f, -1f, 0.5f })
        {
            AttentionRoads roads = new(queries, keys, 4, 4, scale);
            roads.Q.Span.Clear();
            roads.K.Span.Clear();
            for (int i = 0; i < queries; i++)
            {
                roads.Q[i, 0] = (i % 2 == 0 ? 1.6e19f : -1.6e19f) / MathF.Sqrt(Math.Abs(scale));
            }

            for (int j = 0; j < keys; j++)
            {
                roads.K[j, 0] = (1 - j % 3) * 1.6e19f / MathF.Sqrt(Math.Abs(scale));
            }

            Check(roads, $"scale {scale}");
        }
    }

    [Theory, InlineData(2.56e38f, 3e38f), InlineData(-2.56e38f, float.MinValue), InlineData(2.56e38f, float.MinValue), InlineData(-2.56e38f, 3e38f)]
    public void AllRoads_SumOfScoreAndBiasBeyondFloat_AgreesWithExactArithmetic(float score, float bias)
    {
        // The first third of the keys have the score, all have the bias but the last, which has half of it.
        AttentionRoads roads = new(35, 150, 4, 4, 1) { Bias = [.. Enumerable.Range(0, 35 * 150).Select(at => at % 150 == 149 ? bias / 2 : bias)] };
        roads.Q.Span.Clear();
        roads.K.Span.Clear();
        for (int r = 0; r < 150; r++)
        {
            roads.K[r, 1] = r % 3 == 0 ? score / 1.6e19f : 0;
            roads.Q[r % 35, 1] = 1.6e19f;
        }

        Check(roads, $"{score:R} + {bias:R}");
    }

    [Fact]
    public void AllRoads_ScaleAboveOne_AgreesWithExactArithmetic()
    {
        // 1e35·1e6 is beyond a float, 1e35·1e6·1e-36·j is not.
        AttentionRoads roads = new(20, 33, 4, 5, 1e6f);
        roads.Q.Span.Clear();
        for (int i = 0; i < 20; i++)
        {
            roads.Q[i, 2] = 1e35f;
        }

        for (int j = 0; j < 33; j++)
        {
            roads.K[j, 2] = j % 5 * 1e-36f;
        }

        Check(roads, "scale 1e6");
    }

    [Fact]
    public void Packed_OneBiasOnAllKeys_GivesTheMeanOfTheValues()
    {
        MultiHeadAttention attention = new(12, 3, new CounterRandom(1)) { Query = new Linear(12, 12, new CounterRandom(2), bias: false) };
        attention.Query.Weight.Value.Span.Clear();
        Tensor x = Tensor.Gaussian(new CounterRandom(3), 1, 2, 7, 12), expected = attention.Forward(x).Y, y = new(2, 7, 12);
        foreach (float bias in new[] { float.MinValue, 2.4e38f, float.MaxValue })
        {
            float[] biases = [.. Enumerable.Repeat(bias, 49)];
            new PackedAttention(attention).Infer(x.Span, y.Span, 2, bias: biases);
            Compare.Close(y, expected, Tolerances.Chain, $"packed, bias {bias:R}");
            (Tensor forward, var saved) = attention.Forward(x, AttentionMask.Bias(new Tensor(biases, 7, 7)));
            Compare.Close(forward, expected, Tolerances.Chain, $"forward, bias {bias:R}");
            Assert.All(saved.Weights().Values, weight => Assert.Equal(1f / 7, weight, 1e-6f));
        }
    }

    [Fact]
    public void MaskedSoftmax_ScaleAndBiasBeyondFloat_AgreesWithExactArithmetic()
    {
        float[] x = [2e38f, 2e38f, -2e38f, 0, 2e38f], bias = [3e38f, 3e38f, 3e38f, 3e38f, float.NegativeInfinity], y = new float[5];
        MaskedSoftmax.Forward(x, y, 1, 5, 3, default, bias);
        Compare.Close(y, (float[])[0.5f, 0.5f, 0, 0, 0], 1e-6, "weights");
        MaskedSoftmax.Forward([.. Enumerable.Repeat(-3e38f, 5)], y, 1, 5, 1, default, [.. Enumerable.Repeat(-3e38f, 5)]);
        Compare.Close(y, (float[])[0.2f, 0.2f, 0.2f, 0.2f, 0.2f], 1e-6, "weights");
    }

    [Fact]
    public void Bias_TwoThatAddUpBeyondFloat_AreRefused()
    {
        AttentionMask mask = AttentionMask.Bias(new Tensor([0f, float.MinValue], 1, 2));
        var error = Assert.Throws<ArgumentException>(() => mask & mask);
        Assert.Contains("add up to more than a float holds", error.Message);
        Assert.Equal([float.NegativeInfinity, float.MinValue], (mask & AttentionMask.Bias(new Tensor([float.NegativeInfinity, 1f], 1, 2))).BiasValues!.Values);
    }

    private static void Check(AttentionRoads roads, string what)
    {
        (double[] output, double[] weights, double[][] gradients) = roads.Exact();
        foreach ((string road, float[] actual) in roads.Weights())
        {
            Compare.Close(actual, weights, Tolerances.Kernel, $"{what}, {road}: weights");
        }

        foreach ((string road, float[] actual) in roads.Outputs())
        {
            Compare.Close(actual, output, Tolerances.Chain, $"{what}, {road}: output");
        }

        foreach ((string road, float[][] actual) in roads.Gradients())
        {
            // Products with Q and K of 1e19 are sums of large terms that cancel: ∂V and ∂bias say whether the weights are right.
            Compare.Close(actual[2], gradients[2], Tolerances.Chain, $"{what}, {road}: ∂L/∂V");
            for (int at = 0; at < actual[3].Length; at++)
            {
                Assert.Equal(gradients[3][at], actual[3][at], 1e-5);
            }
        }
    }
}
