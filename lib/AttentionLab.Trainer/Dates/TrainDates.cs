using System.Diagnostics;
using System.Text.Json.Nodes;
using AttentionLab.Course.Experiments;

namespace AttentionLab.Trainer;

/// <summary>Trains <see cref="DateReader"/>s with several seeds, measures each on held-out dates, and keeps the first.</summary>
internal static class TrainDates
{
    private const int Judged = 1000;

    private const ulong TrainingSample = 100, HeldOutSample = 200;

    /// <summary>Writes <c>dates/model.safetensors</c> and its recipe below a folder.</summary>
    /// <param name="output">Folder; <c>dates/</c> is made in it.</param>
    /// <param name="first">Seed of the model that is kept.</param>
    /// <param name="seeds">How many seeds are trained, from the first on.</param>
    /// <param name="steps">Batches each learns from.</param>
    /// <param name="tell">Told how it goes, line by line.</param>
    /// <param name="cancellationToken">Stops; nothing is written then.</param>
    /// <returns>Path of the model.</returns>
    public static string Run(string output, ulong first, int seeds, int steps, Action<string> tell, CancellationToken cancellationToken)
    {
        DateReaderSettings settings = new() { Steps = steps };

        // Behind the largest seed comes 0.
        Trial[] trials = [.. Enumerable.Range(0, seeds).Select(i => Try(settings, unchecked(first + (ulong)i), tell, cancellationToken))];
        cancellationToken.ThrowIfCancellationRequested();
        string folder = Directory.CreateDirectory(Path.Combine(output, "dates")).FullName;
        string path = Path.Combine(folder, "model.safetensors");
        DateReader kept = trials[0].Reader;
        kept.Save(path);
        (double leastMatch, double match) = (trials.Min(trial => trial.Match), trials.Average(trial => trial.Match));
        (double leastPeaks, double peaks) = (trials.Min(trial => trial.Score.Peaks), trials.Average(trial => trial.Score.Peaks));
        TrainRecipe.Write(
            Path.Combine(folder, "model.recipe.json"),
            $"dotnet run --project lib/AttentionLab.Studio -- train dates --seed {first} --seeds {seeds} --steps {steps}",
            Described(settings, kept),
            new()
            {
                ["generator"] = "SpokenDates: dates of 1700 to 2099 in seven phrasings",
                ["heldOut"] = $"one date in {SpokenDates.HeldOutEvery} with all its phrasings, by a hash of the date",
                ["judgedOn"] = Judged,
            },
            new()
            {
                ["exactMatchMinimum"] = leastMatch,
                ["exactMatchMean"] = Math.Round(match, 5),
                ["alignmentPeaksMinimum"] = Math.Round(leastPeaks, 4),
                ["alignmentPeaksMean"] = Math.Round(peaks, 4),
                ["runs"] = new JsonArray([.. trials.Select(trial => trial.Numbers)]),
                ["file"] = Measure(DateReader.Load(path)).Numbers,
            });
        tell(FormattableString.Invariant($"{seeds} seeds: exact match at least {leastMatch:P1}, mean {match:P2}")
            + FormattableString.Invariant($"; digits that look most at their word at least {leastPeaks:P1}, mean {peaks:P1}"));
        return path;
    }

    /// <summary>One seed: a reader and what it can do.</summary>
    private sealed record Trial(DateReader Reader, JsonObject Numbers, double Match, AlignmentScore Score);

    private static Trial Try(DateReaderSettings settings, ulong seed, Action<string> tell, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        DateReader reader = DateReader.Train(settings, seed, p =>
        {
            if (p.Step % 200 == 0 || p.Step == p.Steps)
            {
                tell($"seed {seed}: {p}");
            }
        }, cancellationToken);
        double seconds = watch.Elapsed.TotalSeconds;
        (JsonObject numbers, double match, AlignmentScore score) = Measure(reader);
        numbers.Insert(0, "seed", seed);
        numbers.Insert(1, "seconds", Math.Round(seconds, 1));
        tell(FormattableString.Invariant($"seed {seed}: {match:P1} of {Judged} held-out dates right, trained in {seconds:0.0} s; {score}"));
        return new(reader, numbers, match, score);
    }

    private static JsonObject Described(DateReaderSettings settings, DateReader reader) => new()
    {
        ["channels"] = settings.Channels,
        ["heads"] = settings.Heads,
        ["layers"] = settings.Layers,
        ["hidden"] = settings.Hidden,
        ["positions"] = settings.Positions.ToString(),
        ["steps"] = settings.Steps,
        ["batch"] = settings.Batch,
        ["learningRate"] = settings.LearningRate,
        ["schedule"] = "a tenth of the steps linear growth, then half a cosine to 0",
        ["optimizer"] = "Adam, beta1 0.9, beta2 0.98, gradient norm at most 1",
        ["parameters"] = reader.Model.Parameters.Sum(p => p.Length),
    };

    /// <summary>
    /// On held-out dates: exact matches with and without what cross-attention learned, and the alignment of the layer and head that fit best on training dates.
    /// </summary>
    private static (JsonObject Numbers, double Match, AlignmentScore Score) Measure(DateReader reader)
    {
        IReadOnlyList<SpokenDate> held = SpokenDates.Sample(Judged, HeldOutSample, heldOut: true);
        AlignmentScore best = reader.AlignmentScores(SpokenDates.Sample(Judged, TrainingSample)).MaxBy(s => s.Peaks)!;
        AlignmentScore score = reader.AlignmentScores(held).Single(s => (s.Layer, s.Head) == (best.Layer, best.Head));
        double match = reader.ExactMatch(held);
        return (new()
        {
            ["exactMatch"] = match,
            ["exactMatchUniformCross"] = reader.ExactMatch(held, CrossLook.Uniform),
            ["exactMatchWithoutCross"] = reader.ExactMatch(held, CrossLook.Off),
            ["alignmentLayer"] = score.Layer,
            ["alignmentHead"] = score.Head,
            ["alignmentPeaks"] = Math.Round(score.Peaks, 4),
            ["alignmentWeight"] = Math.Round(score.Weight, 4),
            ["alignmentParts"] = Math.Round(score.Parts, 4),
            ["chanceUniform"] = Math.Round(score.Uniform, 4),
            ["chanceShuffled"] = Math.Round(score.Shuffled, 4),
        }, match, score);
    }
}
