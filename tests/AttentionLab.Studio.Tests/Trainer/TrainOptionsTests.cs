using System.CommandLine;
using System.CommandLine.Parsing;
using AttentionLab.Trainer;

namespace AttentionLab.Studio.Tests.Trainer;

/// <summary>Every option of every <c>train</c> command refuses what it cannot use, in one line, before anything is read.</summary>
public sealed class TrainOptionsTests
{
    private static readonly string[] s_numbers = ["abc", "", " ", "NaN", "nan", "Infinity", "-Infinity", "1e400", "99999999999999999999999999", "-99999999999999999999999999", "1,5", "0x10", "١٢", "1 2", "--", "1\n2", "1\u001b[2J"];

    public static TheoryData<string, string, string> Cases()
    {
        TheoryData<string, string, string> cases = [];
        foreach (Command command in TrainCommand.Create().Subcommands)
        {
            foreach (Option option in command.Options.Where(o => o.ValueType != typeof(bool) || o.HelpName is not null))
            {
                Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
                string[] bad = type == typeof(string) ? ["", "  "] : type == typeof(bool) ? ["yes", "", "2"] : type.IsEnum ? ["none", "", "1", "WordNet,Gcide"] : [.. s_numbers, "-1", .. type == typeof(float) || type == typeof(double) ? Array.Empty<string>() : ["1.5", "1e-3"]];
                foreach (string value in bad)
                {
                    cases.Add(command.Name, option.Name, value);
                }
            }
        }

        return cases;
    }

    [Fact]
    public void Commands_AllOptions_AreTried()
    {
        Assert.Equal(["corpus", "dates", "encoder", "report", "text", "tokenizer", "words"], TrainCommand.Create().Subcommands.Select(c => c.Name).Order());
        Assert.All(TrainCommand.Create().Subcommands, c => Assert.NotEmpty(c.Options));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Parse_MalformedValue_IsOneLineThatNamesTheOption(string command, string option, string value)
    {
        ParseError error = Assert.Single(Tree().Parse(["train", command, option, value]).Errors);
        Assert.Contains(option, error.Message);
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.InRange(error.Message.Length, 10, 200);
    }

    [Fact]
    public void Parse_EveryDefaultAndTwice_IsTakenAndRefused()
    {
        foreach (Command command in TrainCommand.Create().Subcommands)
        {
            Assert.Empty(Tree().Parse(["train", command.Name]).Errors);
            foreach (Option option in command.Options.Where(o => o.ValueType != typeof(bool) || o.HelpName is not null))
            {
                Assert.Contains(option.Name, Assert.Single(Tree().Parse(["train", command.Name, option.Name]).Errors).Message);
                Assert.Contains(option.Name, Tree().Parse(["train", command.Name, option.Name, "1", option.Name, "1"]).Errors[0].Message);
            }
        }
    }

    [Theory]
    [InlineData("--steps 5 --minutes 3", "two budgets")]
    [InlineData("--decay-from 5", "without --steps")]
    [InlineData("--steps 5 --decay-from 6", "--decay-from is 6 but --steps 5")]
    public void Parse_BudgetsThatDoNotGoTogether_AreRefused(string arguments, string message) =>
        Assert.Contains(message, Assert.Single(Tree().Parse(["train", "encoder", .. arguments.Split(' ')]).Errors).Message);

    [Theory, InlineData("train", "encoder", "--steps", "abc"), InlineData("train", "words", "--out", ""), InlineData("train", "dates", "--seeds", "NaN")]
    public async Task Program_MalformedOption_SaysOneLineAndExitsWithTwo(params string[] arguments)
    {
        (int code, string output, string error) = await StudioProcess.RunAsync(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(arguments[2], Assert.Single(error.TrimEnd().Split('\n')));
    }

    private static RootCommand Tree() => [TrainCommand.Create()];
}
