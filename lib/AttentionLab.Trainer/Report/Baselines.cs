using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>How well masked tokens are found.</summary>
/// <param name="Name">By what.</param>
/// <param name="Accuracy">Share of tokens whose best guess is right.</param>
/// <param name="Perplexity">exp of the mean −log P of the right token.</param>
internal sealed record MaskedScore(string Name, Share Accuracy, double Perplexity);

/// <summary>Places to be found in held-out text: every one of them is [MASK], for the encoder as for the baselines.</summary>
/// <param name="Whole">The sequences as they are.</param>
/// <param name="Asked">The same in batches, with [MASK] at the places.</param>
/// <param name="Visible">False for padding.</param>
internal sealed record MaskedQuestions(IReadOnlyList<int[]> Whole, IReadOnlyList<MaskedBatch> Asked, IReadOnlyList<bool[,]?> Visible)
{
    private const int Batch = 32;
    private const ulong Seed = 20170612;

    /// <summary>Number of places.</summary>
    public int Count => Asked.Sum(batch => batch.Rows.Length);

    /// <summary>15 % of the tokens of some sequences.</summary>
    /// <param name="texts">Held-out entries.</param>
    /// <param name="vocabulary">Of the encoder.</param>
    /// <param name="length">T.</param>
    /// <param name="most">At most so many sequences, drawn at random.</param>
    public static MaskedQuestions Of(IReadOnlyList<int[][]> texts, Vocabulary vocabulary, int length, int most)
    {
        SequencePacking packing = new(texts, vocabulary, length);
        int[][] whole = [.. packing.Epoch(new CounterRandom(Seed)).Take(most)];
        MaskedWords task = new(vocabulary) { Masked = 1, Random = 0 };
        CounterRandom random = new(Seed, 1);
        List<MaskedBatch> asked = [];
        List<bool[,]?> visible = [];
        foreach (int[][] chunk in whole.Chunk(Batch))
        {
            (int[,] ids, bool[,]? shown) = packing.Batch(chunk);
            asked.Add(task.Draw(ids, random));
            visible.Add(shown);
        }

        return new(whole, asked, visible);
    }

    /// <summary>Some of the same places, each the only gap of its sequence.</summary>
    /// <param name="mask">Id of [MASK].</param>
    /// <param name="padding">Id of [PAD].</param>
    /// <param name="most">At most so many, evenly spread.</param>
    public MaskedQuestions Alone(int mask, int padding, int most)
    {
        (int[] Whole, int[] Read, int At, int Token)[] all = [.. Places()];
        int count = Math.Min(most, all.Length);
        (int[] Whole, int[] Read, int At, int Token)[] chosen = [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Length / count)])];
        List<MaskedBatch> asked = [];
        List<bool[,]?> visible = [];
        foreach ((int[] Whole, int[] Read, int At, int Token)[] chunk in chosen.Chunk(Batch))
        {
            int tokens = chunk[0].Whole.Length;
            int[,] ids = new int[chunk.Length, tokens];
            bool[,] shown = new bool[chunk.Length, tokens];
            for (int i = 0; i < ids.Length; i++)
            {
                (int b, int t) = (i / tokens, i % tokens);
                (ids[b, t], shown[b, t]) = (t == chunk[b].At ? mask : chunk[b].Whole[t], chunk[b].Whole[t] != padding);
            }

            asked.Add(new(ids, [.. chunk.Select((place, b) => b * tokens + place.At)], [.. chunk.Select(place => place.Token)]));
            visible.Add(shown);
        }

        return new([.. chosen.Select(place => place.Whole)], asked, visible);
    }

    /// <summary>Each place: its sequence as it is, the same with [MASK]s, where, and what stood there.</summary>
    public IEnumerable<(int[] Whole, int[] Read, int At, int Token)> Places()
    {
        int sequence = 0;
        foreach (MaskedBatch batch in Asked)
        {
            int tokens = batch.Ids.GetLength(1);
            int[][] read = [.. Enumerable.Range(0, batch.Ids.GetLength(0)).Select(b => Enumerable.Range(0, tokens).Select(t => batch.Ids[b, t]).ToArray())];
            for (int i = 0; i < batch.Rows.Length; i++)
            {
                (int b, int t) = (batch.Rows[i] / tokens, batch.Rows[i] % tokens);
                yield return (Whole[sequence + b], read[b], t, batch.Targets[i]);
            }

            sequence += read.Length;
        }
    }

    /// <summary>The encoder's answers.</summary>
    /// <param name="name">For the table.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="head">Its head.</param>
    public MaskedScore Ask(string name, Encoder encoder, MaskedWordHead head)
    {
        (double[] losses, bool[] right) = Answers(encoder, head);
        return new(name, new(right.Count(r => r), right.Length), Math.Exp(losses.Average()));
    }

    /// <summary>−log P of the right token at each place, and whether it was the best guess.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="head">Its head.</param>
    public (double[] Losses, bool[] Right) Answers(Encoder encoder, MaskedWordHead head)
    {
        MaskedWordTraining model = new(encoder, head);
        List<double> losses = [];
        List<bool> right = [];
        for (int i = 0; i < Asked.Count; i++)
        {
            Tensor logits = model.Logits(Asked[i], Visible[i]);
            float[] each = new float[logits.Rows];
            CrossEntropy.Forward(logits.Span, Asked[i].Targets, each, logits.Rows, logits.Columns);
            losses.AddRange(each.Select(l => (double)l));
            right.AddRange(Enumerable.Range(0, logits.Rows).Select(row => IndexOfMax(logits.Row(row)) == Asked[i].Targets[row]));
        }

        return ([.. losses], [.. right]);
    }

    private static int IndexOfMax(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int j = 1; j < scores.Length; j++)
        {
            best = scores[j] > scores[best] ? j : best;
        }

        return best;
    }
}

/// <summary>
/// What can be found without any network: by frequency, and by n-grams on both sides (<see cref="GapModel"/>), counted on the text the encoder was trained on.
/// </summary>
internal sealed class Baselines
{
    private const int TuneEvery = 50, TuneQuestions = 1200;
    private readonly GapModel _model;
    private readonly int _mask;

    /// <summary>Counts, chooses weights on a fiftieth of the training text that was not counted, and counts that too.</summary>
    /// <param name="training">The encoder's training text.</param>
    /// <param name="vocabulary">Of the encoder.</param>
    /// <param name="length">T, as the encoder reads it.</param>
    /// <param name="questions">Everything that will be asked.</param>
    public Baselines(IReadOnlyList<int[][]> training, Vocabulary vocabulary, int length, params ReadOnlySpan<MaskedQuestions> questions)
    {
        bool[] special = [.. vocabulary.Words.Select(WordPieceTokenizer.SpecialPieces.Contains)];
        int padding = vocabulary[Vocabulary.Padding];
        (_mask, _model) = (vocabulary["[MASK]"], new(vocabulary.Count));
        int[][] rows = [.. new SequencePacking(training, vocabulary, length).Epoch().Select(row => row.AsSpan().TrimEnd(padding).ToArray())];
        int[][] tuning = [.. rows.Where((_, i) => i % TuneEvery == TuneEvery - 1)];
        (Gap Gap, int Token)[] tuneQuestions = Tuning(tuning, special);
        _model.Announce(tuneQuestions.Select(q => q.Gap));
        foreach (MaskedQuestions asked in questions)
        {
            _model.Announce(asked.Places().Select(Gap));
        }

        _model.Count(rows.Where((_, i) => i % TuneEvery != TuneEvery - 1), id => !special[id]);
        if (tuneQuestions.Length > 0)
        {
            TuningLoss = _model.Tune(tuneQuestions);
        }

        _model.Count(tuning, id => !special[id]);
    }

    /// <summary>The weights chosen.</summary>
    public GapWeights Weights => _model.Weights;

    /// <summary>Mean −log P on the text that they were chosen on; NaN if there was too little text to choose.</summary>
    public double TuningLoss { get; } = double.NaN;

    /// <summary>Unigram, left side, both sides; a [MASK] nearby is no context.</summary>
    /// <param name="questions">Announced to the constructor.</param>
    public IReadOnlyList<MaskedScore> Ask(MaskedQuestions questions)
    {
        (Gap Gap, int Token)[] all = [.. questions.Places().Select(place => (Gap(place), place.Token))];
        return
        [
            Score("unigram", all, (_, p) => _model.Unigram(p)),
            Score("n-gram, left side", all, _model.Left),
            Score("n-gram, both sides", all, _model.Predict),
        ];
    }

    private delegate void Answer(Gap gap, Span<double> p);

    private Gap Gap((int[] Whole, int[] Read, int At, int Token) place) => AttentionLab.Words.Gap.At(place.Read, place.At, _mask);

    private MaskedScore Score(string name, (Gap Gap, int Token)[] questions, Answer answer)
    {
        double[] losses = new double[questions.Length];
        int right = 0;
        Parallel.For(0, questions.Length, new ParallelOptions { MaxDegreeOfParallelism = Workers.Count }, () => new double[_model.Vocabulary], (i, _, p) =>
        {
            answer(questions[i].Gap, p);
            losses[i] = -Math.Log(p[questions[i].Token]);
            if (Array.IndexOf(p, p.Max()) == questions[i].Token)
            {
                Interlocked.Increment(ref right);
            }

            return p;
        }, _ => { });
        return new(name, new(right, questions.Length), Math.Exp(losses.Average()));
    }

    /// <summary>Single gaps, every neighbour shown, evenly spread.</summary>
    private static (Gap Gap, int Token)[] Tuning(int[][] rows, bool[] special)
    {
        (int Row, int At)[] all = [.. rows.SelectMany((row, r) => Enumerable.Range(0, row.Length).Where(t => !special[row[t]]).Select(t => (r, t)))];
        int step = Math.Max(1, all.Length / TuneQuestions);
        return [.. all.Where((_, i) => i % step == 0).Take(TuneQuestions).Select(p => (AttentionLab.Words.Gap.At(rows[p.Row], p.At), rows[p.Row][p.At]))];
    }
}
