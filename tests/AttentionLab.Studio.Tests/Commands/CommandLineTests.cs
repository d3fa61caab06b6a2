using System.CommandLine;
using AttentionLab.Studio.Commands;

namespace AttentionLab.Studio.Tests.Commands;

/// <summary>The whole tree of commands: what cannot be used is refused in one line, before anything is done.</summary>
public class CommandLineTests
{
    /// <summary>Values that no option of its type can use.</summary>
    private static readonly Dictionary<Type, string[]> Malformed = new()
    {
        [typeof(int)] = ["80x", "99999999999", "1.5", "", "0x10", "-1"],
        [typeof(long)] = ["80x", "99999999999999999999", "1.5", "", "-1"],
        [typeof(ulong)] = ["80x", "99999999999999999999", "1.5", "", "-1"],
        [typeof(float)] = ["abc", "0,5", "NaN", "Infinity", "", "-1"],
        [typeof(double)] = ["abc", "0,5", "1,5", "NaN", "Infinity", "1e999", "", "-1"],
        [typeof(bool)] = ["maybe"],
        [typeof(string)] = ["", " "],
        [typeof(string[])] = ["", ",", "03,,04"],
    };

    /// <summary>Every option of every command with every value that it cannot use.</summary>
    public static TheoryData<string> Wrong =>
    [
        .. from entry in Commands(CommandLine.Create(), "")
           from option in entry.Command.Options
           from value in Values(option)
           select $"{entry.Path}|{option.Name}|{value}",
    ];

    /// <summary>Every command by its words; the empty ones are the program itself.</summary>
    public static TheoryData<string> Paths => [.. Commands(CommandLine.Create(), "").Select(entry => entry.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Help_OfEveryCommand_NamesItsOptionsAndItsCommands(string path)
    {
        Command command = Commands(CommandLine.Create(), "").Single(entry => entry.Path == path).Command;
        await using var help = new StringWriter();
        ParseResult parsed = CommandLine.Create().Parse([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Equal(0, await parsed.InvokeAsync(new InvocationConfiguration { Output = help }, TestContext.Current.CancellationToken));
        Assert.All(command.Options, option => Assert.Contains(option.Name, help.ToString()));
        Assert.All(command.Subcommands, child => Assert.Contains($"  {child.Name} ", help.ToString()));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Option_WithAValueItCannotUse_IsRefusedInOneLine(string wrong)
    {
        string[] parts = wrong.Split('|');
        string[] command = [.. parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), .. parts[0] == "run" ? (string[])["some.dib"] : []];
        await AssertRefusedAsync([.. command, $"{parts[1]}={parts[2]}"]);
        if (parts[2].Length == 0)
        {
            await AssertRefusedAsync([.. command, parts[1], ""]);
        }
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("nonsense")]
    [InlineData("build extra")]
    [InlineData("run")]
    [InlineData("run a.dib b.dib")]
    [InlineData("--port")]
    [InlineData("serve --port 5080 --port 5081")]
    [InlineData("train")]
    [InlineData("train nonsense")]
    public Task Words_ThatAreNoCommand_AreRefusedInOneLine(string line) => AssertRefusedAsync(line.Split(' '));

    [Theory]
    [InlineData("serve --port 80x", "error: --port 80x: give a number from 1 to 65535. (--help tells more)")]
    [InlineData("build --cell-limit abc", "error: --cell-limit abc: give seconds, more than 0 and at most 86400. (--help tells more)")]
    [InlineData("run a.dib --memory-limit 127", "error: --memory-limit 127: give megabytes, a whole number from 128 to 1048576. (--help tells more)")]
    [InlineData("build --memory-limit 1048577",
        "error: --memory-limit 1048577: give megabytes, a whole number from 128 to 1048576. (--help tells more)")]
    [InlineData("serve --memory-limit 4GB", "error: --memory-limit 4GB: give megabytes, a whole number from 128 to 1048576. (--help tells more)")]
    [InlineData("run", "error: Required argument 'FILE.dib' missing for command: 'run'. (--help tells more)")]
    public async Task Program_WithAWrongLine_SaysSoAndEndsWith2(string line, string expected)
    {
        (int exit, string output, string error) = await StudioProcess.RunAsync(line.Split(' '));
        Assert.Equal((2, "", expected), (exit, output, error.Trim()));
    }

    private static async Task AssertRefusedAsync(string[] arguments)
    {
        ParseResult parsed = CommandLine.Create().Parse(arguments);
        Assert.NotEmpty(parsed.Errors);
        Assert.All(parsed.Errors, error => Assert.False(string.IsNullOrWhiteSpace(error.Message)));
        Assert.Equal(2, await CommandLine.RunAsync(arguments));
    }

    private static IEnumerable<(string Path, Command Command)> Commands(Command command, string path)
    {
        yield return (path, command);
        foreach (Command child in command.Subcommands)
        {
            foreach ((string Path, Command Command) found in Commands(child, $"{path} {child.Name}".Trim()))
            {
                yield return found;
            }
        }
    }

    private static string[] Values(Option option)
    {
        Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        return option.Name is "--help" or "--version" ? [] : type.IsEnum ? ["nonsense", ""] : Malformed[type];
    }
}
