using AttentionLab.Kernels;

[assembly: AssemblyFixture(typeof(AttentionLab.Tests.ExpectedWidth))]

namespace AttentionLab.Tests;

/// <summary>
/// Runs before the first test: in a child process of <see cref="WidthTests"/> every test fails unless the registers are as narrow as asked for.
/// </summary>
public sealed class ExpectedWidth
{
    internal const string Variable = "ATTENTIONLAB_EXPECTED_WIDTH";

    public ExpectedWidth()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } expected && expected != $"{Simd.Width}")
        {
            throw new InvalidOperationException(
                $"this process has {Simd.Width}-bit registers but {expected} were asked for: the DOTNET_Enable… variable has no effect here.");
        }
    }
}
