using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>Exceptions that cannot be asked what they say, or that say too much: the cell fails with one line, and the next one runs.</summary>
public sealed class OddExceptionTests(KernelFixture kernel) : IClassFixture<KernelFixture>
{
    [Theory]
    [InlineData("public override string Message => null;", "Sour: (no message)")]
    [InlineData("public override string Message => throw new InvalidOperationException();", "Sour: (its Message threw InvalidOperationException)")]
    [InlineData("public override string Message => \"\";", "Sour: (no message)")]
    [InlineData("public override string ToString() => throw new InvalidOperationException();", "Sour: Exception of type")]
    [InlineData("public override string StackTrace => throw new InvalidOperationException();", "Sour: Exception of type")]
    [InlineData("public override string Message => \"two\\nlines\";", "Sour: two lines")]
    public async Task Run_ExceptionThatCannotBeAsked_IsAFailureOfTheCellAlone(string member, string words)
    {
        // All cases share a kernel: each keeps a value of its own.
        string kept = Guid.NewGuid().ToString();
        ExecutedCell cell = await kernel.RunAsync($"class Sour : Exception {{ {member} }}\nvar kept = \"{kept}\";\nthrow new Sour();");
        Assert.StartsWith(words, cell.Failure?.Message);
        Assert.Equal(3, cell.Failure?.Line);
        Assert.Equal(kept, Assert.Single((await kernel.RunAsync("kept")).Outputs).Content);
    }

    [Fact]
    public async Task Run_ExceptionWithAVeryLongText_IsCutWithANote()
    {
        ExecutedCell cell = await kernel.RunAsync("throw new Exception(new string('x', 60_000_000));");
        Assert.StartsWith("Exception: xxx", cell.Failure?.Message);
        Assert.InRange(cell.Failure!.Details.Length, CellFailures.LongestText, CellFailures.LongestText + 1000);
        Assert.Contains("… (60,000,000 characters)", cell.Failure.Details);
    }
}
