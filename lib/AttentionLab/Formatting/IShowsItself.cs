namespace AttentionLab.Formatting;

/// <summary>
/// A value that shows itself as a cell's result in every notebook host. Three lines make a type one:
/// <code>
/// [TypeFormatterSource(typeof(SelfFormatterSource))]
/// public sealed class Card : IShowsItself { public string ToHtml() => …; public string ToPlainText() => …; }
/// </code>
/// .NET Interactive and our host find the attribute; Verso calls the public method <see cref="ToHtml"/> by its name,
/// so implement it publicly, not explicitly.
/// </summary>
public interface IShowsItself
{
    /// <summary>The value as an HTML fragment; every text in it is encoded (<see cref="HtmlText.Encode"/>).</summary>
    string ToHtml();

    /// <summary>The value in plain text, for a terminal and for someone who cannot see the page.</summary>
    string ToPlainText();
}
