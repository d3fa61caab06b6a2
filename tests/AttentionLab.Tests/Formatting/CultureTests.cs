using System.Globalization;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;
using AttentionLab.Words;

namespace AttentionLab.Tests.Formatting;

/// <summary>What the library prints does not depend on where the reader lives: 0.5 is never 0,5, and −1 has the minus of the code.</summary>
public class CultureTests
{
    [Theory]
    [InlineData("tensor", "Tensor (3) [0.5, -1.25, 1E-05]")]
    [InlineData("tensor plain", "Tensor (3) [0.5, -1.25, 1E-05]")]
    [InlineData("tensor html", ">-1.25<")]
    [InlineData("neighbour", "Neighbour { Word = a, Cosine = -0.5 }")]
    [InlineData("guess", "Guess { Piece = a, Probability = 0.5 }")]
    [InlineData("skip-gram progress", "Rate = 0.025")]
    [InlineData("batch", "Batch { Loss = 0.5, Tokens = 3 }")]
    [InlineData("dropout", "rate is -1.5")]
    [InlineData("drop", "rate is -1.5")]
    [InlineData("adam", "beta1 is -1.5")]
    [InlineData("clip", "limit is -1.5")]
    [InlineData("smoothing", "smoothing is -1.5")]
    [InlineData("shape", "shape (-2, 3)")]
    [InlineData("loss", "the loss is -Infinity")]
    public void Text_CommaCulture_IsInvariant(string what, string expected)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("")
            {
                NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "−", NegativeInfinitySymbol = "−∞" },
            };
            Assert.Contains(expected, Text(what));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Text(string what)
    {
        Tensor tensor = Tensor.Vector(0.5f, -1.25f, 1e-5f);
        return what switch
        {
            "tensor" => tensor.ToString(),
            "tensor plain" => tensor.ToPlainText(),
            "tensor html" => tensor.ToHtml(),
            "neighbour" => new Neighbour("a", -0.5f).ToString(),
            "guess" => new Guess("a", 0.5).ToString(),
            "skip-gram progress" => new SkipGramProgress(0.5, 1.5, 0.025, 3, TimeSpan.FromSeconds(1.5)).ToString(),
            "batch" => new Batch(0.5, 3).ToString(),
            "dropout" => Refused(() => new Dropout(-1.5)),
            "drop" => Assert.Throws<ArgumentOutOfRangeException>(() => Drop.Forward([], [], -1.5, new CounterRandom(1))).Message,
            "adam" => Refused(() => new Adam([], beta1: -1.5)),
            "clip" => Refused(() => Gradients.Clip([], -1.5)),
            "smoothing" => Refused(() => CrossEntropy.Forward([1, 2], [0], [], 1, 2, -1.5f)),
            "shape" => Refused(() => new Tensor(-2, 3)),
            _ => TrainingDivergedException.Find(1, double.NegativeInfinity, []).Message,
        };
    }

    private static string Refused(Func<object?> make) => Assert.ThrowsAny<ArgumentException>(make).Message;
}
