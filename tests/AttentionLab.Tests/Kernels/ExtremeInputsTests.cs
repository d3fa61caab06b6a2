using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>
/// Numbers near the ends of float: where the plain reference in double gives a number that a float can hold, the fast path gives one too, and the same.
/// </summary>
public class ExtremeInputsTests
{
    private static readonly float[] Extremes =
    [
        0, -0f, float.Epsilon, -float.Epsilon, 1e-42f, -1e-42f, 1.2e-38f, 1e-20f, -1e-20f, 1e-5f, 1, -1, 5.4f, -5.4f, 5.76f, -5.76f, 9, -9, 30, -30,
        87, -87,
        88.7f, -88.7f, 104, -104,
        1e4f, -1e4f, 1e10f, -1e10f, 1.9e19f, -1.9e19f, 1e25f, -1e25f, 1e38f, -1e38f, float.MaxValue, float.MinValue,
    ];

    public static TheoryData<string> Elementwise => ["gelu", "gelu tanh", "gelu backward", "gelu tanh backward", "relu", "relu backward", "exp"];

    [Theory, MemberData(nameof(Elementwise))]
    public void Elementwise_FiniteExtremes_AgreeWithReference(string name)
    {
        float[] ones = [.. Extremes.Select(_ => 1f)], y = new float[Extremes.Length];
        double[] expected = new double[y.Length], x = Inputs.Widen(Extremes), dOnes = Inputs.Widen(ones);
        switch (name)
        {
            case "gelu" or "gelu tanh":
                Gelu.Forward(Extremes, y, name == "gelu tanh");
                Gelu.Reference<double>(x, expected, name == "gelu tanh");
                break;
            case "gelu backward" or "gelu tanh backward":
                Gelu.Backward(Extremes, ones, y, name == "gelu tanh backward");
                Gelu.BackwardReference<double>(x, dOnes, expected, name == "gelu tanh backward");
                break;
            case "relu":
                Relu.Forward(Extremes, y);
                Relu.Reference<double>(x, expected);
                break;
            case "relu backward":
                Relu.Backward(Extremes, ones, y);
                Relu.BackwardReference<double>(x, dOnes, expected);
                break;
            default:
                Exp.Forward(Extremes, y);
                Exp.Reference<double>(x, expected);
                break;
        }

        for (int i = 0; i < y.Length; i++)
        {
            float wanted = (float)expected[i];
            Check.That(
                wanted == y[i] || Math.Abs(y[i] - wanted) <= 1e-6 * Math.Max(1, Math.Abs(wanted)), $"{name} of {Extremes[i]:R} is {y[i]:R}, not {wanted:R}");
        }
    }

    [Theory, InlineData(1), InlineData(3), InlineData(16), InlineData(33)]
    public void Rows_FiniteExtremes_GiveFiniteWeights(int columns)
    {
        for (int first = 0; first < Extremes.Length; first++)
        {
            float[] x = [.. Enumerable.Range(0, columns).Select(j => Extremes[(first + 5 * j) % Extremes.Length])], y = new float[columns], sums = new float[1];
            float[] dx = new float[columns];
            double[] expected = new double[columns], expectedSum = new double[1];
            Softmax.Forward(x, y, 1, columns);
            Softmax.Reference<double>(Inputs.Widen(x), expected, 1, columns);
            LogSumExp.Forward(x, sums, 1, columns);
            LogSumExp.Reference<double>(Inputs.Widen(x), expectedSum, 1, columns);
            Close(y, expected, "softmax");
            Assert.True(Math.Abs(sums[0] - expectedSum[0]) <= 1e-6 * Math.Max(1, Math.Abs(expectedSum[0])), $"log-sum-exp {sums[0]}, not {expectedSum[0]}");

            // The loss itself may be too large for a float, its gradient never is.
            CrossEntropy.Backward(x, [columns / 2], 1, dx, 1, columns);
            expected[columns / 2] -= 1;
            Close(dx, expected, "gradient of cross-entropy");
        }

        void Close(float[] actual, double[] expected, string what)
        {
            for (int j = 0; j < columns; j++)
            {
                Check.That(Math.Abs(actual[j] - expected[j]) <= 1e-6, $"{what}, {columns} columns: {actual[j]}, not {expected[j]}");
            }
        }
    }
}
