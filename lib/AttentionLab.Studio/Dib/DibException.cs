namespace AttentionLab.Studio.Dib;

/// <summary>A file is not a usable .dib notebook; the message is one line that names the file and the reason.</summary>
/// <param name="message">One line: file, reason, and where there is one, the fix.</param>
public sealed class DibException(string message) : Exception(message);
