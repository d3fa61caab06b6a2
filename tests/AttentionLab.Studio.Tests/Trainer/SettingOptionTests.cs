using System.CommandLine;
using System.Reflection;
using AttentionLab.Trainer;

namespace AttentionLab.Studio.Tests.Trainer;

public sealed class SettingOptionTests
{
    [Fact]
    public void Table_EveryPropertyOfTheSettings_IsAnOptionThatTheRecipeNames()
    {
        Command command = TrainEncoderCommand.Create();
        foreach (PropertyInfo property in typeof(EncoderSettings).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            EncoderSettings changed = new();
            object value = property.GetValue(changed)!;
            object other = value is bool on ? !on : Convert.ChangeType(Convert.ToDouble(value) is 0 ? 0.5 : Convert.ToDouble(value) / 2, value.GetType());
            property.SetValue(changed, other);
            string arguments = SettingOption.Arguments(changed);
            Assert.True(
                arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, _] && name.StartsWith("--", StringComparison.Ordinal),
                $"{property.Name}: \"{arguments}\"");
            ParseResult parsed = command.Parse(arguments);
            Assert.Empty(parsed.Errors);
            Assert.Equal(changed, SettingOption.Parsed(parsed));
        }
    }
}
