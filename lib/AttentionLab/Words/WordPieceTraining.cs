namespace AttentionLab.Words;

/// <summary>
/// Learns the pieces of a <see cref="WordPieceTokenizer"/> from texts. Words start as characters ("w", "##o", "##r", "##d");
/// again and again the most frequent pair of neighbours is joined to a new piece. Joining by frequency is byte-pair encoding
/// (Sennrich et al. 2016, "Neural machine translation of rare words with subword units", algorithm 1), the rule of the trainers
/// in use; Google's own, which joins by the gain in likelihood (Schuster and Nakajima 2012), was never released.
/// </summary>
public static class WordPieceTraining
{
    /// <summary>Learns a vocabulary: the special pieces, the characters in code point order, then the joined pieces in the order found.</summary>
    /// <param name="texts">The collection.</param>
    /// <param name="size">At most so many pieces.</param>
    /// <param name="splitter">Cuts texts into words.</param>
    /// <param name="minimumCount">A rarer pair is not joined.</param>
    /// <param name="joined">Told the number of pieces after every joined pair: for a progress display, or to stop by an exception.</param>
    /// <returns>The same on every machine: of equally frequent pairs the first in ordinal order is joined.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> does not even hold the characters.</exception>
    public static Vocabulary Train(IEnumerable<string> texts, int size, BasicTokenizer splitter, int minimumCount = 2, Action<int>? joined = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(splitter);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumCount, 1);
        Pairs pairs = new([.. texts.SelectMany(splitter.Split).CountBy(word => word)
            .Where(pair => pair.Key.EnumerateRunes().Count() <= WordPieceTokenizer.LongestWord)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)]);
        if (pairs.Pieces.Count > size)
        {
            throw new ArgumentOutOfRangeException(
                nameof(size),
                $"size is {size} but the texts have {pairs.Pieces.Count} characters and special pieces: pass at least that, or clean the texts of rare "
                + "characters.");
        }

        while (pairs.Pieces.Count < size && pairs.JoinMostFrequent(minimumCount))
        {
            // Each round adds one piece, or finds one a second time.
            joined?.Invoke(pairs.Pieces.Count);
        }

        return new(pairs.Pieces);
    }

    /// <summary>Words as lists of piece numbers, and how often each pair of neighbours occurs in them.</summary>
    private sealed class Pairs
    {
        private readonly (List<int> Pieces, long Count)[] _words;
        private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
        private readonly Dictionary<(int Left, int Right), long> _counts = [];
        private readonly Dictionary<(int Left, int Right), HashSet<int>> _places = [];
        private readonly PriorityQueue<(int Left, int Right), (long Count, string Left, string Right)> _queue = new(
            Comparer<(long Count, string Left, string Right)>.Create(
            (a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count)
                : string.CompareOrdinal(a.Left, b.Left) is var left && left != 0 ? left : string.CompareOrdinal(a.Right, b.Right)));

        public Pairs(KeyValuePair<string, int>[] words)
        {
            IEnumerable<string> characters = words.SelectMany(word => Characters(word.Key)).Distinct().Order(StringComparer.Ordinal);
            foreach (string piece in WordPieceTokenizer.SpecialPieces.Concat(characters))
            {
                AddPiece(piece);
            }

            _words = [.. words.Select(word => (Characters(word.Key).Select(piece => _ids[piece]).ToList(), (long)word.Value))];
            for (int w = 0; w < _words.Length; w++)
            {
                Count(w, +1);
            }

            foreach ((int Left, int Right) pair in _counts.Keys)
            {
                Enqueue(pair);
            }
        }

        public List<string> Pieces { get; } = [];

        /// <summary>Joins the most frequent pair everywhere; false if none is frequent enough.</summary>
        public bool JoinMostFrequent(int minimumCount)
        {
            while (_queue.TryDequeue(out (int Left, int Right) pair, out (long Count, string, string) priority))
            {
                long count = _counts.GetValueOrDefault(pair);
                if (count != priority.Count)
                {
                    // Counted otherwise since; the pair stands in the queue again under its present count.
                    continue;
                }

                if (count < minimumCount)
                {
                    return false;
                }

                int joined = AddPiece(Pieces[pair.Left] + Pieces[pair.Right][2..]);
                HashSet<(int Left, int Right)> changed = [];
                foreach (int w in _places[pair].ToArray())
                {
                    changed.UnionWith(Count(w, -1));
                    Replace(_words[w].Pieces, pair, joined);
                    changed.UnionWith(Count(w, +1));
                }

                foreach ((int Left, int Right) other in changed.Where(p => _counts[p] > 0))
                {
                    Enqueue(other);
                }

                return true;
            }

            return false;
        }

        private static IEnumerable<string> Characters(string word) => word.EnumerateRunes().Select((rune, i) => i == 0 ? rune.ToString() : $"##{rune}");

        private int AddPiece(string piece)
        {
            if (!_ids.TryGetValue(piece, out int id))
            {
                id = _ids[piece] = Pieces.Count;
                Pieces.Add(piece);
            }

            return id;
        }

        private void Enqueue((int Left, int Right) pair) => _queue.Enqueue(pair, (_counts[pair], Pieces[pair.Left], Pieces[pair.Right]));

        private HashSet<(int Left, int Right)> Count(int word, int sign)
        {
            (List<int> pieces, long count) = _words[word];
            HashSet<(int Left, int Right)> touched = [];
            for (int i = 0; i + 1 < pieces.Count; i++)
            {
                (int Left, int Right) pair = (pieces[i], pieces[i + 1]);
                touched.Add(pair);
                _counts[pair] = _counts.GetValueOrDefault(pair) + sign * count;
                if (!_places.TryGetValue(pair, out HashSet<int>? places))
                {
                    places = _places[pair] = [];
                }

                if (sign > 0)
                {
                    places.Add(word);
                }
                else
                {
                    places.Remove(word);
                }
            }

            return touched;
        }

        private static void Replace(List<int> pieces, (int Left, int Right) pair, int joined)
        {
            int to = 0;
            for (int from = 0; from < pieces.Count; from++, to++)
            {
                if (from + 1 < pieces.Count && pieces[from] == pair.Left && pieces[from + 1] == pair.Right)
                {
                    pieces[to] = joined;
                    from++;
                }
                else
                {
                    pieces[to] = pieces[from];
                }
            }

            pieces.RemoveRange(to, pieces.Count - to);
        }
    }
}
