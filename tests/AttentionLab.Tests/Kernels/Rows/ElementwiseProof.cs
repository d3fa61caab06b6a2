using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

/// <summary>What a function of single numbers has to show, written once: it agrees with PyTorch, with its reference, and with differences.</summary>
internal sealed record ElementwiseProof(
    string Name,
    Action<float[], float[]> Forward,
    Action<float[], float[], float[]> Backward,
    Action<double[], double[]> Reference,
    Action<double[], double[], double[]> BackwardReference)
{
    /// <summary>Forward and backward against a case of PyTorch.</summary>
    public void AgreesWithPyTorch(Golden golden)
    {
        Tensor x = golden.Input("input"), dy = golden.Input("d:output"), y = new(x.Shape), dx = new(x.Shape);
        Forward(x.Values, y.Values);
        Backward(x.Values, dy.Values, dx.Values);
        golden.Output("output", y);
        golden.Gradient("input", dx);
        golden.Done();
    }

    /// <summary>Forward and backward against the references in double, on n numbers.</summary>
    public void AgreesWithReference(int n)
    {
        float[] x = Inputs.Gaussian(1, n, 2), dy = Inputs.Gaussian(2, n), y = new float[n], dx = new float[n];
        double[] ey = new double[n], edx = new double[n];
        Forward(x, y);
        Backward(x, dy, dx);
        Reference(Inputs.Widen(x), ey);
        BackwardReference(Inputs.Widen(x), Inputs.Widen(dy), edx);
        Compare.Close(y, ey, Tolerances.Kernel, Name);
        Compare.Close(dx, edx, Tolerances.Kernel, Name + " ∂L/∂x");
    }

    /// <summary>The backward reference against differences of the reference.</summary>
    public void AgreesWithDifferences()
    {
        double[] x = Inputs.GaussianDouble(3, 25, 2), dy = Inputs.GaussianDouble(4, 25), y = new double[25], dx = new double[25];
        BackwardReference(x, dy, dx);
        double[] numerical = Numerical.Gradient(x, () =>
        {
            Reference(x, y);
            return Numerical.Weighted(y, dy);
        });
        Compare.Close(dx, numerical, Tolerances.Numerical, Name);
    }

    /// <summary>NaN stays where it is, in the vector part and in the tail.</summary>
    public static void KeepsNaN(Action<float[], float[]> run)
    {
        float[] x = new float[35], y = new float[35];
        x[3] = x[34] = float.NaN;
        run(x, y);
        Assert.Equal([3, 34], Enumerable.Range(0, 35).Where(i => float.IsNaN(y[i])));
    }
}
