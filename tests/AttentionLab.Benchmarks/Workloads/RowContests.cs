using System.Numerics.Tensors;
using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>Softmax, layer normalisation, GELU and exp. Memory is their limit, or the few operations of an exponential.</summary>
internal static class RowContests
{
    /// <summary>Largest error against the reference in double precision, relative to the largest value: a few float roundings.</summary>
    private const double Tolerance = 2e-6;

    /// <summary>Every operation on rows.</summary>
    public static IEnumerable<Entry> All(RivalSet rivals, int threads)
    {
        yield return New("softmax 4096×512", name => Softmaxes(name, 4096, 512, [Bar.PercentOfLimit(58)]));
        yield return New("softmax 32×512 (cached)", name => Softmaxes(name, 32, 512, [Bar.AtLeast(3, "TensorPrimitives").AsMoonshot()]));
        yield return New("LayerNorm 4096×512", name => Norm(name, 4096, 512));
        yield return New("GELU 512×2048", name => Gelus(name, 512, 2048));
        yield return New("exp 4096×512", name => Exps(name, 4096, 512));

        Entry New(string name, Func<string, Contest> make) => new("rows", name, () => make(name));

        Contest Softmaxes(string name, int rows, int columns, Bar[] more)
        {
            float[] x = Inputs.Gaussian(rows * columns, 1);
            Lineup lineup = new(rivals, threads, x.Length);
            lineup.Ours(y => Softmax.Forward(x, y, rows, columns));
            Ort(lineup, x, rows, columns, model => model.Node("Softmax", ["x"], ["o"], ("axis", -1)));
            void Primitives(float[] y)
            {
                for (int at = 0; at < x.Length; at += columns)
                {
                    TensorPrimitives.SoftMax<float>(x.AsSpan(at, columns), y.AsSpan(at, columns));
                }
            }

            lineup.Add("TensorPrimitives", Primitives, isRival: true, isSingle: true);
            lineup.Reference(y => Softmax.Reference<float>(x, y, rows, columns));
            return Finish(
                lineup, name, x, [Bar.AtLeast(1, "ORT"), Bar.AtLeast(2, "TensorPrimitives"), .. more],
                (from, y) => Softmax.Reference<double>(from, y, rows, columns));
        }

        Contest Norm(string name, int rows, int columns)
        {
            float[] x = Inputs.Gaussian(rows * columns, 1), gamma = Inputs.Gaussian(columns, 2), beta = Inputs.Gaussian(columns, 3);
            Lineup lineup = new(rivals, threads, x.Length);
            lineup.Ours(y => Normalize.Forward(x, gamma, beta, y, [], [], columns));
            Ort(
                lineup, x, rows, columns,
                model =>
                    model.Constant("g", gamma, columns).Constant("b", beta, columns).Node(
                        "LayerNormalization", ["x", "g", "b"], ["o"], ("axis", -1), ("epsilon", Normalize.Epsilon)));
            lineup.Reference(y => Normalize.Reference<float>(x, gamma, beta, y, [], [], columns, Normalize.Epsilon));
            return Finish(
                lineup, name, x, [Bar.AtLeast(1.5, "ORT"), Bar.PercentOfLimit(65), Bar.AtLeast(2, "ORT").AsMoonshot()],
                (from, y) => Normalize.Reference(from, Inputs.Widen(gamma), Inputs.Widen(beta), y, [], [], columns, Normalize.Epsilon));
        }

        Contest Gelus(string name, int rows, int columns)
        {
            float[] x = Inputs.Gaussian(rows * columns, 1);
            Lineup lineup = new(rivals, threads, x.Length);
            lineup.Ours(y => Gelu.Forward(x, y));
            Ort(lineup, x, rows, columns, model => model.Own("Gelu", ["x"], ["o"]));
            lineup.Reference(y => Gelu.Reference<float>(x, y));
            return Finish(
                lineup, name, x, [Bar.AtLeast(1.5, "ORT"), Bar.PercentOfLimit(70), Bar.AtLeast(2, "ORT").AsMoonshot()],
                (from, y) => Gelu.Reference<double>(from, y));
        }

        Contest Exps(string name, int rows, int columns)
        {
            float[] x = Inputs.Gaussian(rows * columns, 1);
            Lineup lineup = new(rivals, threads, x.Length);
            lineup.Ours(y => Exp.Forward(x, y));
            Ort(lineup, x, rows, columns, model => model.Node("Exp", ["x"], ["o"]));
            lineup.Add("TensorPrimitives", y => TensorPrimitives.Exp<float>(x, y), isRival: true, isSingle: true);
            lineup.Reference(y => Exp.Reference<float>(x, y));
            return Finish(lineup, name, x, [Bar.AtLeast(1, "ORT"), Bar.PercentOfLimit(70)], (from, y) => Exp.Reference<double>(from, y));
        }

        Contest Finish(Lineup lineup, string name, float[] x, Bar[] bars, Reference reference)
        {
            if (threads == 1)
            {
                lineup.Floor(x);
            }

            return lineup.Finish(name, 0, threads == 1 ? bars : [], y => Check(name, x, y, reference));
        }
    }

    private delegate void Reference(ReadOnlySpan<double> x, Span<double> y);

    private static void Ort(Lineup lineup, float[] x, int rows, int columns, Func<OnnxModel, OnnxModel> add) =>
        lineup.Ort("", () => add(new OnnxModel().Input("x", rows, columns).Output("o", rows, columns)), [("x", x, [rows, columns])], [rows, columns]);

    private static void Check(string workload, float[] x, float[] y, Reference reference)
    {
        double[] right = new double[y.Length];
        reference(Inputs.Widen(x), right);
        double largest = right.Max(Math.Abs);
        int worst = Enumerable.Range(0, y.Length).MaxBy(i => double.IsNaN(y[i]) ? double.PositiveInfinity : Math.Abs(y[i] - right[i]));
        if (!(Math.Abs(y[worst] - right[worst]) <= Tolerance * largest))
        {
            throw new WrongResultException(
                $"{workload}: ours is {y[worst]:G9} at {worst}, the reference {right[worst]:G9}: no time is shown for a wrong result.");
        }
    }
}
