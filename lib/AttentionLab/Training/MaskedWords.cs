using AttentionLab.Kernels;
using AttentionLab.Words;

namespace AttentionLab.Training;

/// <summary>Sequences with some tokens hidden, and what was there.</summary>
/// <param name="Ids">(B,T): what the model reads.</param>
/// <param name="Rows">Numbers b·T + t of the tokens to be found, ascending.</param>
/// <param name="Targets">The token that stood at each of them.</param>
public sealed record MaskedBatch(int[,] Ids, int[] Rows, int[] Targets);

/// <summary>
/// The cloze task of Devlin et al. 2019, §3.1: of the tokens with a meaning, a share is to be found; of these most are
/// replaced by [MASK], some by a random token, and the rest stays as it is, so that no token read is trustworthy.
/// </summary>
public sealed class MaskedWords
{
    private readonly int _mask;
    private readonly bool[] _special;
    private readonly int[] _ordinary;

    /// <summary>The task over a vocabulary.</summary>
    /// <param name="vocabulary">Must hold [MASK]; the pieces of <see cref="WordPieceTokenizer.SpecialPieces"/> are never hidden or drawn.</param>
    /// <exception cref="ArgumentException">[MASK] is missing, or nothing beside special pieces is there.</exception>
    public MaskedWords(Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        if (!vocabulary.TryGetId("[MASK]", out _mask))
        {
            throw new ArgumentException(
                $"vocabulary has {vocabulary.Count} pieces but not [MASK]: train it with {string.Join(", ", WordPieceTokenizer.SpecialPieces)}.",
                nameof(vocabulary));
        }

        _special = [.. vocabulary.Words.Select(WordPieceTokenizer.SpecialPieces.Contains)];
        _ordinary = [.. Enumerable.Range(0, vocabulary.Count).Where(id => !_special[id])];
        if (_ordinary.Length == 0)
        {
            throw new ArgumentException($"vocabulary has {vocabulary.Count} pieces, all of them special: add words.", nameof(vocabulary));
        }
    }

    /// <summary>Share of the tokens that are to be found.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not between 0 and 1.</exception>
    public double Share
    {
        get;
        init => field = Setting.Share(value, nameof(Share), "0.15");
    } = 0.15;

    /// <summary>Of these, the share that becomes [MASK].</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not between 0 and 1.</exception>
    public double Masked
    {
        get;
        init => field = Setting.Share(value, nameof(Masked), "0.8");
    } = 0.8;

    /// <summary>Of these, the share that becomes a random token, at most what <see cref="Masked"/> leaves; the rest stays.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not between 0 and 1.</exception>
    public double Random
    {
        get;
        init => field = Setting.Share(value, nameof(Random), "0.1");
    } = 0.1;

    /// <summary>The number of tokens is rounded to a multiple of this: the tensors of a step then have the shapes of the step before.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int Multiple
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Multiple), $"Multiple is {value} but a number is rounded to a multiple of at least 1: pass 1.");
    } = 1;

    /// <summary>Hides tokens.</summary>
    /// <param name="ids">(B,T); not changed.</param>
    /// <param name="random">Moves on by three words a token chosen.</param>
    /// <param name="share">Instead of <see cref="Share"/>, where it changes from step to step.</param>
    /// <returns>The share of all tokens that are not special, rounded, at least one if there is any.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An id names no piece, or the share is not between 0 and 1.</exception>
    public MaskedBatch Draw(int[,] ids, CounterRandom random, double? share = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(random);
        double wanted = Setting.Share(share ?? Share, nameof(share), "0.15");
        int tokens = ids.GetLength(1);
        int[,] read = (int[,])ids.Clone();
        List<int> candidates = [];
        for (int row = 0; row < ids.Length; row++)
        {
            int id = ids[row / tokens, row % tokens];
            if ((uint)id >= (uint)_special.Length)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(ids),
                    $"ids[{row / tokens}, {row % tokens}] is {id} but the vocabulary has the ids 0 to {_special.Length - 1}: use the vocabulary that made the "
                    + "ids.");
            }

            if (!_special[id])
            {
                candidates.Add(row);
            }
        }

        int[] rows = Choose(candidates, random, wanted);
        int[] targets = new int[rows.Length];
        for (int i = 0; i < targets.Length; i++)
        {
            (int b, int t) = (rows[i] / tokens, rows[i] % tokens);
            targets[i] = ids[b, t];
            float what = random.NextSingle();
            int other = _ordinary[random.NextInt(_ordinary.Length)];
            read[b, t] = what < Masked ? _mask : what < Masked + Random ? other : targets[i];
        }

        return new(read, rows, targets);
    }

    /// <summary>Some of the rows without repetition (the first steps of Fisher and Yates), in ascending order.</summary>
    private int[] Choose(List<int> candidates, CounterRandom random, double share)
    {
        int count = Math.Clamp((int)Math.Round(share * candidates.Count / Multiple) * Multiple, Math.Min(1, candidates.Count), candidates.Count);
        int[] rows = new int[count];
        for (int i = 0; i < count; i++)
        {
            int j = i + random.NextInt(candidates.Count - i);
            (candidates[i], candidates[j]) = (candidates[j], candidates[i]);
            rows[i] = candidates[i];
        }

        Array.Sort(rows);
        return rows;
    }
}
