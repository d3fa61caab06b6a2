using System.CommandLine;
using System.CommandLine.Parsing;
using AttentionLab.Trainer;

namespace AttentionLab.Studio.Tests.Trainer;

/// <summary>Every option of every <c>train</c> command refuses what it cannot use, in one line, before anything is read.</summary>
public sealed class TrainOptionsTests
{
    private static readonly string[] Numbers =
    [
        "abc", "", " ", "NaN", "nan", "Infinity", "-Infinity", "1e400", "99999999999999999999999999", "-99999999999999999999999999", "-1", "1,5", "0x10", "١٢",
        "1 2", "1\n2", "1\u001b[2J"
    ];

    public static TheoryData<string, string> Options()
    {
        TheoryData<string, string> options = [];
        foreach (Command command in TrainCommand.Create().Subcommands)
        {
            foreach (Option option in command.Options.Where(TakesValue))
            {
                options.Add(command.Name, option.Name);
            }
        }

        return options;
    }

    [Fact]
    public void Commands_AllOptions_AreTried()
    {
        Assert.Equal(["corpus", "dates", "encoder", "report", "text", "tokenizer", "words"], TrainCommand.Create().Subcommands.Select(c => c.Name).Order());
        Assert.All(TrainCommand.Create().Subcommands, c => Assert.NotEmpty(c.Options));
    }

    /// <summary>A training that takes an hour must not find out at its end.</summary>
    [Theory]
    [InlineData("tokenizer", "encoder")]
    [InlineData("encoder", "encoder")]
    [InlineData("words", "words")]
    [InlineData("dates", "dates")]
    public async Task Command_WhoseResultsCannotBeWritten_SaysSoBeforeItWorks(string command, string part)
    {
        using TemporaryFolder folder = new();
        folder.Write(part, "a file in the folder's place");
        (int exitCode, string text, string error) = await StudioProcess.RunAsync("train", command, "--out", folder.Path);
        Assert.Equal((2, ""), (exitCode, text));
        Assert.StartsWith($"error: the results cannot be written to {folder[part]} (", error);
        Assert.Contains("name another folder with --out", error);
    }

    [Theory, MemberData(nameof(Options))]
    public void Parse_MalformedValue_IsOneLineThatNamesTheOption(string command, string name)
    {
        Option option = TrainCommand.Create().Subcommands.Single(c => c.Name == command).Options.Single(o => o.Name == name);
        Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        string[] bad = option.HelpName == "true|false" ? ["yes", "", "2"]
            : type == typeof(string) ? ["", "  "]
            : type.IsEnum ? ["none", "", "1", "WordNet,Gcide"]
            : type == typeof(float) || type == typeof(double) ? Numbers
            : [.. Numbers, "1.5", "1e-3"];
        foreach (string value in bad)
        {
            IReadOnlyList<ParseError> errors = Tree().Parse(["train", command, name, value]).Errors;
            Assert.True(
                errors is [{ Message: var message }] && message.StartsWith(name + " is ", StringComparison.Ordinal),
                $"\"{value}\": {string.Join(" | ", errors)}");
            Assert.DoesNotContain(errors[0].Message, char.IsControl);
            Assert.InRange(errors[0].Message.Length, 10, 200);
        }
    }

    [Fact]
    public void Parse_EveryDefaultAndTwice_IsTakenAndRefused()
    {
        foreach (Command command in TrainCommand.Create().Subcommands)
        {
            Assert.Empty(Tree().Parse(["train", command.Name]).Errors);
            foreach (Option option in command.Options.Where(TakesValue))
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
        (int code, _, string error) = await StudioProcess.RunAsync(arguments);
        Assert.Equal(2, code);
        Assert.Contains(arguments[2], Assert.Single(error.TrimEnd().Split('\n')));
    }

    private static bool TakesValue(Option option) => option.ValueType != typeof(bool);

    private static RootCommand Tree() => [TrainCommand.Create()];
}
