using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Words;

/// <summary>
/// Trains word vectors: skip-gram with negative sampling, sub-sampling of frequent words, a window of random width and a
/// learning rate that falls linearly (Mikolov et al. 2013, "Distributed representations of words and phrases", §2).
/// Same steps as <c>Models.SkipGram.Train</c>, pair by pair, on one thread; fast by <see cref="NegativeSampling"/>.
/// </summary>
/// <remarks>
/// A row starts at a multiple of 64 bytes and is filled up with zeros, which stay zero: no register straddles two cache lines.
/// The rows that a word will need are asked for while the one before it is worked on.
/// </remarks>
public sealed class SkipGramTraining
{
    private const int RowUnit = 16;
    private const int LossEvery = 64;
    private const int RandomBuffer = 1 << 14;

    private readonly SkipGramOptions _options;
    private readonly int[] _text;
    private readonly float[] _words, _neighbours;
    private readonly int _wordsStart, _neighboursStart, _width;
    private readonly AliasTable _negatives;
    private readonly uint[] _keep;
    private readonly CounterRandom _random;
    private readonly uint[] _buffer = new uint[RandomBuffer];
    private int _next = RandomBuffer;
    private double _lossSum;
    private long _lossPairs, _pairs;

    /// <summary>Ready to run.</summary>
    /// <param name="vocabulary">The words that get a vector.</param>
    /// <param name="sentences">The text as words; one that is not in the vocabulary is passed over, and its neighbours close up.</param>
    /// <param name="options">Settings; null for the usual ones.</param>
    /// <exception cref="ArgumentException">The text holds no word of the vocabulary.</exception>
    public SkipGramTraining(Vocabulary vocabulary, IEnumerable<IEnumerable<string>> sentences, SkipGramOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(sentences);
        _options = options ?? new();
        _options.Check();
        Vocabulary = vocabulary;
        List<int> text = [];
        long[] counts = new long[vocabulary.Count];
        foreach (IEnumerable<string> sentence in sentences)
        {
            foreach (string word in sentence)
            {
                if (vocabulary.TryGetId(word, out int id))
                {
                    text.Add(id);
                    counts[id]++;
                }
            }

            text.Add(-1);
        }

        _text = [.. text];
        Words = counts.Sum();
        if (Words == 0)
        {
            throw new ArgumentException(
                $"no word of the text is among the {vocabulary.Count} of the vocabulary: make the vocabulary from this text.", nameof(sentences));
        }

        double[] weights = [.. counts.Select(count => count == 0 ? 0 : Math.Pow(count, _options.NegativePower))];
        _negatives = new(weights);
        _keep = [.. counts.Select(KeepLimit)];
        _width = (_options.Channels + RowUnit - 1) / RowUnit * RowUnit;
        (_words, _wordsStart) = Aligned();
        (_neighbours, _neighboursStart) = Aligned();
        _random = new(_options.Seed, stream: 1);
        CounterRandom start = new(_options.Seed);
        for (int i = 0; i < vocabulary.Count; i++)
        {
            start.FillUniform(_words.AsSpan(_wordsStart + i * _width, _options.Channels), -0.5f / _options.Channels, 0.5f / _options.Channels);
        }
    }

    /// <summary>Takes the reference's steps instead of the fast ones: for tests.</summary>
    internal bool BySlowReference { get; init; }

    /// <summary>The words that get a vector.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Words of the text that are in the vocabulary.</summary>
    public long Words { get; }

    /// <summary>Pairs of word and neighbour trained on so far.</summary>
    public long Pairs => _pairs;

    /// <summary>Trains all passes.</summary>
    /// <param name="report">Told about every second how it goes; null for nobody.</param>
    /// <param name="cancellation">Stops between two sentences; what was learned so far stays in <see cref="Vectors"/>.</param>
    /// <returns>True if all passes were made.</returns>
    /// <exception cref="ArithmeticException">The loss is not finite any more; the message names the place.</exception>
    public bool Run(Action<SkipGramProgress>? report = null, CancellationToken cancellation = default)
    {
        Stopwatch watch = Stopwatch.StartNew();
        long total = Words * _options.Epochs, read = 0, look = 0;
        double next = 1;
        int[] line = new int[_text.Length];
        int[] samples = new int[2 * _options.Window * (1 + _options.Negatives)];
        float[] step = GC.AllocateArray<float>(_width, pinned: true);
        for (int epoch = 0; epoch < _options.Epochs; epoch++)
        {
            for (int at = 0; at < _text.Length; at++)
            {
                int length = 0;
                for (; _text[at] >= 0; at++)
                {
                    read++;
                    if (NextBits() <= _keep[_text[at]])
                    {
                        line[length++] = _text[at];
                    }
                }

                float rate = (float)(_options.Rate * Math.Max(1e-6, 1 - (double)read / total));
                Sentence(line.AsSpan(0, length), rate, samples, step);
                if (read >= look)
                {
                    look = read + 1000;
                    if (cancellation.IsCancellationRequested)
                    {
                        return false;
                    }

                    if (report is not null && watch.Elapsed.TotalSeconds >= next)
                    {
                        next = watch.Elapsed.TotalSeconds + 1;
                        Report(rate);
                    }
                }
            }
        }

        Report(0);
        return true;

        void Report(float rate)
        {
            double loss = _lossPairs == 0 ? double.NaN : _lossSum / _lossPairs;
            if (_lossPairs > 0 && !double.IsFinite(loss))
            {
                throw new ArithmeticException($"the loss is {loss} after {read} words: lower the rate from {_options.Rate}.");
            }

            (_lossSum, _lossPairs) = (0, 0);
            report?.Invoke(new((double)read / total, loss, rate, read, watch.Elapsed));
        }
    }

    /// <summary>A copy of the vectors as they are now, (V, C).</summary>
    public WordVectors Vectors() => new(Vocabulary, Copy(_words, _wordsStart));

    /// <summary>
    /// v + u: a word's vector plus the one it has as a neighbour. Words that stand beside each other then count as near too,
    /// which helps most measures (Levy, Goldberg and Dagan 2015, "Improving distributional similarity", §3.3, "w+c").
    /// </summary>
    public WordVectors Sums()
    {
        Tensor sums = Copy(_words, _wordsStart), neighbours = Neighbours();
        Multiply.AddScaled(neighbours.Span, 1, sums.Span);
        return new(Vocabulary, sums);
    }

    /// <summary>A copy of the vectors that words have as neighbours, (V, C).</summary>
    public Tensor Neighbours() => Copy(_neighbours, _neighboursStart);

    /// <summary>All pairs of a sentence, the words that sub-sampling left.</summary>
    private void Sentence(ReadOnlySpan<int> line, float rate, int[] samples, Span<float> step)
    {
        int group = 1 + _options.Negatives;
        Span<float> table = _neighbours.AsSpan(_neighboursStart, Vocabulary.Count * _width);
        for (int i = 0; i < line.Length; i++)
        {
            int reach = 1 + (int)((ulong)NextBits() * (uint)_options.Window >> 32);
            int count = 0;
            for (int j = Math.Max(0, i - reach); j <= Math.Min(line.Length - 1, i + reach); j++)
            {
                if (j == i)
                {
                    continue;
                }

                int neighbour = line[j];
                samples[count++] = neighbour;
                Fetch(neighbour);
                for (int k = 0; k < _options.Negatives; k++)
                {
                    int other = _negatives.Draw(NextBits());
                    for (int tries = 0; other == neighbour && tries < 100; tries++)
                    {
                        other = _negatives.Draw(NextBits());
                    }

                    samples[count++] = other;
                    Fetch(other);
                }
            }

            Span<float> v = _words.AsSpan(_wordsStart + line[i] * _width, _width);
            for (int first = 0; first < count; first += group)
            {
                ReadOnlySpan<int> pair = samples.AsSpan(first, group);
                if (_pairs++ % LossEvery == 0)
                {
                    _lossSum += NegativeSampling.Loss(v, table, pair);
                    _lossPairs++;
                }

                if (BySlowReference)
                {
                    NegativeSampling.Reference(v, table, pair, rate, step);
                }
                else
                {
                    NegativeSampling.Forward(v, table, pair, rate, step);
                }
            }
        }
    }

    /// <summary>Asks the memory for a neighbour's row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Fetch(int row)
    {
        if (Sse.IsSupported)
        {
            float* start = (float*)Unsafe.AsPointer(ref _neighbours[_neighboursStart + row * _width]);
            for (int i = 0; i < _width; i += RowUnit)
            {
                Sse.Prefetch0(start + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint NextBits()
    {
        if (_next == RandomBuffer)
        {
            _random.Fill(_buffer);
            _next = 0;
        }

        return _buffer[_next++];
    }

    private uint KeepLimit(long count)
    {
        double frequency = (double)count / Words;
        double keep = _options.Subsample == 0 || count == 0 ? 1 : Math.Sqrt(_options.Subsample / frequency) + _options.Subsample / frequency;
        return keep >= 1 ? uint.MaxValue : (uint)(keep * uint.MaxValue);
    }

    /// <summary>Zeros for all rows, and where the first row begins so that it lies at a multiple of 64 bytes.</summary>
    private unsafe (float[] Memory, int Start) Aligned()
    {
        float[] memory = GC.AllocateArray<float>(checked(Vocabulary.Count * _width + RowUnit), pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref memory[0]);
        return (memory, (int)((64 - address % 64) % 64 / sizeof(float)));
    }

    private Tensor Copy(float[] memory, int start)
    {
        Tensor copy = new(Vocabulary.Count, _options.Channels);
        for (int i = 0; i < Vocabulary.Count; i++)
        {
            memory.AsSpan(start + i * _width, _options.Channels).CopyTo(copy.Row(i));
        }

        return copy;
    }
}
