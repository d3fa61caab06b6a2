using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Tests.Training;

public class OptimiserTests
{
    private static readonly double[] Schedule = [0.01, 0.02, 0.03, 0.02, 0.01];

    public static TheoryData<string> Cases => Golden.Names("optimisers");

    [Theory, MemberData(nameof(Cases))]
    public void Step_FiveTimes_AgreesWithPyTorch(string name)
    {
        Golden g = Golden.Read("optimisers", name);
        Parameter weight = new("weight", g.Input("weight")), bias = new("bias", g.Input("bias"));
        IOptimizer optimizer = g.Flag("muon")
            ? new Muon([weight], new Adam([bias]), g.Number("rate"), decay: g.Number("decay"))
            : g.Flag("adam")
            ? new Adam([weight, bias], g.Number("rate", 0), 0.9, g.Number("beta2", 0.999), g.Number("epsilon", 1e-8), g.Number("decay", 0))
            : new Sgd([weight, bias], g.Number("rate"), g.Number("momentum", 0));
        Tensor weights = g.Input("weights"), biases = g.Input("biases");
        List<float> norms = [];
        for (int step = 0; step < 5; step++)
        {
            weights.Span.Slice(step * 35, 35).CopyTo(weight.Gradient.Span);
            biases.Span.Slice(step * 7, 7).CopyTo(bias.Gradient.Span);
            if (g.Flag("schedule"))
            {
                optimizer.LearningRate = Schedule[step];
            }

            if (!double.IsNaN(g.Number("clip")))
            {
                norms.Add((float)Gradients.Clip(optimizer.Parameters, g.Number("clip")));
            }

            optimizer.Step();
        }

        g.Output("weight", weight.Value);
        g.Output("bias", bias.Value);
        if (norms.Count > 0)
        {
            Assert.Contains(norms, n => n < g.Number("clip"));
            Assert.Contains(norms, n => n > g.Number("clip"));
            g.Output("norms", norms.ToArray());
        }

        g.Done();
        Assert.Equal(5, optimizer.StepCount);
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void AdamStep_AwkwardLength_AgreesWithTheFormulaInDouble(int n)
    {
        Parameter p = new("p", new Tensor(Inputs.Gaussian(1, n), n));
        double[] value = Inputs.Widen(p.Value.Span), mean = new double[n], square = new double[n];
        Adam adam = new([p], 0.01, decay: 0.1, decays: _ => true);
        for (int t = 1; t <= 3; t++)
        {
            Inputs.Gaussian((ulong)t + 1, n).CopyTo(p.Gradient.Span);
            adam.Step();
            for (int i = 0; i < n; i++)
            {
                double g = p.Gradient.Values[i];
                mean[i] = 0.9 * mean[i] + 0.1 * g;
                square[i] = 0.999 * square[i] + 0.001 * g * g;
                value[i] -= 0.01 * (mean[i] / (1 - Math.Pow(0.9, t)) / (Math.Sqrt(square[i] / (1 - Math.Pow(0.999, t))) + 1e-8) + 0.1 * value[i]);
            }
        }

        Compare.Close(p.Value.Span, value, 1e-6, "value");
    }

    [Fact]
    public void MuonStep_ShapesBothWays_MatchesTheReferenceAndAnyNumberOfThreads()
    {
        (int Rows, int Columns)[] shapes = [(8, 24), (24, 8), (1, 5), (17, 17)];
        float[][] results = [.. Enumerable.Range(1, 3).Select(threads =>
        {
            int before = Workers.Count;
            Workers.Count = threads;
            try
            {
                Parameter[] all =
                [
                    .. shapes.Select((s, i) => new Parameter($"p{i}", new Tensor(Inputs.Gaussian((ulong)i, s.Rows * s.Columns), s.Rows, s.Columns)))
                ];
                Muon muon = new(all, new Adam([]), 0.1, momentum: 0);
                foreach (Parameter p in all)
                {
                    Inputs.Gaussian(9, p.Length).CopyTo(p.Gradient.Span);
                }

                muon.Step();
                return all.SelectMany(p => p.Value.Span.ToArray()).ToArray();
            }
            finally
            {
                Workers.Count = before;
            }
        })];
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
        int at = 0;
        for (int i = 0; i < shapes.Length; i++)
        {
            (int rows, int columns) = shapes[i];
            double[] value = Inputs.Widen(Inputs.Gaussian((ulong)i, rows * columns)), move = Inputs.Widen(Inputs.Gaussian(9, rows * columns));
            Orthogonalize.Reference<double>(move, rows, columns);
            double[] expected = [.. value.Zip(move, (x, m) => x - 0.1 * 0.2 * Math.Sqrt(Math.Max(rows, columns)) * m)];
            Compare.Close(results[0].AsSpan(at, expected.Length), expected, 1e-5, $"({rows}, {columns})");
            at += expected.Length;
        }
    }

    [Fact]
    public void MuonStep_WithAdam_SharesRateAndCountAndState()
    {
        Parameter weight = new("w", new Tensor(3, 4)), bias = new("b", new Tensor(4));
        Muon muon = new([weight], new Adam([bias]), 0.5);
        weight.Gradient.Span.Fill(1);
        bias.Gradient.Span.Fill(1);
        muon.LearningRate = 0.25;
        muon.Step();
        Assert.Equal(1, muon.StepCount);
        Assert.Equal(-0.25f, bias.Value[0], 1e-5f);
        Assert.Equal(["velocity.w", "mean.b", "square.b"], muon.State.Select(s => s.Name));
        Assert.Equal([weight, bias], muon.Parameters);
    }

    [Fact]
    public void Muon_WrongParameters_AreRefusedByName()
    {
        Parameter weight = new("w", new Tensor(3, 4)), bias = new("b", new Tensor(4));
        Assert.Contains("b is (4)", Assert.Throws<ArgumentException>(() => new Muon([bias], new Adam([]))).Message);
        Assert.Contains("w is given to both", Assert.Throws<ArgumentException>(() => new Muon([weight], new Adam([weight]))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Muon([weight], new Adam([]), momentum: 1));
    }

    [Theory]
    [InlineData("learningRate", -0.1), InlineData("learningRate", double.NaN), InlineData("learningRate", 1e39)]
    [InlineData("learningRate", double.PositiveInfinity)]
    [InlineData("beta1", 1), InlineData("beta1", 1.1), InlineData("beta1", -0.1), InlineData("beta1", double.NaN)]
    [InlineData("beta2", 1), InlineData("beta2", 2), InlineData("beta2", -0.1), InlineData("beta2", double.NaN)]
    [InlineData("epsilon", -1e-8), InlineData("epsilon", double.NaN), InlineData("epsilon", double.PositiveInfinity)]
    [InlineData("epsilon", 0), InlineData("epsilon", 1e-50), InlineData("epsilon", 1e50)]
    [InlineData("decay", -0.01), InlineData("decay", double.NaN), InlineData("decay", double.PositiveInfinity)]
    public void Adam_SettingThatCannotTrain_IsRefusedByName(string name, double value)
    {
        double With(string which, double usual) => name == which ? value : usual;
        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => new Adam([], With("learningRate", 1e-3), With("beta1", 0.9), With("beta2", 0.999), With("epsilon", 1e-8), With("decay", 0)));
        Assert.Equal(name, error.ParamName);
        Assert.Contains($"{name} is {value}", error.Message);
    }

    [Theory, InlineData(-0.1), InlineData(double.NaN), InlineData(double.PositiveInfinity), InlineData(1e39)]
    public void Rates_NotAStep_AreRefusedByEveryOptimiserAlsoLater(double value)
    {
        Parameter weight = new("w", new Tensor(2, 2));
        Assert.Contains($"learningRate is {value}", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd([], value)).Message);
        Assert.Contains($"learningRate is {value}", Assert.Throws<ArgumentOutOfRangeException>(() => new Muon([weight], new Adam([]), value)).Message);
        Assert.Contains($"decay is {value}", Assert.Throws<ArgumentOutOfRangeException>(() => new Muon([weight], new Adam([]), decay: value)).Message);
        IOptimizer[] optimisers = [new Sgd([]), new Adam([]), new Muon([weight], new Adam([]))];
        foreach (IOptimizer optimiser in optimisers)
        {
            double before = optimiser.LearningRate;
            Assert.Contains($"LearningRate is {value}", Assert.Throws<ArgumentOutOfRangeException>(() => optimiser.LearningRate = value).Message);
            Assert.Equal(before, optimiser.LearningRate);
            optimiser.LearningRate = 0;
        }
    }

    [Theory, InlineData(1), InlineData(-0.1), InlineData(double.NaN)]
    public void Momentum_NotAnAverage_IsRefused(double value)
    {
        Assert.Contains($"momentum is {value}", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd([], 0.1, value)).Message);
        Assert.Contains($"momentum is {value}", Assert.Throws<ArgumentOutOfRangeException>(() => new Muon([], new Adam([]), momentum: value)).Message);
    }

    [Fact]
    public void AdamStep_SharedParameter_MovesOnce()
    {
        Parameter p = new("p", Tensor.Vector(1, 1));
        Adam adam = new([p, p], 0.1);
        p.Gradient.Span.Fill(3);
        adam.Step();
        Compare.Close(p.Value.Span, [0.9f, 0.9f], 1e-6, "one step of η");
    }

    [Fact]
    public void AdamStep_Decay_SparesVectorsUnlessTold()
    {
        Parameter matrix = new("w", new Tensor([1f, 1f], 1, 2)), vector = new("b", Tensor.Vector(1, 1));
        new Adam([matrix, vector], 0.1, decay: 0.5).Step();
        Compare.Close(matrix.Value.Span, [0.95f, 0.95f], 1e-6, "matrix");
        Assert.Equal([1f, 1f], vector.Value.Values);
    }

    [Fact]
    public void Clip_LimitNotPositive_IsRefused() =>
        Assert.Contains("limit is 0", Assert.Throws<ArgumentOutOfRangeException>(() => Gradients.Clip([], 0)).Message);

    [Fact]
    public void Clip_InfiniteGradient_StaysAsItIsToBeNamed()
    {
        Parameter good = new("good", Tensor.Vector(1, 1)), bad = new("bad", Tensor.Vector(1, 1));
        good.Gradient.Span.Fill(3);
        bad.Gradient[1] = float.PositiveInfinity;
        Assert.Equal(double.PositiveInfinity, Gradients.Clip([good, bad], 1));
        Assert.Equal([3f, 3f], good.Gradient.Values);
        Assert.Equal([0f, float.PositiveInfinity], bad.Gradient.Values);
    }

    [Fact]
    public void Norm_HugeGradients_DoesNotOverflow()
    {
        Parameter p = new("p", new Tensor(4));
        p.Gradient.Span.Fill(1e30f);
        Assert.Equal(2e30, Gradients.Norm([p]), 1e24);
        Assert.Equal(2e30, Gradients.Clip([p], 1), 1e24);
        Assert.Equal(1, Gradients.Norm([p]), 1e-6);
    }
}
