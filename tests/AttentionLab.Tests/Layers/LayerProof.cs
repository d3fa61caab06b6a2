using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

/// <summary>What every layer has to show beside its golden case (<see cref="LayerGolden"/>): its backward agrees with differences of its own forward.</summary>
internal static class LayerProof
{
    private static readonly ConcurrentDictionary<string, double> Worst = new();

    /// <summary>
    /// Compares the backward with central differences of the float forward, the loss Σ y·w summed in double, and checks that it accumulates.
    /// The step of each tensor is the one at the bottom of the U-curve: of steps 2⁻² … 2⁻⁹ the one whose estimate
    /// differs least from its neighbour's, found without looking at the backward.
    /// </summary>
    /// <param name="inputs">Inputs whose gradients <paramref name="backward"/> returns, in its order.</param>
    /// <param name="parameters">Parameters whose gradients it adds to.</param>
    /// <param name="forward">Must give the same result when called again.</param>
    /// <param name="backward">From ∂L/∂y to the gradients of the inputs.</param>
    /// <param name="tolerance">Largest error, relative to the largest gradient of the tensor.</param>
    /// <param name="file">The calling test's file, under whose name the worst error is written beside the golden errors.</param>
    public static void Differences(
        IReadOnlyList<Tensor> inputs, IReadOnlyList<Parameter> parameters, Func<Tensor> forward, Func<Tensor, IReadOnlyList<Tensor>> backward,
        double tolerance = Tolerances.NumericalFloat, [CallerFilePath] string file = "")
    {
        Tensor y = forward(), dy = new(Inputs.Gaussian(99, y.Length), y.Shape);
        foreach (Parameter parameter in parameters)
        {
            parameter.ClearGradient();
        }

        forward();
        IReadOnlyList<Tensor> gradients = backward(dy);
        Assert.Equal(inputs.Count, gradients.Count);
        Accumulates();
        double worst = 0;
        for (int i = 0; i < inputs.Count; i++)
        {
            worst = Math.Max(worst, Check($"input {i}", inputs[i], gradients[i]));
        }

        foreach (Parameter parameter in parameters)
        {
            worst = Math.Max(worst, Check(parameter.Name, parameter.Value, parameter.Gradient));
        }

        Worst.AddOrUpdate(Path.GetFileNameWithoutExtension(file), worst, (_, old) => Math.Max(old, worst));
        lock (Worst)
        {
            string folder = Path.Combine(Repository.Root, "artifacts", "golden");
            Directory.CreateDirectory(folder);
            File.WriteAllLines(
                Path.Combine(folder, $"differences-{Simd.Width}.txt"),
                Worst.ToArray().OrderBy(w => w.Key).Select(w => FormattableString.Invariant($"{w.Key} {w.Value:E2}")));
        }

        // A second backward must double what the parameters hold, return the same for the inputs, and leave dy alone.
        void Accumulates()
        {
            float[][] once = [.. parameters.Select(p => p.Gradient.Span.ToArray())];
            Tensor kept = dy.Copy();
            IReadOnlyList<Tensor> again = backward(dy);
            foreach ((Parameter p, float[] g) in parameters.Zip(once))
            {
                Compare.Close(p.Gradient.Span, g.Select(v => 2 * v).ToArray(), 1e-5, $"{p.Name} after a second backward");
                g.CopyTo(p.Gradient.Span);
            }

            foreach ((Tensor a, Tensor b) in gradients.Zip(again))
            {
                Compare.Same(b.Span, a.Span, "an input's gradient");
            }

            Compare.Same(dy.Span, kept.Span, "dy");
        }

        double Loss()
        {
            double sum = 0;
            Tensor output = forward();
            for (int i = 0; i < output.Length; i++)
            {
                sum += (double)output.Values[i] * dy.Values[i];
            }

            return sum;
        }

        double Check(string name, Tensor value, Tensor gradient)
        {
            Assert.True(gradient.Shape.SequenceEqual(value.Shape), $"{name} is {value} but its gradient {gradient}");
            int[] elements = Sample(value.Length);
            double[] actual = [.. elements.Select(e => (double)gradient.Values[e])];
            double[][] estimates = [.. Enumerable.Range(2, 8).Select(power => elements.Select(e => Difference(value, e, Math.Pow(2, -power))).ToArray())];
            int best = Enumerable.Range(0, estimates.Length - 1).MinBy(s => estimates[s].Zip(estimates[s + 1], (a, b) => Math.Abs(a - b)).Max());

            // Sampled elements may all be small: the scale is that of the whole gradient.
            double scale = gradient.Span.ToArray().Max(g => Math.Abs((double)g));
            double error = actual.Zip(estimates[best], (a, b) => Math.Abs(a - b)).Max() / (scale == 0 ? 1 : scale);
            Assert.True(
                error <= tolerance, FormattableString.Invariant($"{name}: gradient and differences differ by {error:E2} > {tolerance:E2} of the largest"));
            return error;
        }

        double Difference(Tensor value, int element, double step)
        {
            float kept = value.Values[element];
            (float above, float below) = ((float)(kept + step), (float)(kept - step));
            value.Values[element] = above;
            double high = Loss();
            value.Values[element] = below;
            double low = Loss();
            value.Values[element] = kept;
            return (high - low) / ((double)above - below);
        }
    }

    /// <summary>All elements of a small tensor, 24 spread ones of a large.</summary>
    private static int[] Sample(int length) => length <= 24
        ? [.. Enumerable.Range(0, length)]
        : [.. Enumerable.Range(0, 24).Select(i => (int)((long)i * (length - 1) / 23))];
}
