using AttentionLab.Kernels;
using AttentionLab.Words;

namespace AttentionLab.Training;

/// <summary>
/// Fills sequences of one length with texts of many lengths, so that little of them is padding. A text is a list of sentences
/// that belong together; it becomes [CLS] s₁ [SEP] s₂ [SEP] …, is cut between sentences where it is longer than a sequence, and
/// goes to the fullest open sequence that has room for it (best fit).
/// </summary>
/// <remarks>Texts in one sequence see each other; the [CLS] at the beginning of each tells them apart.</remarks>
public sealed class SequencePacking
{
    private const int OpenSequences = 64;
    private readonly List<int[]> _pieces = [];
    private readonly int _length, _padding;

    /// <summary>Cuts texts into pieces.</summary>
    /// <param name="texts">Ids of the sentences of each text, without special pieces.</param>
    /// <param name="vocabulary">Names [CLS], [SEP] and [PAD].</param>
    /// <param name="length">T, at least 3. Of a longer sentence the end is dropped.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 3.</exception>
    /// <exception cref="KeyNotFoundException">The vocabulary lacks [CLS], [SEP] or [PAD].</exception>
    public SequencePacking(IEnumerable<IReadOnlyList<int[]>> texts, Vocabulary vocabulary, int length)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 3);
        (_length, _padding) = (length, vocabulary[Vocabulary.Padding]);
        (int start, int separator) = (vocabulary["[CLS]"], vocabulary["[SEP]"]);
        List<int> piece = [start];
        foreach (IReadOnlyList<int[]> text in texts)
        {
            foreach (int[] sentence in text.Where(s => s.Length > 0))
            {
                int keep = Math.Min(sentence.Length, length - 2);
                Dropped += sentence.Length - keep;
                if (piece.Count + keep + 1 > length)
                {
                    Close();
                }

                piece.AddRange(sentence.AsSpan(0, keep));
                piece.Add(separator);
            }

            Close();
        }

        void Close()
        {
            if (piece.Count > 1)
            {
                _pieces.Add([.. piece]);
                piece.RemoveRange(1, piece.Count - 1);
            }
        }
    }

    /// <summary>Number of pieces: texts, or parts of those that are longer than a sequence.</summary>
    public int Pieces => _pieces.Count;

    /// <summary>Tokens in all pieces, special ones included.</summary>
    public long Tokens => _pieces.Sum(piece => (long)piece.Length);

    /// <summary>Tokens cut off the ends of sentences that are longer than a sequence.</summary>
    public long Dropped { get; }

    /// <summary>Every piece once, in an order drawn anew for each epoch.</summary>
    /// <param name="random">Source of the order; null keeps the order of the texts.</param>
    /// <returns>Sequences of T ids, [PAD] at the end; in random order if there is a source.</returns>
    public IReadOnlyList<int[]> Epoch(CounterRandom? random = null)
    {
        int[] order = random?.Permutation(_pieces.Count) ?? [.. Enumerable.Range(0, _pieces.Count)];
        List<List<int>> open = [], done = [];
        foreach (int index in order)
        {
            int[] piece = _pieces[index];
            List<int>? best = null;
            foreach (List<int> sequence in open)
            {
                if (sequence.Count + piece.Length <= _length && (best is null || sequence.Count > best.Count))
                {
                    best = sequence;
                }
            }

            if (best is null)
            {
                if (open.Count == OpenSequences)
                {
                    List<int> fullest = open.MaxBy(sequence => sequence.Count)!;
                    open.Remove(fullest);
                    done.Add(fullest);
                }

                open.Add(best = []);
            }

            best.AddRange(piece);
        }

        done.AddRange(open);
        int[] shuffled = random?.Permutation(done.Count) ?? [.. Enumerable.Range(0, done.Count)];
        return [.. shuffled.Select(i => Filled(done[i]))];
    }

    /// <summary>Some sequences side by side.</summary>
    /// <param name="sequences">From <see cref="Epoch"/>.</param>
    /// <returns>(B,T) ids, and true for a token, false for padding; null if there is no padding.</returns>
    public (int[,] Ids, bool[,]? Visible) Batch(ReadOnlySpan<int[]> sequences)
    {
        int[,] ids = new int[sequences.Length, _length];
        bool[,] visible = new bool[sequences.Length, _length];
        bool any = false;
        for (int b = 0; b < sequences.Length; b++)
        {
            for (int t = 0; t < _length; t++)
            {
                ids[b, t] = sequences[b][t];
                visible[b, t] = ids[b, t] != _padding;
                any |= !visible[b, t];
            }
        }

        return (ids, any ? visible : null);
    }

    private int[] Filled(List<int> sequence)
    {
        int[] ids = new int[_length];
        Array.Fill(ids, _padding);
        sequence.CopyTo(ids);
        return ids;
    }
}
