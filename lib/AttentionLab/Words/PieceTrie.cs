namespace AttentionLab.Words;

/// <summary>
/// The pieces of a vocabulary as a tree of characters, so that the longest piece at a place is found in one walk. The tree lies in one array:
/// the child of node s for character c is t = base(s) + c, and it is one if its parent is s (a double array, Aoe 1989).
/// </summary>
internal sealed class PieceTrie
{
    private readonly ushort[] _codes = new ushort[char.MaxValue + 1];
    private Node[] _nodes = new Node[1 << 10];
    private int _firstFree = 1;

    /// <summary>A tree of pieces.</summary>
    /// <param name="pieces">Pieces and ids; the empty piece is left out.</param>
    /// <remarks>Plain loops: this runs at the start of programs, whose time goes into the compilation of methods.</remarks>
    public PieceTrie(Dictionary<string, int> pieces)
    {
        string[] sorted = new string[pieces.Count];
        pieces.Keys.CopyTo(sorted, 0);
        Array.Sort(sorted, StringComparer.Ordinal);
        Array.Fill(_nodes, Node.Free);
        _nodes[0] = Node.Free with { Parent = 0 };
        Build(sorted, pieces, new int[Number(sorted) + 1]);
    }

    /// <summary>The node behind a text, or −1: where pieces that begin with it go on.</summary>
    public int Walk(ReadOnlySpan<char> text)
    {
        int node = 0;
        foreach (char c in text)
        {
            node = Child(node, c);
        }

        return node;
    }

    /// <summary>The longest piece that a text begins with.</summary>
    /// <param name="node">Where to begin: 0, or what <see cref="Walk"/> gave.</param>
    /// <param name="text">The text.</param>
    /// <param name="length">Characters of the piece.</param>
    /// <returns>Its id; −1 if there is none.</returns>
    public int Longest(int node, ReadOnlySpan<char> text, out int length)
    {
        Node[] nodes = _nodes;
        int id = -1;
        length = 0;
        for (int i = 0; i < text.Length && node >= 0; i++)
        {
            int code = _codes[text[i]], child = nodes[node].Base + code;
            if (code == 0 || (uint)child >= (uint)nodes.Length || nodes[child].Parent != node)
            {
                break;
            }

            node = child;
            if (nodes[node].Id >= 0)
            {
                (id, length) = (nodes[node].Id, i + 1);
            }
        }

        return id;
    }

    private int Child(int node, char c)
    {
        int code = _codes[c], child = node < 0 || code == 0 ? -1 : _nodes[node].Base + code;
        return (uint)child < (uint)_nodes.Length && _nodes[child].Parent == node ? child : -1;
    }

    /// <summary>Gives each character a code, the most frequent the smallest.</summary>
    /// <returns>How many there are.</returns>
    private int Number(string[] pieces)
    {
        // Until all are counted the codes hold how often, as far as they reach.
        int used = 0;
        foreach (string piece in pieces)
        {
            foreach (char c in piece)
            {
                used += _codes[c] == 0 ? 1 : 0;
                _codes[c] = (ushort)Math.Min(_codes[c] + 1, ushort.MaxValue);
            }
        }

        // Rank and character in one number, which sorts without a comparer.
        int[] ranked = new int[used];
        for (int c = 0, i = 0; c < _codes.Length; c++)
        {
            if (_codes[c] > 0)
            {
                ranked[i++] = ((short.MaxValue - (_codes[c] >> 1)) << 16) | c;
            }
        }

        Array.Sort(ranked);
        for (int i = 0; i < used; i++)
        {
            _codes[(char)ranked[i]] = (ushort)(i + 1);
        }

        return used;
    }

    /// <summary>A node is a range of the sorted pieces that share their first letters; its children are the ranges that share one more.</summary>
    /// <param name="sorted">Pieces in ordinal order.</param>
    /// <param name="ids">Their ids.</param>
    /// <param name="starts">Memory for the beginnings of a node's children, and the end of the last.</param>
    private void Build(string[] sorted, Dictionary<string, int> ids, int[] starts)
    {
        Part[] open = new Part[64];
        int waiting = 0;
        open[waiting++] = new() { End = sorted.Length };
        while (waiting > 0)
        {
            Part at = open[--waiting];
            int first = at.First, children = 0;
            for (; first < at.End && sorted[first].Length == at.Depth; first++)
            {
                _nodes[at.Node].Id = at.Depth == 0 ? -1 : ids[sorted[first]];
            }

            for (int i = first; i < at.End; i++)
            {
                if (i == first || sorted[i][at.Depth] != sorted[i - 1][at.Depth])
                {
                    starts[children++] = i;
                }
            }

            if (children == 0)
            {
                continue;
            }

            starts[children] = at.End;
            int place = Place(sorted, at.Depth, starts.AsSpan(0, children));
            _nodes[at.Node].Base = place;
            if (waiting + children > open.Length)
            {
                Array.Resize(ref open, 2 * (waiting + children));
            }

            for (int i = 0; i < children; i++)
            {
                int child = place + _codes[sorted[starts[i]][at.Depth]];
                _nodes[child].Parent = at.Node;
                open[waiting++] = new() { Node = child, First = starts[i], End = starts[i + 1], Depth = at.Depth + 1 };
            }
        }
    }

    /// <summary>The first base at which all children find free nodes.</summary>
    private int Place(string[] sorted, int depth, ReadOnlySpan<int> starts)
    {
        int smallest = int.MaxValue, largest = 0;
        foreach (int start in starts)
        {
            int code = _codes[sorted[start][depth]];
            (smallest, largest) = (Math.Min(smallest, code), Math.Max(largest, code));
        }

        while (_firstFree < _nodes.Length && _nodes[_firstFree].Parent >= 0)
        {
            _firstFree++;
        }

        int place = Math.Max(_firstFree - smallest, 0), tried = 0;
        for (; ; place++, tried++)
        {
            if (place + largest >= _nodes.Length)
            {
                int before = _nodes.Length;
                Array.Resize(ref _nodes, Math.Max(2 * before, place + largest + 1));
                Array.Fill(_nodes, Node.Free, before, _nodes.Length - before);
            }

            bool free = true;
            for (int i = 0; free && i < starts.Length; i++)
            {
                free = _nodes[place + _codes[sorted[starts[i]][depth]]].Parent < 0;
            }

            if (free)
            {
                // Where so much was tried in vain the array is nearly full: later searches begin behind it.
                _firstFree = tried > 1000 ? place + smallest : _firstFree;
                return place;
            }
        }
    }

    private struct Part
    {
        public int Node, First, End, Depth;
    }

    private struct Node
    {
        public int Base, Parent, Id;

        public static Node Free => new() { Parent = -1, Id = -1 };
    }
}
