using System.Text;

namespace AttentionLab.Studio.Kernel;

/// <summary>
/// What a cell writes to <see cref="Console"/>, sent on in pieces and in order with its other outputs. A flood is cut: behind
/// <see cref="MaximumLines"/> lines or <see cref="MaximumCharacters"/> characters a cell's text is only counted, and its <see cref="LastLines"/> follow
/// when the cell ends.
/// </summary>
internal sealed class CellConsole(Action<string> send) : TextWriter
{
    /// <summary>Lines of one cell that are kept.</summary>
    public const int MaximumLines = 1000;

    /// <summary>Characters of one cell that are kept.</summary>
    public const int MaximumCharacters = 200_000;

    private const int FloodLines = 100_000;
    private const int FloodCharacters = 20_000_000;

    private readonly Lock _gate = new();
    private readonly StringBuilder _pending = new();
    private long _lines;
    private long _characters;
    private readonly LastLines _cut = new();

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>What to tell a cell that is over and wrote a hundred times more than is kept; null if it did not.</summary>
    public string? Flood { get; private set; }

    /// <summary>A new cell: its text is counted from zero.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _lines = _characters = 0;
            _cut.Take();
            Flood = null;
        }
    }

    /// <summary>The cell is over: sends the rest; when something was cut, how much, and the last lines.</summary>
    public void End()
    {
        lock (_gate)
        {
            long lines = _lines + _cut.Lines, characters = _characters + _cut.Characters;
            Flood ??= lines < FloodLines && characters < FloodCharacters ? null : FormattableString.Invariant(
                $"the cell flooded its output: it wrote {lines:N0} lines ({characters:N0} characters): print less.");
            _pending.Append(_cut.Take());
            FlushPending();
        }
    }

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void WriteLine(string? value)
    {
        lock (_gate)
        {
            Write(value.AsSpan());
            Write("\n");
        }
    }

    public override void WriteLine() => Write("\n");

    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_gate)
        {
            int kept = Kept(buffer);
            _pending.Append(buffer[..kept]);
            _cut.Add(buffer[kept..]);

            // Line by line, so that a crash loses nothing; the limits keep that cheap.
            if (_pending.Length > 0 && _pending[^1] == '\n')
            {
                FlushPending();
            }
        }
    }

    public override void Flush()
    {
        lock (_gate)
        {
            FlushPending();
        }
    }

    /// <summary>How much of a piece of text is within the limits; counts it.</summary>
    private int Kept(ReadOnlySpan<char> text)
    {
        if (_lines >= MaximumLines || _characters >= MaximumCharacters)
        {
            return 0;
        }

        int kept = (int)Math.Min(text.Length, MaximumCharacters - _characters);
        for (int at = 0; at < kept; at++)
        {
            if (text[at] == '\n' && ++_lines >= MaximumLines)
            {
                kept = at + 1;
            }
        }

        _characters += kept;
        return kept;
    }

    private void FlushPending()
    {
        if (_pending.Length > 0)
        {
            send(_pending.ToString());
            _pending.Clear();
        }
    }
}
