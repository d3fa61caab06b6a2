using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// An <see cref="EncoderDecoder"/> that reads a spoken date and writes its digits, one after the other. Nothing tells it where to look:
/// its only loss is the cross-entropy of the next character.
/// </summary>
/// <remarks>
/// What makes its attention readable, as measured (data/README.md): a digit that can be guessed, or whose word always stands beside another
/// telltale one, is often read elsewhere or nowhere. With leading zeros in the months, one of two seeds looked at the month for the first
/// of its digits in a quarter of the dates only (as many as are october or later), and elsewhere
/// for the frequent 0; so <see cref="SpokenDates"/> writes none. The encoder's self-attention
/// could carry what a word says to its neighbours, and little of that happens: without it (<see cref="DateReaderSettings.MixWords"/>) the
/// alignment is no better, and exact matches are fewer, because "twenty" alone does not say whether it is a century. Several
/// heads share the work: in two of three seeds their mean is right far more often than any one of them.
/// </remarks>
public sealed partial class DateReader
{
    private readonly CounterRandom _draws;

    /// <summary>A reader before its first step.</summary>
    /// <param name="settings">Size and training; null for the defaults.</param>
    /// <param name="seed">Decides initial weights and batches.</param>
    public DateReader(DateReaderSettings? settings = null, ulong seed = 1)
        : this(settings ?? new(), new CounterRandom(seed))
    {
    }

    private DateReader(DateReaderSettings settings, CounterRandom random)
    {
        Settings = settings;
        _draws = random.Split(1);
        EncoderOptions options = new()
        {
            Vocabulary = SpokenDates.Words.Count,
            Capacity = DateTokens.Longest,
            Channels = settings.Channels,
            Heads = settings.Heads,
            Layers = settings.Layers,
            Hidden = settings.Hidden,
            Positions = settings.Positions,
            ScaleEmbedding = true,
        };
        Model = new EncoderDecoder(options, random, SpokenDates.Characters.Count);
        if (!settings.MixWords)
        {
            foreach (Parameter parameter in Mixers)
            {
                parameter.Value.Span.Clear();
            }
        }
    }

    /// <summary>Size and training.</summary>
    public DateReaderSettings Settings { get; }

    /// <summary>The model; <c>Model.Forward(…).Saved</c> has everything that can be drawn.</summary>
    public EncoderDecoder Model { get; }

    /// <summary>What the encoder's self-attentions add to each word.</summary>
    private IEnumerable<Parameter> Mixers => Model.Encoder.Layers.SelectMany(layer => layer.Attention.Output.Parameters);

    /// <summary>Makes a reader and trains it: with the defaults 1600 steps on 102,400 dates, about 30 s on two cores that also do other work.</summary>
    /// <param name="settings">Size and training; null for the defaults.</param>
    /// <param name="seed">Decides initial weights and batches.</param>
    /// <param name="report">Called every 50 steps and at the end; null for silence.</param>
    /// <param name="cancellationToken">Stops after the step under way.</param>
    /// <exception cref="TrainingDivergedException">A number became NaN or ∞.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DateReader Train(
        DateReaderSettings? settings = null, ulong seed = 1, Action<Progress>? report = null, CancellationToken cancellationToken = default)
    {
        DateReader reader = new(settings, seed);
        (settings, Parameter[] still) = (reader.Settings, reader.Settings.MixWords ? [] : [.. reader.Mixers]);
        TrainingLoop loop = new(new Adam(reader.Model.Parameters.Except(still), beta2: 0.98), reader._draws, reader.Step)
        {
            Steps = settings.Steps,
            Schedule = Schedules.Cosine(settings.LearningRate, settings.Steps / 10, settings.Steps),
            Report = report,
        };
        if (loop.Run(cancellationToken) == TrainingEnd.Cancelled)
        {
            throw new OperationCanceledException(cancellationToken);
        }

        return reader;
    }

    /// <summary>Writes dates as digits.</summary>
    /// <param name="texts">Spoken dates, in small letters.</param>
    /// <returns>What the model writes, one text a date; for example "1984/3/21".</returns>
    /// <exception cref="KeyNotFoundException">A word is unknown; <see cref="SpokenDates.Words"/> has all.</exception>
    /// <exception cref="ArgumentException">A text is empty or has more than 24 words.</exception>
    public IReadOnlyList<string> Read(params IReadOnlyList<string> texts) =>
        Read([.. texts.Select(text => (IReadOnlyList<string>)text.Split(' ', StringSplitOptions.RemoveEmptyEntries))]);

    /// <summary>Share of the dates of which every character is right.</summary>
    /// <param name="dates">For example held-out ones.</param>
    /// <param name="look">How the decoder may look at the words.</param>
    /// <exception cref="ArgumentException">There are no dates.</exception>
    public double ExactMatch(IReadOnlyList<SpokenDate> dates, CrossLook look = CrossLook.Learned)
    {
        ArgumentNullException.ThrowIfNull(dates);
        if (dates.Count == 0)
        {
            throw new ArgumentException("there are no dates but a share needs at least one: pass what SpokenDates.Sample gives.", nameof(dates));
        }

        using IDisposable changed = new Change(Model, look);
        return Batches(dates).Sum(
            batch => Read([.. batch.Select(date => date.Words)]).Zip(batch).Count(pair => pair.First == pair.Second.Digits)) / (double)dates.Count;
    }

    /// <summary>One batch: forward, loss and backward.</summary>
    private Batch Step(CounterRandom random)
    {
        IReadOnlyList<SpokenDate> dates = SpokenDates.Sample(Settings.Batch, random);
        IEnumerable<SpokenDate> said = Settings.Mismatched ? dates.Skip(1).Append(dates[0]) : dates;
        (int[,] source, bool[,] visible) = DateTokens.Encode([.. said.Select(date => date.Words)]);
        (int[,] target, int[] next) = DateTokens.Targets(dates);
        (Tensor logits, EncoderDecoder.Saved saved) = Model.Forward(source, target, visible);
        (float loss, CrossEntropyLoss.Saved lost) = CrossEntropyLoss.Forward(logits, next);
        Model.Backward(CrossEntropyLoss.Backward(lost), saved);
        return new Batch(loss, source.Length + target.Length);
    }

    private string[] Read(IReadOnlyList<string>[] words)
    {
        (int[,] source, bool[,] visible) = DateTokens.Encode(words);
        return
        [
            .. Model.Greedy(source, DateTokens.Start, DateTokens.End, SpokenDates.Longest + 1, visible).Select(DateTokens.Text)
        ];
    }

    private static IEnumerable<SpokenDate[]> Batches(IReadOnlyList<SpokenDate> dates) => dates.Chunk(250);

    /// <summary>Changes the cross-attentions and puts them back.</summary>
    private sealed class Change : IDisposable
    {
        private readonly List<(Parameter Parameter, float[] Before)> _cleared = [];

        public Change(EncoderDecoder model, CrossLook look)
        {
            foreach (MultiHeadAttention cross in model.Decoder.Layers.Select(layer => layer.Cross))
            {
                foreach (Parameter parameter in look switch
                {
                    CrossLook.Learned => [],
                    CrossLook.Uniform => cross.Query.Parameters,
                    CrossLook.Off => cross.Output.Parameters,
                    _ => throw new ArgumentOutOfRangeException(nameof(look), $"look is {look} but must be Learned, Uniform or Off."),
                })
                {
                    _cleared.Add((parameter, parameter.Value.Span.ToArray()));
                    parameter.Value.Span.Clear();
                }
            }
        }

        public void Dispose() => _cleared.ForEach(c => c.Before.CopyTo(c.Parameter.Value.Span));
    }
}
