using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace AttentionLab.Trainer;

/// <summary>Options that refuse what they cannot use, each in one line with its range, before anything is read or made.</summary>
internal static class TrainOptions
{
    /// <summary>More steps than anybody waits for.</summary>
    public const long MostSteps = 1_000_000_000;

    /// <summary>A year, in minutes.</summary>
    public const double MostMinutes = 366 * 24 * 60;

    /// <summary>A number within a range.</summary>
    public static Option<T> Number<T>(string name, string description, T usual, T least, T most)
        where T : struct, INumber<T> => new(name)
        {
            Description = FormattableString.Invariant($"{description} Without it, {usual}."),
            HelpName = "N",
            DefaultValueFactory = _ => usual,
            CustomParser = result => Parse(result, name, least, most),
        };

    /// <summary>A number within a range, or none.</summary>
    public static Option<T?> Optional<T>(string name, string description, T least, T most)
        where T : struct, INumber<T> => new(name) { Description = description, HelpName = "N", CustomParser = result => Parse(result, name, least, most) };

    /// <summary>"true" or "false"; a text, because the parser takes an option of truth for a flag, and what follows a flag for an argument.</summary>
    public static Option<string> Switch(string name, string description, bool usual) => new(name)
    {
        Description = $"{description} Without it, {(usual ? "true" : "false")}.",
        HelpName = "true|false",
        DefaultValueFactory = _ => usual ? "true" : "false",
        CustomParser = result => bool.TryParse(Word(result), out bool value) ? value ? "true" : "false" : Refuse<string>(result, name, "true or false"),
    };

    /// <summary>One of a few names, or none.</summary>
    public static Option<T?> Choice<T>(string name, string description)
        where T : struct, Enum => new(name)
        {
            Description = description,
            HelpName = "NAME",
            CustomParser = result => Enum.GetNames<T>().FirstOrDefault(n => n.Equals(Word(result), StringComparison.OrdinalIgnoreCase)) is string known
                ? Enum.Parse<T>(known)
                : Refuse<T>(result, name, string.Join(" or ", Enum.GetNames<T>())),
        };

    /// <summary>A file, a folder or a word, or none; empty is refused, because an empty path means the folder in which the command happens to be.</summary>
    public static Option<string?> Text(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
            string.IsNullOrWhiteSpace(Word(result))
                ? Refuse<string>(result, name, helpName switch { "DIR" => "a folder", "FILE" => "a file", _ => "a word" })
                : Word(result),
    };

    private static T Parse<T>(ArgumentResult result, string name, T least, T most)
        where T : struct, INumber<T> =>
        // Only whole numbers have no half.
        T.TryParse(Word(result), NumberStyles.Float, CultureInfo.InvariantCulture, out T value) && value >= least && value <= most
            ? value
            : Refuse<T>(
                result, name, FormattableString.Invariant($"{(T.IsInteger(T.One / (T.One + T.One)) ? "a whole number" : "a number")} from {least} to {most}"));

    private static string Word(ArgumentResult result) => result.Tokens is [Token token] ? token.Value : "";

    private static T? Refuse<T>(ArgumentResult result, string name, string wanted)
    {
        // What came may be long or hold line breaks; the message is one line.
        string word = string.Concat(Word(result).Take(40).Select(c => char.IsControl(c) ? '?' : c));
        result.AddError($"{name} is \"{word}\" but must be {wanted}.");
        return default;
    }
}
