namespace AttentionLab.Words;

/// <summary>One word to ids: from each place the longest piece (WordPiece's greedy rule).</summary>
internal sealed class WordPieces
{
    private readonly PieceTrie _trie;
    private readonly int _inside, _unknown, _longest;

    /// <summary>Pieces that words are cut into.</summary>
    /// <param name="trie">The pieces and their ids, without those that are found in the text itself only.</param>
    /// <param name="unknown">Id of a word that cannot be cut.</param>
    /// <param name="prefix">What pieces inside of a word begin with.</param>
    /// <param name="longest">A word of more code points cannot be cut.</param>
    public WordPieces(PieceTrie trie, int unknown, string prefix = "##", int longest = WordPieceTokenizer.LongestWord) =>
        (_trie, _inside, _unknown, _longest, Prefix) = (trie, trie.Walk(prefix), unknown, longest, prefix);

    /// <summary>What pieces inside of a word begin with.</summary>
    public string Prefix { get; }

    /// <summary>Whether words are cut as BERT cuts them.</summary>
    /// <param name="unknown">Id of [UNK].</param>
    public bool IsBert(int unknown) => _unknown == unknown && _inside == _trie.Walk("##") && _longest == WordPieceTokenizer.LongestWord;

    /// <summary>Whether words may be cut into a piece, or it is found in the text itself only.</summary>
    public bool Has(string piece) => _trie.Longest(0, piece, out int length) >= 0 && length == piece.Length;

    /// <summary>Appends a word's ids.</summary>
    public void Add(ReadOnlySpan<char> word, ref PooledBuffer<int> ids)
    {
        int before = ids.Count, node = 0;
        if (word.Length <= _longest || Characters(word) <= _longest)
        {
            do
            {
                int id = _trie.Longest(node, word, out int length);
                if (id < 0)
                {
                    break;
                }

                ids.Add(id);
                word = word[length..];
                node = _inside;
            }
            while (word.Length > 0);

            if (word.Length == 0)
            {
                return;
            }
        }

        ids.Count = before;
        ids.Add(_unknown);
    }

    private static int Characters(ReadOnlySpan<char> word)
    {
        int count = 0;
        foreach (char c in word)
        {
            count += char.IsLowSurrogate(c) ? 0 : 1;
        }

        return count;
    }
}
