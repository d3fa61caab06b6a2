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
    public PieceTrie(IEnumerable<(string Piece, int Id)> pieces)
    {
        (string Piece, int Id)[] sorted = [.. pieces.Where(pair => pair.Piece.Length > 0)];
        Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Piece, b.Piece));
        ushort codes = 0;
        foreach (char c in sorted.SelectMany(pair => pair.Piece).CountBy(c => c).OrderByDescending(pair => pair.Value).Select(pair => pair.Key))
        {
            _codes[c] = ++codes;
        }

        Array.Fill(_nodes, Node.Free);
        _nodes[0] = Node.Free with { Parent = 0 };
        Build(sorted);
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

    /// <summary>A node is a range of the sorted pieces that share their first letters; its children are the ranges that share one more.</summary>
    private void Build((string Piece, int Id)[] sorted)
    {
        Stack<(int Node, int First, int End, int Depth)> open = new([(0, 0, sorted.Length, 0)]);
        List<(ushort Code, int First, int End)> children = [];
        while (open.TryPop(out (int Node, int First, int End, int Depth) at))
        {
            int first = at.First;
            for (; first < at.End && sorted[first].Piece.Length == at.Depth; first++)
            {
                _nodes[at.Node].Id = sorted[first].Id;
            }

            children.Clear();
            for (int end = first; first < at.End; first = end)
            {
                char c = sorted[first].Piece[at.Depth];
                while (end < at.End && sorted[end].Piece[at.Depth] == c)
                {
                    end++;
                }

                children.Add((_codes[c], first, end));
            }

            if (children.Count == 0)
            {
                continue;
            }

            int place = Place(children);
            _nodes[at.Node].Base = place;
            foreach ((ushort code, int from, int to) in children)
            {
                _nodes[place + code].Parent = at.Node;
                open.Push((place + code, from, to, at.Depth + 1));
            }
        }
    }

    /// <summary>The first base at which all children find free nodes.</summary>
    private int Place(List<(ushort Code, int First, int End)> children)
    {
        int smallest = children.Min(child => child.Code), largest = children.Max(child => child.Code);
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

            if (children.TrueForAll(child => _nodes[place + child.Code].Parent < 0))
            {
                // Where so much was tried in vain the array is nearly full: later searches begin behind it.
                _firstFree = tried > 1000 ? place + smallest : _firstFree;
                return place;
            }
        }
    }

    private struct Node
    {
        public int Base, Parent, Id;

        public static Node Free => new() { Parent = -1, Id = -1 };
    }
}
