using System.Diagnostics;
using System.Text.RegularExpressions;
using AttentionLab.Kernels;

namespace AttentionLab.Tests;

/// <summary>
/// Kernels, layers, models and training again, in child processes of this executable, with narrower registers; but for what is slow, and for what
/// only reads files, which is the same at any width.
/// </summary>
public partial class WidthTests
{
    private static readonly string[] Namespaces = ["Kernels", "Layers", "Models", "Training"];

    [Theory]
    [InlineData("DOTNET_EnableAVX512", 256)]
    [InlineData("DOTNET_EnableAVX2", 128)]
    [InlineData("DOTNET_EnableHWIntrinsic", 32)]
    public async Task KernelsToTraining_NarrowerRegisters_PassToo(string variable, int widest)
    {
        // A machine without such wide registers runs them all at this width anyway.
        Assert.SkipWhen(Simd.Width <= widest, $"registers of this machine have {Simd.Width} bits: nothing is narrower with {variable}=0");
        ProcessStartInfo start = new(Environment.ProcessPath ?? throw new InvalidOperationException("the test host has no path"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(WidthTests).Assembly.Location);
        }

        string[] filters =
        [
            .. Namespaces.SelectMany(name => new[] { "--filter-namespace", $"AttentionLab.Tests.{name}" }),
            "--filter-not-trait", "Speed=Slow", "--filter-not-trait", "Width=Any",
        ];
        foreach (string argument in (string[])[.. filters, "--no-ansi", "--no-progress", "--auto-reporters", "off"])
        {
            start.ArgumentList.Add(argument);
        }

        static bool IsOfRunner(string name) =>
            name.StartsWith("TESTINGPLATFORM_", StringComparison.Ordinal) || name.StartsWith("DOTNET_CLI_TEST", StringComparison.Ordinal);
        foreach (string inherited in start.Environment.Keys.Where(IsOfRunner).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment[variable] = "0";
        start.Environment[ExpectedWidth.Variable] = $"{widest}";
        using Process child = Process.Start(start) ?? throw new InvalidOperationException("the child did not start");
        Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await errors;
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(child.ExitCode == 0, $"{variable}=0, {widest} bits: exit code {child.ExitCode}\n{output}");
        int passed = int.Parse(Succeeded().Match(output).Groups[1].ValueSpan);
        Assert.True(passed > 900, $"only {passed} tests ran:\n{output}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{variable}=0: {widest} bits, {passed} tests passed");
    }

    [Fact]
    public void ExpectedWidth_OtherWidth_Refuses()
    {
        string? before = Environment.GetEnvironmentVariable(ExpectedWidth.Variable);
        try
        {
            Environment.SetEnvironmentVariable(ExpectedWidth.Variable, "1024");
            Assert.Throws<InvalidOperationException>(() => new ExpectedWidth());
        }
        finally
        {
            Environment.SetEnvironmentVariable(ExpectedWidth.Variable, before);
        }
    }

    [GeneratedRegex(@"succeeded: (\d+)")]
    private static partial Regex Succeeded();
}
