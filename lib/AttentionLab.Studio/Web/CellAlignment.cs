namespace AttentionLab.Studio.Web;

/// <summary>Which cell of one version of a notebook is which of another.</summary>
internal static class CellAlignment
{
    /// <summary>
    /// Equal texts belong together, as many as can in one order (longest common subsequence, dynamic programming); between two such pairs,
    /// what is left over on both sides is paired in its order.
    /// </summary>
    /// <param name="old">Texts of the old version.</param>
    /// <param name="fresh">Texts of the new one.</param>
    /// <returns>For each new cell the index of the old one, or −1.</returns>
    public static int[] Match(IReadOnlyList<string> old, IReadOnlyList<string> fresh)
    {
        int[,] length = new int[old.Count + 1, fresh.Count + 1];
        for (int i = old.Count - 1; i >= 0; i--)
        {
            for (int j = fresh.Count - 1; j >= 0; j--)
            {
                length[i, j] = old[i] == fresh[j] ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
            }
        }

        int[] match = new int[fresh.Count];
        Array.Fill(match, -1);
        int at = 0, to = 0, unpairedOld = 0, unpairedNew = 0;
        while (at < old.Count && to < fresh.Count)
        {
            if (old[at] == fresh[to])
            {
                Pair(match, unpairedOld, at, unpairedNew, to);
                match[to++] = at++;
                (unpairedOld, unpairedNew) = (at, to);
            }
            else if (length[at + 1, to] >= length[at, to + 1])
            {
                at++;
            }
            else
            {
                to++;
            }
        }

        Pair(match, unpairedOld, old.Count, unpairedNew, fresh.Count);
        return match;
    }

    private static void Pair(int[] match, int old, int oldEnd, int fresh, int freshEnd)
    {
        for (; old < oldEnd && fresh < freshEnd; old++, fresh++)
        {
            match[fresh] = old;
        }
    }
}
