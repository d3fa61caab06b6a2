namespace AttentionLab.Course.Charts;

/// <summary>The smallest box of the axes that shows some data, in the axes' own unit: log10 of the value on a log axis; NaN where an axis has no
/// numbers.</summary>
internal readonly record struct Extent(double Left, double Right, double Bottom, double Top)
{
    internal static Extent None { get; } = new(double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>The box that shows both. MinNumber and MaxNumber pass over NaN.</summary>
    internal Extent And(Extent other) => new(
        double.MinNumber(Left, other.Left), double.MaxNumber(Right, other.Right),
        double.MinNumber(Bottom, other.Bottom), double.MaxNumber(Top, other.Top));

    /// <summary>The box that also shows a point; a NaN coordinate (a gap) adds nothing.</summary>
    internal Extent And(double x, double y) => And(new Extent(x, x, y, y));

    /// <summary>With air around the data; a span of nothing becomes one as <see cref="Around"/> says.</summary>
    internal Extent Padded(double share)
    {
        (double left, double right) = Pad(Left, Right, share);
        (double bottom, double top) = Pad(Bottom, Top, share);
        return new Extent(left, right, bottom, top);
    }

    /// <summary>A range around equal numbers: of length 1, or of two millionths of a number so large that 1 is too little to be seen.</summary>
    internal static (double Low, double High) Around(double value)
    {
        double half = Math.Max(0.5, 1e-6 * Math.Abs(value));
        return (value - half, value + half);
    }

    private static (double Low, double High) Pad(double low, double high, double share) =>
        high > low ? (low - share * (high - low), high + share * (high - low)) : Around(low);
}
