namespace AttentionLab.Words;

/// <summary>One place of a template: a special piece, or a text.</summary>
/// <param name="Id">Id of the piece; <see cref="First"/> or <see cref="Second"/> for the text that stands there.</param>
/// <param name="Type">Token type.</param>
internal readonly record struct TemplatePart(int Id, int Type)
{
    /// <summary>Stands for the first text.</summary>
    public const int First = -1;

    /// <summary>Stands for the second text.</summary>
    public const int Second = -2;
}

/// <summary>How special pieces are put around one text and around a pair.</summary>
/// <param name="single">Of one text.</param>
/// <param name="pair">Of a pair.</param>
internal sealed class PieceTemplate(IEnumerable<TemplatePart> single, IEnumerable<TemplatePart> pair)
{
    private readonly TemplatePart[] _single = [.. single], _pair = [.. pair];

    /// <summary>The largest token type of a single text.</summary>
    public int LargestTypeOfOneText { get; } = single.Max(part => part.Type);

    /// <summary>[CLS] a [SEP] and [CLS] a [SEP] b [SEP], types 0 and 1 from b on.</summary>
    public static PieceTemplate Bert(int start, int separator) => new(
        [new(start, 0), new(TemplatePart.First, 0), new(separator, 0)],
        [new(start, 0), new(TemplatePart.First, 0), new(separator, 0), new(TemplatePart.Second, 1), new(separator, 1)]);

    /// <summary>Whether it is <see cref="Bert"/>.</summary>
    public bool IsBert(int start, int separator)
    {
        PieceTemplate bert = Bert(start, separator);
        return _single.AsSpan().SequenceEqual(bert._single) && _pair.AsSpan().SequenceEqual(bert._pair);
    }

    /// <summary>How many pieces of a pair's texts are kept.</summary>
    /// <param name="first">Pieces of the first text.</param>
    /// <param name="second">Pieces of the second.</param>
    /// <param name="room">How many both may have together.</param>
    /// <param name="rules">Who gets the odd one.</param>
    public static (int First, int Second) Cut(int first, int second, int room, TokenizerRules rules)
    {
        if (first + second <= room)
        {
            return (first, second);
        }

        int half = room / 2, rest = room - half;
        int shorter = Math.Min(first, second);
        if (shorter <= half)
        {
            return first <= second ? (first, room - first) : (room - second, second);
        }

        bool firstGetsMore = rules == TokenizerRules.Original || first > second;
        return firstGetsMore ? (rest, half) : (half, rest);
    }

    /// <summary>The places around one text, or a pair.</summary>
    public ReadOnlySpan<TemplatePart> Parts(bool pair) => pair ? _pair : _single;

    /// <summary>Appends the texts' pieces where the template has them.</summary>
    public static void Append(
        ReadOnlySpan<TemplatePart> parts, ReadOnlySpan<int> first, ReadOnlySpan<int> second, ref PooledBuffer<int> ids, ref PooledBuffer<int> types)
    {
        foreach ((int id, int type) in parts)
        {
            ReadOnlySpan<int> pieces = id == TemplatePart.First ? first : id == TemplatePart.Second ? second : new(in id);
            ids.Add(pieces);
            types.Extend(pieces.Length).Fill(type);
        }
    }

    /// <summary>Special pieces of a template.</summary>
    public static int Specials(ReadOnlySpan<TemplatePart> parts)
    {
        int count = 0;
        foreach (TemplatePart part in parts)
        {
            count += part.Id >= 0 ? 1 : 0;
        }

        return count;
    }
}
