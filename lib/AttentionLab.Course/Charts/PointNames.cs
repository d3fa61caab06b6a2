namespace AttentionLab.Course.Charts;

/// <summary>Where the names of a scatter's points stand: beside their point, across no other point and no other name, on a page 400 px wide.</summary>
internal static class PointNames
{
    /// <summary>So many names of a chart or of its smallest set are always written. Of more, those that find no free place show only under the
    /// pointer.</summary>
    private const int AlwaysWritten = 12;

    // Pixels: the plot on such a page, a letter, a line, and half a point with its rim.
    private const double PlotWidth = 290, PlotHeight = 300, Letter = 7.5, Line = 17, Radius = 6;

    /// <summary>Share of a name that may be covered where it may also be left out.</summary>
    private const double MostCovered = 0.1;

    /// <summary>The sides of a point, the best first: plotly's words for them, and where the name's middle lies from the point's.</summary>
    private static readonly (string Place, int Right, int Up)[] Sides =
    [
        ("top center", 0, 1), ("bottom center", 0, -1), ("middle right", 1, 0), ("middle left", -1, 0),
        ("top right", 1, 1), ("top left", -1, 1), ("bottom right", 1, -1), ("bottom left", -1, -1),
    ];

    /// <summary>Chooses for each point of each set. The smallest set comes first, and if it is small all its names are written: it is what a chart singles
    /// out.</summary>
    /// <param name="sets">Points; those of sets without labels are kept free too.</param>
    /// <param name="extent">What the axes span, in their own unit.</param>
    /// <param name="logX">Log axis, horizontally.</param>
    /// <param name="logY">The same vertically.</param>
    /// <param name="equal">One unit is as long across as upwards.</param>
    /// <returns>For each set and point the name as written, empty for none, and its side.</returns>
    internal static (string Written, string Place)[][] Place(IReadOnlyList<PointSet> sets, Extent extent, bool logX, bool logY, bool equal)
    {
        double across = (extent.Right - extent.Left) / PlotWidth, upwards = (extent.Top - extent.Bottom) / PlotHeight;
        if (equal)
        {
            across = upwards = Math.Max(across, upwards);
        }

        (double X, double Y) Pixel(PointSet set, int i) => (
            ((logX ? Math.Log10(set.X[i]) : set.X[i]) - extent.Left) / across, ((logY ? Math.Log10(set.Y[i]) : set.Y[i]) - extent.Bottom) / upwards);
        List<Box> taken = [.. sets.SelectMany(set => Enumerable.Range(0, set.X.Count).Select(i => Pixel(set, i)).Select(at => Box.Around(at, Radius, Radius)))];
        Box plot = new(0, (extent.Right - extent.Left) / across, 0, (extent.Top - extent.Bottom) / upwards);
        int[] named = [.. Enumerable.Range(0, sets.Count).Where(s => sets[s].Labels is not null).OrderBy(s => sets[s].X.Count)];
        bool all = named.Sum(s => sets[s].X.Count) <= AlwaysWritten;
        (string Written, string Place)[][] names = [.. sets.Select(set => new (string, string)[set.Labels?.Count ?? 0])];
        foreach (int s in named)
        {
            bool sure = all || (s == named[0] && sets[s].X.Count <= AlwaysWritten);
            for (int i = 0; i < names[s].Length; i++)
            {
                string label = sets[s].Labels![i];
                (double x, double y) = Pixel(sets[s], i);
                double width = label.Length * Letter / 2, height = Line / 2;
                var (side, box, covered) = Sides.Select(side =>
                {
                    Box box = Box.Around((x + side.Right * (width + Radius), y + side.Up * (height + (side.Right == 0 ? Radius : Radius / 2))), width, height);
                    return (side.Place, box, Covered: taken.Sum(box.Shared) + box.Area - box.Shared(plot));
                }).MinBy(choice => choice.Covered);
                bool written = label.Length > 0 && (sure || covered <= MostCovered * box.Area);
                names[s][i] = (written ? label : "", side);
                if (written)
                {
                    taken.Add(box);
                }
            }
        }

        return names;
    }

    private readonly record struct Box(double Left, double Right, double Bottom, double Top)
    {
        public double Area => (Right - Left) * (Top - Bottom);

        public static Box Around((double X, double Y) middle, double width, double height) =>
            new(middle.X - width, middle.X + width, middle.Y - height, middle.Y + height);

        /// <summary>The area that two boxes share.</summary>
        public double Shared(Box other) =>
            Math.Max(0, Math.Min(Right, other.Right) - Math.Max(Left, other.Left)) * Math.Max(0, Math.Min(Top, other.Top) - Math.Max(Bottom, other.Bottom));
    }
}
