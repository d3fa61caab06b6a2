using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AttentionLab.Studio.Ipynb;

/// <summary>
/// A hash of an .ipynb file in its own metadata: it tells a file that is as the course wrote it from one that somebody changed, ran
/// again or made. The hash is that of the file with 64 zeros in the hash's place.
/// </summary>
internal static partial class IpynbSeal
{
    /// <summary>Key of the metadata that holds the hash.</summary>
    public const string Key = "attention_by_experiment";

    /// <summary>What stands in a file's text where its hash will be.</summary>
    public static string Open { get; } = new('0', SHA256.HashSizeInBytes * 2);

    /// <summary>Puts the hash into a file's text, which holds <see cref="Open"/> under <see cref="Key"/>.</summary>
    public static string Close(string text)
    {
        Group open = Hash().Match(text).Groups[1];
        return open.Value == Open
            ? string.Concat(text.AsSpan(0, open.Index), HashOf(text), text.AsSpan(open.Index + open.Length))
            : throw new ArgumentException($"the text has no open seal under \"{Key}\": write one before it is closed.");
    }

    /// <summary>True for a text that is as <see cref="Close"/> left it.</summary>
    public static bool IsIntact(string text)
    {
        Group hash = Hash().Match(text).Groups[1];
        return hash.Success && hash.Value == HashOf(string.Concat(text.AsSpan(0, hash.Index), Open, text.AsSpan(hash.Index + hash.Length)));
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // The metadata stand behind the cells; a cell's own text has its quotation marks escaped.
    [GeneratedRegex("\"" + Key + "\": \\{\\s*\"sha256\": \"([0-9a-f]{64})\"", RegexOptions.RightToLeft)]
    private static partial Regex Hash();
}
