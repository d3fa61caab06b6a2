namespace AttentionLab.Formatting;

/// <summary>Formatters of any <see cref="IShowsItself"/>: <c>text/html</c> and <c>text/plain</c>. A type with more forms derives its own source.</summary>
public class SelfFormatterSource
{
    /// <summary>One formatter a MIME type; the hosts call this by its name.</summary>
    public virtual IEnumerable<object> CreateTypeFormatters() =>
    [
        new SelfFormatter("text/html", value => value.ToHtml()),
        new SelfFormatter("text/plain", value => value.ToPlainText()),
    ];
}

/// <summary>Writes one form of a value. The hosts call its two members by their names.</summary>
/// <param name="mimeType">What the form is, for example <c>text/html</c>.</param>
/// <param name="form">Makes the form.</param>
public sealed class SelfFormatter(string mimeType, Func<IShowsItself, string> form)
{
    /// <summary>What this formatter writes.</summary>
    public string MimeType { get; } = mimeType;

    /// <summary>Writes the value's form.</summary>
    /// <param name="value">The value to show.</param>
    /// <param name="writer">Where it goes.</param>
    /// <returns>False, and nothing written, if the value is not one that shows itself.</returns>
    public bool Format(object value, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value is not IShowsItself shown)
        {
            return false;
        }

        writer.Write(form(shown));
        return true;
    }
}
