using System.Diagnostics;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Words;

/// <summary>
/// Trains word vectors: skip-gram with negative sampling, sub-sampling of frequent words, a window of random width and a
/// learning rate that falls linearly (Mikolov et al. 2013, "Distributed representations of words and phrases", §2).
/// Same steps as <c>Models.SkipGram.Train</c>, pair by pair, on one thread; fast by <see cref="NegativeSampling"/>.
/// </summary>
/// <remarks>
/// The rows that a word will need are asked for while the one before it is worked on.
/// </remarks>
public sealed partial class SkipGramTraining
{
    private const int LossEvery = 64;
    private const int RandomBuffer = 1 << 14;

    private readonly SkipGramOptions _options;
    private readonly int[] _text;
    private readonly SkipGramTable _words, _neighbours;
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
        (_text, long[] counts) = Numbered(vocabulary, sentences);
        Words = counts.Sum();
        if (Words == 0)
        {
            throw new ArgumentException(
                $"no word of the text is among the {vocabulary.Count} of the vocabulary: make the vocabulary from this text.", nameof(sentences));
        }

        double[] weights = [.. counts.Select(count => count == 0 ? 0 : Math.Pow(count, _options.NegativePower))];
        _negatives = new(weights);
        _keep = [.. counts.Select(KeepLimit)];
        (_words, _neighbours) = (new(vocabulary.Count, _options.Channels), new(vocabulary.Count, _options.Channels));
        _random = new(_options.Seed, stream: 1);
        CounterRandom start = new(_options.Seed);
        for (int i = 0; i < vocabulary.Count; i++)
        {
            start.FillUniform(_words.Vector(i), -0.5f / _options.Channels, 0.5f / _options.Channels);
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
    /// <param name="cancellationToken">Stops between two sentences; what was learned so far stays in <see cref="Vectors"/>.</param>
    /// <returns>True if all passes were made.</returns>
    /// <exception cref="ArithmeticException">The loss is not finite any more; the message names the place.</exception>
    public bool Run(Action<SkipGramProgress>? report = null, CancellationToken cancellationToken = default)
    {
        Stopwatch watch = Stopwatch.StartNew();
        long total = Words * _options.Epochs, read = 0, look = 0;
        double next = 1;
        int[] line = new int[_text.Length];
        int[] samples = new int[2 * _options.Window * (1 + _options.Negatives)];
        float[] step = GC.AllocateArray<float>(_words.Width, pinned: true);
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
                    if (cancellationToken.IsCancellationRequested)
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
                throw new ArithmeticException(
                    FormattableString.Invariant($"the loss is {loss} after {read} words: lower the rate from {_options.Rate}."));
            }

            (_lossSum, _lossPairs) = (0, 0);
            report?.Invoke(new((double)read / total, loss, rate, read, watch.Elapsed));
        }
    }

    /// <summary>A copy of the vectors as they are now, (V, C).</summary>
    public WordVectors Vectors() => new(Vocabulary, _words.Copy());

    /// <summary>
    /// v + u: a word's vector plus the one it has as a neighbour. Words that stand beside each other then count as near too,
    /// which helps most measures (Levy, Goldberg and Dagan 2015, "Improving distributional similarity", §3.3, "w+c").
    /// </summary>
    public WordVectors Sums()
    {
        Tensor sums = _words.Copy(), neighbours = Neighbours();
        Multiply.AddScaled(neighbours.Span, 1, sums.Span);
        return new(Vocabulary, sums);
    }

    /// <summary>A copy of the vectors that words have as neighbours, (V, C).</summary>
    public Tensor Neighbours() => _neighbours.Copy();

    /// <summary>All pairs of a sentence, the words that sub-sampling left.</summary>
    private void Sentence(ReadOnlySpan<int> line, float rate, int[] samples, Span<float> step)
    {
        int group = 1 + _options.Negatives;
        Span<float> table = _neighbours.All;
        for (int i = 0; i < line.Length; i++)
        {
            int count = DrawSamples(line, i, samples);
            Span<float> v = _words.Row(line[i]);
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

    /// <summary>The text as numbers of words, −1 behind each sentence, and how often each word stands in it.</summary>
    private static (int[] Text, long[] Counts) Numbered(Vocabulary vocabulary, IEnumerable<IEnumerable<string>> sentences)
    {
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

        return ([.. text], counts);
    }
}
