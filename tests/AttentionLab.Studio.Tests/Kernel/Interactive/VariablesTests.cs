using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Kernel.Interactive;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace AttentionLab.Studio.Tests.Kernel.Interactive;

/// <summary>A look at the variables runs nothing that the reader has not run, and waits for nothing without end.</summary>
public sealed class VariablesTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Of_ValueThatDoesNotCome_LeavesItOutAndAsksItOnce()
    {
        ScriptState state = await RunAsync(
            """
            class Slow
            {
                public static int Asked;
                public static volatile bool IsOver;
                public override string ToString()
                {
                    System.Threading.Interlocked.Increment(ref Asked);
                    while (!IsOver) System.Threading.Thread.Sleep(1);
                    return "came";
                }
            }
            struct Slower { public override string ToString() => new Slow().ToString(); }
            var before = 1;
            var slow = new Slow();
            var slower = new Slower();
            var then = 2;
            (Func<int>)(() => Slow.Asked)
            """);
        var variables = new Variables(Short);

        var asked = (Func<int>)state.ReturnValue;
        for (int look = 0; look < 2; look++)
        {
            // On a busy machine the others may be late, too; then they come with a later look.
            await Patience.UntilAsync(() => Previews(variables, state) is ["1", Variables.TooSlow, Variables.TooSlow, "2"]);
        }

        Assert.Equal(["Int32", "Slow", "Slower", "Int32"], variables.Of(state).Select(variable => variable.Type));
        await Patience.UntilAsync(() => asked() >= 2);
        Assert.Equal(2, asked());
        await state.ContinueWithAsync("Slow.IsOver = true;", cancellationToken: TestContext.Current.CancellationToken);
        await Patience.UntilAsync(() => Previews(variables, state)[1].Contains("came", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_WhatIsStillToBeComputed_DoesNotComputeIt()
    {
        ScriptState state = await RunAsync(
            """
            var a = 0;
            var asked = Enumerable.Range(0, 5).Select(n => ++a);
            var endless = Enumerable.Range(0, int.MaxValue).SelectMany(n => Enumerable.Range(0, int.MaxValue)).Where(n => n < 0);
            var lazy = new Lazy<int>(() => ++a);
            var listed = new List<int> { 1, 2 };
            var runs = new TaskCompletionSource<int>().Task;
            var set = new HashSet<int> { 3 };
            var text = "text";
            """);
        IReadOnlyList<Variable> found = new Variables(Patience.Limit).Of(state);
        Assert.Equal(["0", "(a query, not run)", "(a query, not run)", "(not made yet)"], found.Take(4).Select(variable => variable.Preview));
        Assert.Contains("1", found[4].Preview);
        Assert.Equal("(runs)", found[5].Preview);
        Assert.Contains("3", found[6].Preview);
        Assert.Equal("text", found[7].Preview);
        Assert.Equal(0, state.GetVariable("a").Value);
    }

    private static async Task<ScriptState> RunAsync(string source) =>
        await CSharpScript.RunAsync(source, StopChecksTests.FirstCell.Options, cancellationToken: TestContext.Current.CancellationToken);

    private static string[] Previews(Variables variables, ScriptState state) => [.. variables.Of(state).Select(variable => variable.Preview)];
}
