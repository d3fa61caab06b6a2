using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Microsoft.DotNet.Interactive.CSharp;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// The cell in the editor, which continues the cells so far. Two questions about it differ in a few letters: the document of the last one is kept and only
/// its text replaced, so that the compiler goes on with what it has read of two hundred libraries. A new document would make it begin again each time.
/// </summary>
internal sealed class EditedCell(CSharpKernel kernel)
{
    private Solution? _cells;
    private Document? _last;

    /// <summary>The cell with this text. For one thread.</summary>
    public Document With(string code)
    {
        // Read before the document is made: if a cell ends in between, the next question makes another.
        Solution cells = ScriptSettings.Cells(kernel);
        Document last = _cells == cells && _last is { } kept ? kept : ScriptSettings.Continue(kernel, "");
        _cells = cells;
        return _last = last.WithText(SourceText.From(code));
    }

    /// <summary>Begins again with the next question: the last text may be what was too large.</summary>
    public void Forget() => _last = null;
}
