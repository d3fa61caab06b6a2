using System.Net;

namespace AttentionLab.Formatting;

/// <summary>What every HTML fragment of the library needs.</summary>
public static class HtmlText
{
    /// <summary>A text as it may stand between tags and inside a quoted attribute.</summary>
    /// <param name="text">Any text.</param>
    public static string Encode(string text) => WebUtility.HtmlEncode(text);
}
