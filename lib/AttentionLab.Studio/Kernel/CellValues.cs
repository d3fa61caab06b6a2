namespace AttentionLab.Studio.Kernel;

/// <summary>
/// The values that a cell shows beside its console text. A flood is cut: behind <see cref="MaximumValues"/> values, or <see cref="MaximumCharacters"/>
/// characters of all, they are only counted, and the last ones follow when the cell ends.
/// </summary>
internal sealed class CellValues
{
    /// <summary>Values of one cell that are kept.</summary>
    public const int MaximumValues = 500;

    /// <summary>Characters of one cell's values that are kept.</summary>
    public const long MaximumCharacters = 96L * 1024 * 1024;

    /// <summary>Values that stay behind the limit.</summary>
    private const int LastValues = 20;

    /// <summary>Characters that stay behind the limit, if the values are long.</summary>
    private const int LastCharacters = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<CellOutput> _last = new();
    private int _values;
    private long _characters;
    private int _cutValues;
    private long _cutCharacters;

    /// <summary>A new cell: its values are counted from zero.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _last.Clear();
            (_values, _characters, _cutValues, _cutCharacters) = (0, 0, 0, 0);
        }
    }

    /// <summary>Counts a value.</summary>
    /// <returns>True if it is to be shown now.</returns>
    public bool Take(CellOutput value)
    {
        lock (_gate)
        {
            if (_cutValues == 0 && _values < MaximumValues && _characters + value.Content.Length <= MaximumCharacters)
            {
                _values++;
                _characters += value.Content.Length;
                return true;
            }

            _cutValues++;
            _cutCharacters += value.Content.Length;
            _last.Enqueue(value);
            while (_last.Count > LastValues || (_last.Count > 0 && _last.Sum(kept => (long)kept.Content.Length) > LastCharacters))
            {
                _last.Dequeue();
            }

            return false;
        }
    }

    /// <summary>What is to be shown when the cell is over: how much is not kept, then the last values; nothing if nothing was cut.</summary>
    public IReadOnlyList<CellOutput> End()
    {
        lock (_gate)
        {
            CellOutput[] last = [.. _last];
            (int values, long characters) = (_cutValues - last.Length, _cutCharacters - last.Sum(kept => (long)kept.Content.Length));
            _last.Clear();
            (_cutValues, _cutCharacters) = (0, 0);
            string rest = last.Length > 0 ? "; the last ones:" : ".";
            return values == 0 ? last : [new CellOutput(CellOutput.Stream, FormattableString.Invariant(
                $"\n… output cut here: {values:N0} more values ({characters:N0} characters) are not kept{rest}\n")), .. last];
        }
    }
}
