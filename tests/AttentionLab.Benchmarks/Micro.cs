using System.Numerics.Tensors;
using AttentionLab.Kernels;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace AttentionLab.Benchmarks;

/// <summary>Studies of single kernels by BenchmarkDotNet: data that fits the first cache, one thread.</summary>
internal static class Micro
{
    /// <summary>Runs the benchmarks whose name contains the filter.</summary>
    /// <param name="filter">Part of a name; null for all.</param>
    /// <returns>0; 1 if no benchmark has such a name.</returns>
    public static int Run(string? filter)
    {
        Workers.Count = 1;

        // In this process: the settings of this program are the ones to be measured, and no project is generated and built.
        IConfig config = DefaultConfig.Instance.AddJob(
            Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)).WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.JoinSummary)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "AttentionLab.Benchmarks"));
        return BenchmarkSwitcher.FromTypes([typeof(RowBenchmarks), typeof(TileBenchmarks)]).Run(["--filter", $"*{filter}*"], config).Any() ? 0 : 1;
    }
}

/// <summary>A row of 512 numbers: exp, softmax, layer normalisation, GELU.</summary>
public class RowBenchmarks
{
    private const int Columns = 512;

    private readonly float[] _x = Inputs.Gaussian(Columns, 1), _y = Inputs.Zeros(Columns), _gamma = Inputs.Gaussian(Columns, 2);
    private readonly float[] _beta = Inputs.Gaussian(Columns, 3);

    [Benchmark]
    public void Exp() => Kernels.Exp.Forward(_x, _y);

    [Benchmark]
    public void ExpReference() => Kernels.Exp.Reference<float>(_x, _y);

    [Benchmark]
    public void ExpTensorPrimitives() => TensorPrimitives.Exp<float>(_x, _y);

    [Benchmark]
    public void Softmax() => Kernels.Softmax.Forward(_x, _y, 1, Columns);

    [Benchmark]
    public void SoftmaxReference() => Kernels.Softmax.Reference<float>(_x, _y, 1, Columns);

    [Benchmark]
    public void SoftmaxTensorPrimitives() => TensorPrimitives.SoftMax<float>(_x, _y);

    [Benchmark]
    public void LayerNorm() => Normalize.Forward(_x, _gamma, _beta, _y, [], [], Columns);

    [Benchmark]
    public void LayerNormReference() => Normalize.Reference<float>(_x, _gamma, _beta, _y, [], [], Columns, Normalize.Epsilon);

    [Benchmark]
    public void Gelu() => Kernels.Gelu.Forward(_x, _y);

    [Benchmark]
    public void GeluReference() => Kernels.Gelu.Reference<float>(_x, _y);
}

/// <summary>The tile of the matrix product: 96 rows of A, which lie in the second cache, meet one strip of B, which lies in the first.</summary>
public class TileBenchmarks
{
    private const int Rows = 96, Inner = 320;

    private readonly int _columns = 2 * Simd.Lanes;
    private readonly float[] _a = Inputs.Gaussian(Rows * Inner, 1), _b = Inputs.Gaussian(Inner * 2 * Simd.Lanes, 2), _c = Inputs.Zeros(Rows * 2 * Simd.Lanes);
    private PackedMatrix? _packed;

    [GlobalSetup]
    public void Pack() => _packed = new(_b, Inner, _columns);

    [Benchmark]
    public void ProductPacked() => MatMul.Forward(_a, _packed!, _c, Rows);

    [Benchmark]
    public void Product() => MatMul.Forward(_a, _b, _c, Rows, Inner, _columns);

    [Benchmark]
    public void ProductReference() => MatMul.Reference<float>(_a, _b, _c, Rows, Inner, _columns);
}
