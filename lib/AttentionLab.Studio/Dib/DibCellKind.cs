namespace AttentionLab.Studio.Dib;

/// <summary>What a cell of a .dib file is to this host.</summary>
public enum DibCellKind
{
    /// <summary>JSON about the file (<c>#!meta</c>): not shown.</summary>
    Meta,

    /// <summary>Text (<c>#!markdown</c>).</summary>
    Markdown,

    /// <summary>Code that runs (<c>#!csharp</c>, <c>#!c#</c>, <c>#!cs</c>).</summary>
    CSharp,

    /// <summary>A language of other hosts (<c>#!fsharp</c>, <c>#!mermaid</c> …): kept as it is, never run here.</summary>
    Unknown,
}
