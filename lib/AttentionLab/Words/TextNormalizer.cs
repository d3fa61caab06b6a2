using System.Text;

namespace AttentionLab.Words;

/// <summary>
/// Steps of normalisation, one after the other. What each character becomes is kept in a table that fills as characters are met,
/// so that a usual text takes one look-up a character; a text for which neighbours matter goes through the steps themselves.
/// </summary>
/// <param name="steps">The steps, in order.</param>
internal sealed class TextNormalizer(params IReadOnlyList<TextStep> steps)
{
    private const int Block = 256;
    private const char Dropped = '\uFFFF';

    /// <summary>Stands in the table for characters whose text must go through the steps as a whole; compared by reference.</summary>
    private static readonly string Whole = new('\0', 1);

    private readonly Reach _reach = steps.Count == 0 ? Reach.Character : steps.Max(step => step.Reach);
    private readonly string?[]?[] _images = new string?[0x110000 / Block][];
    private char[]? _ascii;

    /// <summary>The text by the steps themselves: what <see cref="Append"/> is checked against.</summary>
    public string Reference(string text) => steps.Aggregate(text, (now, step) => step.Apply(now));

    /// <summary>Appends the normalised text.</summary>
    public void Append(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        int before = result.Count;
        if (_reach == Reach.Text || !TryEach(text, ref result))
        {
            result.Count = before;
            result.Add(Reference(text.ToString()));
        }
    }

    /// <summary>Character by character; false if neighbours matter.</summary>
    private bool TryEach(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        ReadOnlySpan<char> ascii = _ascii ??= Ascii();
        Span<char> free = result.Free(text.Length);
        int used = 0, i = 0;
        while (i < text.Length)
        {
            // There is always room for what is left of the text, each character as one.
            char c = text[i];
            if (c < ascii.Length)
            {
                char image = ascii[c];
                free[used] = image;
                used += image == Dropped ? 0 : 1;
                i++;
                continue;
            }

            Rune.DecodeFromUtf16(text[i..], out Rune rune, out int length);
            string? images = Image(rune.Value);
            if (ReferenceEquals(images, Whole))
            {
                return false;
            }

            i += length;
            int size = images?.Length ?? rune.Utf16SequenceLength;
            if (free.Length - used < size + text.Length - i)
            {
                result.Count += used;
                free = result.Free(size + text.Length - i);
                used = 0;
            }

            if (images is null)
            {
                rune.EncodeToUtf16(free[used..]);
            }
            else
            {
                images.CopyTo(free[used..]);
            }

            used += size;
        }

        result.Count += used;
        return true;
    }

    private string? Image(int code)
    {
        string?[]? block = _images[code / Block];
        if (block is null)
        {
            block = new string?[Block];
            for (int i = 0; i < Block; i++)
            {
                block[i] = Rune.IsValid(code / Block * Block + i) ? Compute(new Rune(code / Block * Block + i)) : Whole;
            }

            _images[code / Block] = block;
        }

        return block[code % Block];
    }

    private string? Compute(Rune rune)
    {
        string own = rune.ToString(), image = Reference(own);
        bool neighboursMatter = _reach == Reach.Neighbours && !rune.IsAscii
            || _reach == Reach.Marks && image.EnumerateRunes().Any(r => UnicodeText.ClassOf(r.Value) > 0);
        return neighboursMatter ? Whole : image == own ? null : image;
    }

    private char[] Ascii()
    {
        char[] table = new char[128];
        for (int c = 0; c < table.Length; c++)
        {
            string? image = Compute(new Rune(c));
            table[c] = image is null ? (char)c : image.Length == 0 ? Dropped : image[0];
        }

        return table;
    }
}
