using System.Text;

namespace AttentionLab.Studio.Kernel;

/// <summary>
/// What a cell writes to <see cref="Console"/>, sent on in pieces and in order with its other outputs. A flood is cut: behind
/// <see cref="MaximumLines"/> lines or <see cref="MaximumCharacters"/> characters a cell's text is only counted.
/// </summary>
internal sealed class CellConsole(Action<string> send) : TextWriter
{
    /// <summary>Lines of one cell that are kept.</summary>
    public const int MaximumLines = 1000;

    /// <summary>Characters of one cell that are kept.</summary>
    public const int MaximumCharacters = 200_000;

    private const int FloodLines = 100_000;
    private const int FloodCharacters = 20_000_000;

    private readonly Lock gate = new();
    private readonly StringBuilder pending = new();
    private long lines;
    private long characters;
    private long cutLines;
    private long cutCharacters;

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>What to tell a cell that wrote a hundred times more than is kept; null if it did not.</summary>
    public string? Flood
    {
        get
        {
            lock (gate)
            {
                long allLines = lines + cutLines, allCharacters = characters + cutCharacters;
                return allLines < FloodLines && allCharacters < FloodCharacters ? null : FormattableString.Invariant(
                    $"the cell flooded its output: it wrote {allLines:N0} lines ({allCharacters:N0} characters): print less.");
            }
        }
    }

    /// <summary>A new cell: its text is counted from zero.</summary>
    public void Begin()
    {
        lock (gate)
        {
            lines = characters = cutLines = cutCharacters = 0;
        }
    }

    /// <summary>The cell is over: sends the rest, and a note when something was cut.</summary>
    public void End()
    {
        lock (gate)
        {
            if (cutCharacters > 0)
            {
                pending.Append(FormattableString.Invariant(
                    $"\n… output cut here: {cutLines:N0} more lines ({cutCharacters:N0} characters) are not kept.\n"));
            }

            FlushPending();
        }
    }

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void WriteLine(string? value)
    {
        lock (gate)
        {
            Write(value.AsSpan());
            Write("\n");
        }
    }

    public override void WriteLine() => Write("\n");

    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (gate)
        {
            int kept = Kept(buffer);
            pending.Append(buffer[..kept]);
            if (kept < buffer.Length)
            {
                cutCharacters += buffer.Length - kept;
                cutLines += buffer[kept..].Count('\n');
            }

            // Line by line, so that a crash loses nothing; the limits keep that cheap.
            if (pending.Length > 0 && pending[^1] == '\n')
            {
                FlushPending();
            }
        }
    }

    public override void Flush()
    {
        lock (gate)
        {
            FlushPending();
        }
    }

    /// <summary>How much of a piece of text is within the limits; counts it.</summary>
    private int Kept(ReadOnlySpan<char> text)
    {
        if (lines >= MaximumLines || characters >= MaximumCharacters)
        {
            return 0;
        }

        int kept = (int)Math.Min(text.Length, MaximumCharacters - characters);
        for (int at = 0; at < kept; at++)
        {
            if (text[at] == '\n' && ++lines >= MaximumLines)
            {
                kept = at + 1;
            }
        }

        characters += kept;
        return kept;
    }

    private void FlushPending()
    {
        if (pending.Length > 0)
        {
            send(pending.ToString());
            pending.Clear();
        }
    }
}
