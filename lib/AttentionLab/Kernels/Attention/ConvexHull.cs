namespace AttentionLab.Kernels;

/// <summary>
/// The convex hull of points in the plane: everything that a weighted average of them can reach when the weights are
/// 0 or more and sum to 1. An attention output is such an average of the values.
/// </summary>
public static class ConvexHull
{
    /// <summary>
    /// The corners of the hull, counter-clockwise, as indices of points; points on an edge and repeated points are left out.
    /// Andrew's monotone chain (1979): lower, then upper boundary of the points sorted by x.
    /// </summary>
    /// <param name="points">(n, 2) row-major: x and y of each point.</param>
    /// <returns>One index for one distinct point, two for points on a line.</returns>
    /// <exception cref="ArgumentException">There is no point, or a coordinate is missing.</exception>
    public static int[] Outline(ReadOnlySpan<float> points)
    {
        if (points.Length == 0 || points.Length % 2 != 0)
        {
            throw new ArgumentException($"points holds {points.Length} numbers but needs x and y of at least one point: pass (n, 2) values.", nameof(points));
        }

        float[] at = points.ToArray();
        int[] order = [.. Enumerable.Range(0, at.Length / 2).OrderBy(i => at[2 * i]).ThenBy(i => at[2 * i + 1])];
        List<int> corners = [order[0]];
        AddBoundary(corners, order, at);
        int first = corners.Count;
        Array.Reverse(order);
        AddBoundary(corners, order, at);
        if (corners.Count > first)
        {
            corners.RemoveAt(corners.Count - 1);
        }

        return [.. corners];
    }

    /// <summary>Distance of (<paramref name="x"/>, <paramref name="y"/>) from the hull; 0 inside and on the edge.</summary>
    /// <param name="points">(n, 2) row-major.</param>
    /// <param name="x">First coordinate.</param>
    /// <param name="y">Second coordinate.</param>
    /// <exception cref="ArgumentException">There is no point, or a coordinate is missing.</exception>
    public static double Distance(ReadOnlySpan<float> points, double x, double y)
    {
        int[] corners = Outline(points);
        double nearest = double.PositiveInfinity;
        bool inside = corners.Length > 2;
        for (int i = 0; i < corners.Length; i++)
        {
            int a = 2 * corners[i], b = 2 * corners[(i + 1) % corners.Length];
            double edgeX = points[b] - points[a], edgeY = points[b + 1] - points[a + 1];
            double toX = x - points[a], toY = y - points[a + 1];
            inside &= edgeX * toY - edgeY * toX >= 0;
            double squared = edgeX * edgeX + edgeY * edgeY;
            double along = squared == 0 ? 0 : Math.Clamp((toX * edgeX + toY * edgeY) / squared, 0, 1);
            nearest = Math.Min(nearest, Math.Sqrt(Square(toX - along * edgeX) + Square(toY - along * edgeY)));
        }

        return inside ? 0 : nearest;
    }

    /// <summary>Walks along sorted points and keeps those at which the boundary turns left.</summary>
    private static void AddBoundary(List<int> corners, int[] order, float[] at)
    {
        int start = corners.Count - 1;
        foreach (int next in order.AsSpan(1))
        {
            while (corners.Count - start > 1 && Turn(corners[^2], corners[^1], next) <= 0)
            {
                corners.RemoveAt(corners.Count - 1);
            }

            int last = corners[^1];
            if (at[2 * last] != at[2 * next] || at[2 * last + 1] != at[2 * next + 1])
            {
                corners.Add(next);
            }
        }

        // Twice the signed area of the triangle a, b, c: positive if it turns left. In double, float32 products are exact.
        double Turn(int a, int b, int c) =>
            ((double)at[2 * b] - at[2 * a]) * ((double)at[2 * c + 1] - at[2 * a + 1])
                - ((double)at[2 * b + 1] - at[2 * a + 1]) * ((double)at[2 * c] - at[2 * a]);
    }

    private static double Square(double x) => x * x;
}
