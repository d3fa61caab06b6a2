using System.Runtime.Intrinsics;

namespace AttentionLab.Kernels;

/// <summary>
/// The boolean masks of a call as bits, made once for all heads: a word for each key and strip of 32 queries, whose bit r says that query r of the
/// strip may not see the key. And for each <see cref="Grain"/> keys of a strip, whether none, some or all of these pairs may meet: where none may,
/// there is nothing to compute, and where all may, nothing to hide.
/// </summary>
internal readonly unsafe struct MaskBits
{
    /// <summary>Queries of a word.</summary>
    public const int Strip = 32;

    /// <summary>
    /// Keys that are met at once: 72 × 64 scores are 18 KB, half of the first cache. More took 1.01 to 1.05 times as long. With narrower strips it may be twice
    /// as many.
    /// </summary>
    public static int KeyBlock => (MatMul.ManyRegisters ? 6 : 12) * Grain;

    /// <summary>As many keys as two tiles of 6 have rows.</summary>
    private const int Grain = 12;

    private const byte None = 0, Some = 1, All = 2;

    private readonly bool* _visible, _pairs;
    private readonly uint* _words;
    private readonly byte* _kinds;
    private readonly int _queries, _keys, _grains, _strips, _sequences;

    /// <summary>From one sequence's masks to the next: 0 where they share them.</summary>
    private readonly nint _visibleStep, _pairsStep;

    /// <summary>Puts the masks of a call into scratch memory of this thread.</summary>
    /// <param name="input">Sizes and masks.</param>
    /// <param name="visible">Its mask of keys, pinned; null for none.</param>
    /// <param name="pairs">Its mask of pairs, pinned; null for none.</param>
    public MaskBits(in AttendInput<float> input, bool* visible, bool* pairs)
    {
        if (visible == null && pairs == null)
        {
            return;
        }

        (int batch, _, _queries, _keys, _, _) = input.Sizes;
        _visible = visible;
        _visibleStep = input.Mask.Keys.Length <= _keys ? 0 : _keys;
        _pairs = pairs;
        _pairsStep = input.Mask.Pairs.Length <= (long)_queries * _keys ? 0 : (nint)_queries * _keys;

        // Where only whole keys are hidden, one strip stands for all.
        _strips = pairs == null ? 1 : (_queries + Strip - 1) / Strip;
        _sequences = _visibleStep == 0 && _pairsStep == 0 ? 1 : batch;
        _grains = (_keys + Grain - 1) / Grain;
        int rows = _strips * _sequences;
        _words = (uint*)Scratch.Of(Scratch.Mask, Sizes.Product("a mask", ("strips of queries", rows), ("keys and their grains", _keys + _grains)));
        _kinds = (byte*)(_words + (nint)rows * _keys);

        // 32 × 16 pairs take as long as about 1000 multiply-adds.
        Making job = new(this);
        Workers.Run(ref job, rows, 2.0 * rows * Strip * _keys);
    }

    private MaskBits(MaskBits all, int sequence)
    {
        this = all;
        _words += (nint)sequence * _strips * _keys;
        _kinds += (nint)sequence * _strips * _grains;
    }

    /// <summary>Whether there are masks.</summary>
    public bool Any => _words != null;

    /// <summary>The masks of one sequence.</summary>
    public MaskBits Of(int batch) => _sequences <= 1 ? this : new(this, batch);

    /// <summary>The words of the strip of <paramref name="query"/>, from <paramref name="key"/> on.</summary>
    public uint* Words(int query, int key) => _words + (nint)StripOf(query) * _keys + key;

    /// <summary>Whether a query may not see a key.</summary>
    public bool Hides(int query, int key) => _words != null && (*Words(query, key) >> query % Strip & 1) != 0;

    /// <summary>
    /// The next keys, from <paramref name="from"/> to before <paramref name="end"/>, of which a strip of queries sees something; at most a block.
    /// </summary>
    public KeyRun Next(int query, int from, int end)
    {
        if (_words == null || from >= end)
        {
            return new(from, Math.Min(KeyBlock, end - from), false);
        }

        ReadOnlySpan<byte> kinds = new ReadOnlySpan<byte>(_kinds + (nint)StripOf(query) * _grains, (end + Grain - 1) / Grain)[(from / Grain)..];
        int skipped = kinds.IndexOfAnyExcept(None);
        if (skipped < 0)
        {
            return new(end, 0, false);
        }

        kinds = kinds.Slice(skipped, Math.Min(KeyBlock / Grain, kinds.Length - skipped));
        int length = kinds.IndexOf(None), start = (from / Grain + skipped) * Grain;
        kinds = length < 0 ? kinds : kinds[..length];
        int next = Math.Min(start + kinds.Length * Grain, end);
        start = Math.Max(start, from);
        return new(start, next - start, kinds.Contains(Some));
    }

    private int StripOf(int query) => _strips == 1 ? 0 : query / Strip;

    /// <summary>Makes the words and kinds of one strip of one sequence.</summary>
    private void Make(int row)
    {
        int sequence = row / _strips, first = row % _strips * Strip, count = _pairs == null ? Strip : Math.Min(Strip, _queries - first);
        bool* visible = _visible == null ? null : _visible + sequence * _visibleStep;
        bool* pairs = _pairs == null ? null : _pairs + sequence * _pairsStep + (nint)first * _keys;
        uint* words = _words + (nint)row * _keys;
        int wide = Vector128<byte>.Count;
        for (int j = 0; _keys >= wide && j < _keys; j += wide)
        {
            // The last keys are read once more, together with those before them.
            int key = Math.Min(j, _keys - wide);
            MakeWords(visible == null ? null : (byte*)visible + key, pairs == null ? null : (byte*)pairs + key, count, words + key);
        }

        for (int j = 0; _keys < wide && j < _keys; j++)
        {
            words[j] = visible == null || visible[j] ? 0 : uint.MaxValue;
            for (int r = 0; r < count && pairs != null; r++)
            {
                words[j] |= pairs[(nint)r * _keys + j] ? 0 : 1u << r;
            }
        }

        uint every = uint.MaxValue >> Strip - count;
        for (int g = 0; g < _grains; g++)
        {
            uint any = 0, common = every;
            foreach (uint word in new ReadOnlySpan<uint>(words + g * Grain, Math.Min(Grain, _keys - g * Grain)))
            {
                any |= word;
                common &= word;
            }

            _kinds[(nint)row * _grains + g] = common == every ? None : (any & every) == 0 ? All : Some;
        }
    }

    /// <summary>The words of 16 keys.</summary>
    private void MakeWords(byte* visible, byte* pairs, int count, uint* words)
    {
        Vector128<byte> hidden = visible == null ? default : Vector128.Equals(Vector128.Load(visible), default);
        Vector128<byte> a = hidden | Eight(pairs, count), b = hidden | Eight(pairs + 8 * (nint)_keys, count - 8);
        Vector128<byte> c = hidden | Eight(pairs + 16 * (nint)_keys, count - 16), d = hidden | Eight(pairs + 24 * (nint)_keys, count - 24);
        Vector128<ushort> low = Vector128.WidenLower(a) | Vector128.WidenLower(b) << 8, high = Vector128.WidenLower(c) | Vector128.WidenLower(d) << 8;
        (Vector128.WidenLower(low) | Vector128.WidenLower(high) << 16).Store(words);
        (Vector128.WidenUpper(low) | Vector128.WidenUpper(high) << 16).Store(words + 4);
        (low, high) = (Vector128.WidenUpper(a) | Vector128.WidenUpper(b) << 8, Vector128.WidenUpper(c) | Vector128.WidenUpper(d) << 8);
        (Vector128.WidenLower(low) | Vector128.WidenLower(high) << 16).Store(words + 8);
        (Vector128.WidenUpper(low) | Vector128.WidenUpper(high) << 16).Store(words + 12);
    }

    /// <summary>Bit r of each byte: query r of up to eight may not see the key.</summary>
    private Vector128<byte> Eight(byte* pairs, int count)
    {
        Vector128<byte> bits = default;
        for (int r = Math.Min(8, count) - 1; r >= 0 && _pairs != null; r--)
        {
            // Equal is −1 in a byte, and twice the bits shifts them.
            bits = bits + bits - Vector128.Equals(Vector128.Load(pairs + (nint)r * _keys), default);
        }

        return bits;
    }

    private readonly struct Making(MaskBits bits) : IJob
    {
        private readonly MaskBits _bits = bits;

        public void Run(int part) => _bits.Make(part);
    }
}

/// <summary>Keys that a strip of queries meets at once.</summary>
/// <param name="Start">The first.</param>
/// <param name="Count">How many; 0 or less if there are none left.</param>
/// <param name="Hides">Whether a boolean mask hides some of them from some queries.</param>
internal readonly record struct KeyRun(int Start, int Count, bool Hides)
{
    /// <summary>The key after the last.</summary>
    public int End => Start + Count;

    /// <summary>As much of it as comes before another run begins, or all of it if that is empty or begins no later.</summary>
    public KeyRun Before(KeyRun other) => other.Count > 0 && other.Start > Start ? this with { Count = Math.Min(Count, other.Start - Start) } : this;
}
