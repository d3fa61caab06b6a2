using System.Text.Json.Nodes;
using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Trainer;
using AttentionLab.Words;

namespace AttentionLab.Studio.Tests.Trainer;

/// <summary>The report on a small text: same questions for everybody, the shape of the JSON, and what happens without a corpus.</summary>
public sealed class TrainReportTests
{
    private static readonly Vocabulary Vocabulary = new([.. WordPieceTokenizer.SpecialPieces, .. Enumerable.Range(0, 20).Select(i => $"w{i}")]);

    [Fact]
    public void Places_OfSomeTexts_AreTheTokensThatTheMasksHide()
    {
        MaskedQuestions questions = MaskedQuestions.Of(Texts(60, seed: 1), Vocabulary, 16, most: 40);
        (int[] Whole, int[] Read, int At, int Token)[] places = [.. questions.Places()];
        Assert.Equal(questions.Count, places.Length);
        Assert.True(places.Length > 30);
        Assert.All(places, p =>
        {
            Assert.Equal(4, p.Read[p.At]);
            Assert.Equal(p.Whole[p.At], p.Token);
            Assert.True(p.Token >= 5);
        });
        Assert.All(places, p => Assert.All(Enumerable.Range(0, 16), t => Assert.True(p.Read[t] == p.Whole[t] || p.Read[t] == 4)));
    }

    [Fact]
    public void Ask_TextWithARule_IsFoundByNeighboursAndNotByFrequency()
    {
        // Tokens come in pairs (i, i + 10): a neighbour tells.
        MaskedQuestions together = MaskedQuestions.Of(Texts(300, seed: 2), Vocabulary, 16, 200), alone = together.Alone(4, 0, 150);
        Assert.Equal(150, alone.Count);
        Assert.All(alone.Places(), p => Assert.Equal([p.At], Enumerable.Range(0, 16).Where(t => p.Read[t] != p.Whole[t])));
        Assert.All(alone.Places(), p => Assert.Equal((4, p.Whole[p.At]), (p.Read[p.At], p.Token)));
        Baselines baselines = new(Texts(4000, seed: 1), Vocabulary, 16, together, alone);
        IReadOnlyList<MaskedScore> scores = baselines.Ask(together), single = baselines.Ask(alone);
        Assert.Equal(["unigram", "n-gram, left side", "n-gram, both sides"], scores.Select(s => s.Name));
        Assert.InRange(scores[0].Accuracy.Value, 0, 0.15);
        Assert.InRange(scores[0].Perplexity, 18, 21);
        Assert.InRange(scores[1].Accuracy.Value, 0.4, 0.65);    // the second of a pair is known, the first is not
        Assert.InRange(scores[2].Accuracy.Value, 0.8, 0.95);    // the partner may be hidden too
        Assert.True(single[2].Accuracy.Value > 0.98, single[2].Accuracy.ToString());
        Assert.True(single[2].Perplexity < scores[2].Perplexity && scores[2].Perplexity < scores[1].Perplexity);
    }

    [Fact]
    public void Answers_ModelWithABias_AreRightWhereItsTokenStood()
    {
        MaskedQuestions questions = MaskedQuestions.Of(Texts(100, seed: 3), Vocabulary, 16, 60);
        CounterRandom random = new(1);
        Encoder encoder = new(EncoderOptions.Bert(25) with { Capacity = 16, Channels = 8, Heads = 2, Layers = 1, Hidden = 16 }, random);
        MaskedWordHead head = new(encoder, random);
        head.Scores.Bias.Value[9] = 50;
        (double[] losses, bool[] right) = questions.Answers(encoder, head);
        int[] tokens = [.. questions.Places().Select(p => p.Token)];
        Assert.Equal(tokens.Select(t => t == 9), right);
        Assert.All(losses.Zip(tokens), l => Assert.True(l.Second == 9 ? l.First < 1e-6 : l.First > 30));
        Assert.Equal(new Share(tokens.Count(t => t == 9), tokens.Length), questions.Ask("x", encoder, head).Accuracy);
    }

    [Fact]
    public void Lost_PairedAnswers_CountsBothWays()
    {
        (double lost, double half) = HeadReport.Lost([true, true, true, false, false], [false, false, true, true, false]);
        Assert.Equal(0.2, lost, 12);
        Assert.Equal(1.96 * Math.Sqrt((0.6 - 0.04) / 5), half, 12);
    }

    [Fact]
    public void Run_SmallCorpus_GivesTheNumbersThatAreAskedFor()
    {
        using TemporaryFolder folder = new();
        string[] foldoc =
        [
            .. Enumerable.Range(0, 40).Select(
                i => $"entry{i}\n\n   <hardware> The apple number {Name(i)} runs a fast program {Name(i / 2)}.  It has a small port {Name(i * 3)}.\n")
        ];
        string[] nouns =
        [
            .. Enumerable.Range(0, 80).Select(
                i => TinyCorpus.Noun(
                    1000 + i, $"thing{Name(i)}", $"a red apple {Name(i)} that grows on a tall tree {Name(i / 2)}; the port {Name(i)} of a town"))
        ];
        TinyCorpus.Write(folder["corpus"], nouns, ["Word \\Word\\, n.\n   1. A plain word of some letters.\n"], foldoc);
        Corpus corpus = Corpus.Read(folder["corpus"]);
        Assert.NotEmpty(corpus.HeldOut);
        WordPieceTokenizer tokenizer = new(
            WordPieceTraining.Train(corpus.Entries.SelectMany(e => e.Sentences), 150, new BasicTokenizer(true)), new BasicTokenizer(true));
        CounterRandom random = new(1);
        Encoder encoder = new(EncoderOptions.Bert(tokenizer.Pieces.Count) with { Capacity = 32, Channels = 8, Heads = 2, Layers = 2, Hidden = 16 }, random);
        MaskedWordModel.Save(folder["model"], encoder, new(encoder, random), tokenizer);
        WordVectors vectors = new(new Vocabulary(["red", "fast", "program", "tree"]), Tensor.Gaussian(random, 1, 4, 6));
        using StringWriter text = new();
        JsonObject report = TrainReport.Run(corpus, MaskedWordModel.Load(folder["model"]), vectors, new ReportSize(20, 50, 4, 30), text);
        report["words"] = TrainReport.Words(new VectorScores(0.25, 10, 0.5, 100), text);

        string[] paths =
        [
            "maskedWord.accuracy", "maskedWord.bestBaseline", "maskedWord.perplexity", "maskedWord.alone.accuracy", "maskedWord.alone.bestBaseline",
            "senses.apple", "senses.mean", "senses.meanStaticContext", "senses.chance", "words.triples",
        ];
        foreach (string path in paths)
        {
            JsonNode? at = report;
            foreach (string key in path.Split('.'))
            {
                at = at![key];
            }

            Assert.True(at is not null && at.GetValue<double>() >= 0, $"{path} is {at}");
        }

        Assert.InRange(report["senses"]!["apple"]!.GetValue<double>(), 0, 1);
        Assert.InRange(report["senses"]!["layer"]!.GetValue<int>(), 1, 2);
        Assert.Equal(Corpus.AmbiguousWords.Count, report["senses"]!["words"]!.AsArray().Count);
        Assert.NotNull(report["senses"]!["withoutCues"]!["words"]);
        Assert.Equal(4, report["heads"]!.AsArray().Count);
        Assert.All(
            report["heads"]!.AsArray(),
            head => Assert.InRange(head!["before"]!.GetValue<double>() + head["after"]!.GetValue<double>() + head["itself"]!.GetValue<double>(), 0, 1.0001));
        Assert.Contains("fewer than 5 on a side", text.ToString());
        Assert.Contains("n-gram, both sides", text.ToString());

        // 1 → "one": digits would be dropped with their sentences.
        static string Name(int number) =>
            string.Concat(number.ToString(System.Globalization.CultureInfo.InvariantCulture).Select(digit => (char)('a' + digit - '0')));
    }

    [Fact]
    public async Task Command_WithoutCorpus_NamesThePackagesAndExitsWithTwo()
    {
        using TemporaryFolder folder = new();
        (int code, _, string error) = await StudioProcess.RunAsync("train", "report", "--corpus", folder.Path);
        Assert.Equal(2, code);
        Assert.Contains("wordnet-base", error);
        Assert.Contains("dict-foldoc", error);
    }

    [Fact]
    public async Task Command_NothingTrained_SaysWhatToRun()
    {
        using TemporaryFolder folder = new();
        TinyCorpus.Write(
            folder["corpus"], [TinyCorpus.Noun(1000, "thing", "a red apple that grows on a tall tree")],
            ["Word \\Word\\, n.\n   1. A plain word of some letters.\n"], ["entry\n\n   A fast program runs.\n"]);
        (int code, _, string error) = await StudioProcess.RunAsync("train", "report", "--corpus", folder["corpus"], "--data", folder.Path);
        Assert.Equal(2, code);
        Assert.Contains("run 'train words' and 'train encoder'", error);
    }

    [Fact]
    public async Task EncoderCommand_ImpossibleSizes_SaysSoAndExitsWithTwo()
    {
        using TemporaryFolder folder = new();
        TinyCorpus.Write(
            folder["corpus"], [TinyCorpus.Noun(1000, "thing", "a red apple that grows on a tall tree")],
            ["Word \\Word\\, n.\n   1. A plain word of some letters.\n"], ["entry\n\n   A fast program runs.\n"]);
        Directory.CreateDirectory(folder["out"]);
        string vocabulary = folder.Write("vocab.txt", string.Concat(Vocabulary.Words.Select(word => word + "\n")));
        (int code, _, string error) = await StudioProcess.RunAsync(
            "train", "encoder", "--corpus", folder["corpus"], "--out", folder["out"], "--run", folder["run"], "--tokenizer", vocabulary, "--heads", "3",
            "--steps", "2");
        Assert.Equal(2, code);
        Assert.Contains("160 but 3 heads do not divide it", error);
    }

    /// <summary>Sentences of pairs (i, i + 10), i drawn from 10.</summary>
    private static int[][][] Texts(int count, ulong seed)
    {
        CounterRandom random = new(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(
                _ => new[] { Enumerable.Range(0, 2 + random.NextInt(4)).SelectMany(_ => random.NextInt(10) is var i ? new[] { 5 + i, 15 + i } : []).ToArray() })
        ];
    }
}
