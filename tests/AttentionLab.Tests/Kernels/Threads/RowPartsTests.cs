using System.Runtime.InteropServices;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Tests.Kernels;

/// <summary>Large row kernels: cut into parts, on one, two and three threads.</summary>
[Collection(nameof(WorkersTests))]
public sealed class RowPartsTests : IDisposable
{
    private const int Rows = 530, Columns = 521, Size = Rows * Columns;

    private static readonly float[] X = Inputs.Gaussian(1, Size, 2), Dy = Inputs.Gaussian(2, Size), Row = Inputs.Gaussian(3, Columns);
    private static readonly float[] Other = Inputs.Gaussian(4, Columns);
    private static readonly float[] Mean = new float[Rows], Inverse = new float[Rows], Weights = new float[Size];
    private static readonly float[] Cos = Inputs.Gaussian(5, Rows * (Columns / 2)), Sin = Inputs.Gaussian(6, Rows * (Columns / 2));
    private static readonly int[] Ids = [.. Enumerable.Range(0, Rows).Select(i => i * i % 97)];
    private static readonly int[] Targets = [.. Enumerable.Range(0, Rows).Select(i => i % 7 == 3 ? CrossEntropy.Ignored : i * 31 % Columns)];

    private static CounterRandom s_random = new(0);
    private static Parameter s_weight = new("w", new Tensor(1));
    private static Adam s_adam = new([]);

    private static readonly Dictionary<string, Action<float[], float[], float[]>> Kernels = new()
    {
        ["softmax"] = (y, _, _) => Softmax.Forward(X, y, Rows, Columns),
        ["softmax backward"] = (dx, _, _) => Softmax.Backward(Weights, Dy, dx, Rows, Columns),
        ["log-sum-exp"] = (y, _, _) => LogSumExp.Forward(X, y.AsSpan(0, Rows), Rows, Columns),
        ["log-sum-exp backward"] = (dx, _, _) => LogSumExp.Backward(X, Mean, Inverse, dx, Rows, Columns),
        ["cross-entropy"] = (y, losses, _) => y[0] = CrossEntropy.Forward(X, Targets, losses.AsSpan(0, Rows), Rows, Columns, 0.1f),
        ["cross-entropy backward"] = (d, _, _) => CrossEntropy.Backward(X, Targets, 1, d, Rows, Columns, 0.1f),
        ["cross-entropy both"] = (d, y, _) => y[0] = CrossEntropy.ForwardBackward(X, Targets, 1, d, Rows, Columns),
        ["exp"] = (y, _, _) => Exp.Forward(X, y),
        ["gelu"] = (y, _, _) => Gelu.Forward(X, y),
        ["gelu backward"] = (dx, _, _) => Gelu.Backward(X, Dy, dx),
        ["gelu tanh"] = (y, _, _) => Gelu.Forward(X, y, tanh: true),
        ["gelu tanh backward"] = (dx, _, _) => Gelu.Backward(X, Dy, dx, tanh: true),
        ["relu"] = (y, _, _) => Relu.Forward(X, y),
        ["relu backward"] = (dx, _, _) => Relu.Backward(X, Dy, dx),
        ["layer norm"] = (y, mean, inverse) => Normalize.Forward(X, Row, Other, y, mean.AsSpan(0, Rows), inverse.AsSpan(0, Rows), Columns),
        ["layer norm backward"] = (dx, dGamma, dBeta) => Normalize.Backward(X, Row, Mean, Inverse, Dy, dx, dGamma.AsSpan(0, Columns), dBeta.AsSpan(0, Columns)),
        ["RMS norm"] = (y, inverse, _) => RmsNormalize.Forward(X, Row, y, inverse.AsSpan(0, Rows), Rows, Columns),
        ["RMS norm backward"] = (dx, dGamma, _) => RmsNormalize.Backward(X, Row, Inverse, Dy, dx, dGamma.AsSpan(0, Columns), Rows, Columns),
        ["drop"] = (y, _, _) => Drop.Forward(X, y, 0.3, s_random),
        ["multiply"] = (y, _, _) => Multiply.Forward(X, Dy, y),
        ["scale"] = (y, _, _) => Multiply.Scale(X, 3, y),
        ["add scaled"] = (y, _, _) => Multiply.AddScaled(X, 3, y),
        ["sum of rows"] = (y, _, _) => Reduce.AddRows(X, y.AsSpan(0, Columns), Rows, Columns),
        ["rotate"] = (y, _, _) => Rotate.Forward(X.AsSpan(0, Rows * (Columns - 1)), Cos, Sin, y.AsSpan(0, Rows * (Columns - 1)), Rows, Columns - 1),
        ["rotate backward"] = (dx, _, _) => Rotate.Backward(X.AsSpan(0, Rows * (Columns - 1)), Cos, Sin, dx.AsSpan(0, Rows * (Columns - 1)), Rows, Columns - 1),
        ["gather"] = (y, _, _) => Gather.Forward(X, Ids, y, Columns),
        ["gather backward"] = (dTable, _, _) => Gather.Backward(X, Ids, dTable, Columns),
        ["squares"] = (y, _, _) => y[0] = (float)Reduce.SquareSum(X),
        ["Adam"] = (y, _, _) =>
        {
            s_adam.Step();
            s_weight.Value.Span.CopyTo(y);
        },
    };

    private readonly int _before = Workers.Count;

    static RowPartsTests()
    {
        Normalize.Forward(X, Row, Other, Weights, Mean, Inverse, Columns);
        Softmax.Forward(X, Weights, Rows, Columns);
    }

    public static TheoryData<string> Names => [.. Kernels.Keys];

    public void Dispose() => Workers.Count = _before;

    [Theory, MemberData(nameof(Names))]
    public void Run_OneTwoOrThreeThreads_SameBits(string name)
    {
        float[][] expected = Results(name, 1);
        foreach (int count in new[] { 2, 3 })
        {
            float[][] results = Results(name, count);
            for (int i = 0; i < results.Length; i++)
            {
                Assert.True(
                    MemoryMarshal.AsBytes<float>(results[i]).SequenceEqual(MemoryMarshal.AsBytes<float>(expected[i])),
                    $"{name}: output {i} differs between {count} threads and one");
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Run_AfterTheFirst_AllocatesNothing(string name)
    {
        float[] first = new float[Size], second = new float[Size], third = new float[Size];
        foreach (int count in new[] { 1, 2 })
        {
            Workers.Count = count;
            Begin();
            Kernels[name](first, second, third);

            // The least of a few: a collection that another test causes in between is counted here.
            long least = long.MaxValue;
            for (int round = 0; round < 5; round++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                Kernels[name](first, second, third);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            Assert.Equal(0, least);
        }
    }

    [Theory]
    [InlineData(0, 512, 4, 1)]
    [InlineData(1, 1 << 24, 4, 1)]
    [InlineData(63, 512, 4, 1)]
    [InlineData(64, 512, 4, 2)]
    [InlineData(100, 512, 4, 2)]
    [InlineData(4096, 512, 4, 32)]
    [InlineData(3, 1 << 20, 4, 2)]
    [InlineData(int.MaxValue, 1 << 20, 4, 32)]
    public void Count_IsOneOrEven_AndNeverMoreThanRows(int rows, int columns, int effort, int expected) =>
        Assert.Equal(expected, RowParts.Count(rows, columns, effort));

    [Fact]
    public void LargeRows_AgainstReference_Agree()
    {
        // The awkward lengths of the other tests are too short to be cut into parts.
        double[] x = Inputs.Widen(X), dy = Inputs.Widen(Dy), row = Inputs.Widen(Row), mean = new double[Rows], inverse = new double[Rows], y = new double[Size];
        double[] dGamma = new double[Columns], dBeta = new double[Columns];
        Normalize.Reference<double>(x, row, Inputs.Widen(Other), y, mean, inverse, Columns, Normalize.Epsilon);
        float[][] results = Results("layer norm", 2);
        Compare.Close(results[0], y, Tolerances.Kernel, "layer norm");
        Normalize.BackwardReference<double>(x, row, mean, inverse, dy, y, dGamma, dBeta);
        results = Results("layer norm backward", 2);
        Compare.Close(results[0], y, Tolerances.Kernel, "∂L/∂x");
        Compare.Close(results[1].AsSpan(0, Columns), dGamma, Tolerances.Kernel, "∂L/∂γ");
        Compare.Close(results[2].AsSpan(0, Columns), dBeta, Tolerances.Kernel, "∂L/∂β");
        double[] table = new double[Size];
        Gather.BackwardReference<double>(x, Ids, table, Columns);
        Compare.Close(Results("gather backward", 2)[0], table, Tolerances.Kernel, "gather backward");
        Gelu.Reference<double>(x, y);
        Compare.Close(Results("gelu", 2)[0], y, Tolerances.Kernel, "gelu");
        Softmax.Reference<double>(x, y, Rows, Columns);
        Compare.Close(Results("softmax", 2)[0], y, Tolerances.Kernel, "softmax");
    }

    private static float[][] Results(string name, int count)
    {
        Workers.Count = count;
        Begin();
        float[][] results = [new float[Size], new float[Size], new float[Size]];
        Kernels[name](results[0], results[1], results[2]);
        return results;
    }

    private static void Begin()
    {
        s_random = new CounterRandom(5) { Position = 3 };
        s_weight = new Parameter("w", new Tensor([.. X], Rows, Columns));
        Dy.CopyTo(s_weight.Gradient.Span);
        s_adam = new Adam([s_weight], 0.01, decay: 0.1);
        s_adam.Step();
    }
}
