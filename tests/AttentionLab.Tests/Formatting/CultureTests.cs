using System.Globalization;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;
using AttentionLab.Weights;
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
    [InlineData("weight", "a weight is -1.5")]
    [InlineData("weights", "add up to Infinity")]
    [InlineData("half", "holds -70000.5 at")]
    [InlineData("linear attention", "scale is 0.5")]
    [InlineData("word vectors", "number 2 of word \"a\" is -Infinity")]
    [InlineData("text vectors", "number 2 of word \"a\" is -Infinity")]
    [InlineData("folder of vectors", "a number of word \"a\" is -Infinity")]
    [InlineData("deviation", "deviation is -1.5")]
    [InlineData("angle base", "angleBase is -1.5")]
    [InlineData("scale", "scale is -Infinity")]
    [InlineData("epsilon", "epsilon is -1.5")]
    [InlineData("points", "would lie 4.24E+38 from the mean")]
    [InlineData("skip-gram options", "Rate is -1.5")]
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
            "weight" => Refused(() => new AliasTable([-1.5])),
            "weights" => Refused(() => new AliasTable([double.PositiveInfinity])),
            "half" or "word vectors" or "text vectors" or "folder of vectors" => File(what),
            "linear attention" => Linear(),
            "deviation" => Refused(() => Tensor.Gaussian(new CounterRandom(1), -1.5, 2)),
            "angle base" => Refused(() => new RotaryPositions(4, 2, -1.5)),
            "scale" => Refused(() => FusedAttention.Infer(new Tensor(1, 2), new Tensor(1, 2), new Tensor(1, 2), scale: float.NegativeInfinity)),
            "epsilon" => Refused(() => new LayerNorm(2, -1.5f).Forward(new Tensor(1, 2))),
            "points" => Refused(() => PrincipalComponents.Of(Tensor.Matrix(new[,] { { -3e38f, 3e38f }, { 3e38f, -3e38f } }), 1)),
            "skip-gram options" => Refused(() => new SkipGramTraining(new Vocabulary(["a"]), [["a"]], new() { Rate = -1.5f })),
            _ => TrainingDivergedException.Find(1, double.NegativeInfinity, []).Message,
        };
    }

    /// <summary>Messages of what a file cannot hold, or should not.</summary>
    private static string File(string what)
    {
        using TemporaryFolder folder = new();
        WordVectors vectors = new(new Vocabulary(["a"]), Tensor.Matrix(new[,] { { 1, float.NegativeInfinity } }));
        switch (what)
        {
            case "half":
                return Refused(() => { SafeTensorsFile.Write(folder["x"], [("a", Tensor.Vector(-70000.5f))], "F16"); return null; });
            case "word vectors":
                return Refused(() => { WordVectorFiles.WriteText(vectors, folder["x"]); return null; });
            case "text vectors":
                return Assert.Throws<InvalidDataException>(() => WordVectorFiles.ReadText(folder.Write("x", "1 2\na 1 -1e99\n"))).Message;
            default:
                vectors.Words.Write(folder["words.txt"]);
                SafeTensorsFile.Write(folder["vectors.safetensors"], [("vectors", vectors.Vectors)]);
                return Assert.Throws<InvalidDataException>(() => WordVectorFiles.ReadFolder(folder.Path)).Message;
        }
    }

    private static string Linear()
    {
        float[] x = [1, 1];
        HeadLayout layout = HeadLayout.Split(1, 1, 2);
        return Assert.Throws<ArgumentException>(() => LinearAttend.Forward(Input(), new float[2])).Message;

        AttendInput<float> Input() => new() { Q = new(x, layout), K = new(x, layout), V = new(x, layout), Sizes = new(1, 1, 1, 1, 2, 2), Scale = 0.5f };
    }

    private static string Refused(Func<object?> make) => Assert.ThrowsAny<ArgumentException>(make).Message;
}
