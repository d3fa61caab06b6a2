using AttentionLab.Course.Charts;
using AttentionLab.Kernels;

namespace AttentionLab.Course.Tests.Charts;

/// <summary>One figure of every kind and of every hard case: what a browser must draw. Traces is how many each must have.</summary>
public static class ChartGallery
{
    private static readonly string[] Sentence = ["an", "apple", "and", "an", "orange"];

    public static IReadOnlyList<(string Name, Figure Figure, int Traces)> All { get; } =
    [
        ("weights", Weights(1), 1),
        ("masked scores", MaskedScores(), 1),
        ("large matrix", LargeMatrix(), 1),
        ("two heads", Heads(2), 2),
        ("eight heads", Heads(8), 8),
        ("links", Links(), 8),
        ("lines", Losses(), 3),
        ("log lines", Variance(), 2),
        ("gap", Gap(), 1),
        ("scatter", Words(), 2),
        ("cloud", Cloud(), 1),
        ("arrows", Arrows(4), 5),
        ("bars", Bars(), 2),
        ("error bars", ErrorBars(), 1),
        ("histogram", Gradients(64), 2),
        ("slider of heatmaps", Chart.Slider("temperature", [.. new[] { 0.25, 1, 4 }.Select(t => ($"{t}", Weights(t)))], active: 1), 1),
        ("slider of histograms", Chart.Slider("d_k", [.. new[] { 4, 64, 1024 }.Select(d => ($"{d}", Gradients(d)))], active: 1), 2),
        ("slider of arrows", Chart.Slider("length of phone", [.. Enumerable.Range(1, 8).Select(i => ($"{i}", Arrows(i)))], active: 3), 5),
        ("dropdown", Chart.Dropdown("scoring",
            [("cosine", Scoring("cosine", 0.8)), ("dot product", Scoring("dot product", 7)), ("dot product / √2", Scoring("scaled dot product", 5))]), 1),
    ];

    private static Figure Links() =>
        Chart.Links(Sentence,
            new[,] { { 0, 1f, 0, 0, 0 }, { 0.3f, 0.7f, 0, 0, 0 }, { 0.2f, 0.2f, 0.2f, 0.2f, 0.2f }, { 0, 0, 0, 0.05f, 0.95f }, { 0, 0.4f, 0, 0, 0.6f } },
        "An looks at apple", "Five words on either side, eleven lines.", "word that looks", "what it looks at");

    private static Figure Weights(double temperature)
    {
        float[,] weights = new float[5, 5];
        for (int i = 0; i < 5; i++)
        {
            double[] exp = [.. Enumerable.Range(0, 5).Select(j => Math.Exp(-Math.Abs(i - j) / temperature))];
            for (int j = 0; j < 5; j++)
            {
                weights[i, j] = (float)(exp[j] / exp.Sum());
            }
        }

        return Chart.Heatmap(weights, $"At temperature {temperature} each word looks at itself with weight {weights[2, 2]:F2}",
            $"A 5 by 5 map; the largest weights lie on the diagonal, {weights[2, 2]:F2} in the middle.", "key (word)", "query (word)", Sentence, Sentence,
            options: new() { ScaleTitle = "weight" });
    }

    private static Figure MaskedScores()
    {
        float[,] scores = new float[4, 4];
        for (int i = 0; i < 4; i++)
        {
            for (int j = 0; j < 4; j++)
            {
                scores[i, j] = j > i ? float.NegativeInfinity : (i - 1.5f) * (j - 1.2f);
            }
        }

        return Chart.Heatmap(scores, "Above the diagonal there is no score: the mask took it",
            "Lower triangle of scores between -1.8 and 2.7; the upper triangle is empty.", "key position", "query position",
            options: new() { ScaleTitle = "score q·k" });
    }

    private static Figure LargeMatrix()
    {
        float[,] values = new float[64, 64];
        for (int i = 0; i < 64; i++)
        {
            for (int j = 0; j < 64; j++)
            {
                values[i, j] = (float)Math.Cos((i - j) * 0.2) * MathF.Exp(-Math.Abs(i - j) / 20f);
            }
        }

        return Chart.Heatmap(values, "Sinusoidal positions resemble their neighbours, on the left as on the right",
            "A band of high values along the diagonal that fades and changes its sign.", "position q", "position p",
            options: new() { ScaleTitle = "PE(p)·PE(q)" });
    }

    private static Figure Heads(int count) => Chart.HeatmapGrid(
        [.. Enumerable.Range(0, count).Select(h => ($"head {h}", Head(h)))],
        $"Each of the {count} heads looks at another distance: head h at the word h places back", "Panel h has its ridge h cells left of the diagonal.",
        "key (word)", "query (word)", ["the", "cat", "sat", "on", "it", "."], ["the", "cat", "sat", "on", "it", "."], options: new() { ScaleTitle = "weight" });

    private static float[,] Head(int distance)
    {
        float[,] values = new float[6, 6];
        for (int i = 0; i < 6; i++)
        {
            values[i, Math.Max(0, i - distance)] = 0.9f;
            values[i, i] += 0.1f;
        }

        return values;
    }

    private static Figure Losses()
    {
        double[] steps = [.. Enumerable.Range(0, 60).Select(i => i * 5.0)];
        double[] Curve(double rate, double floor) => [.. steps.Select(s => floor + (1.8 - floor) * Math.Exp(-s * rate))];
        return Chart.Lines(
            [
                new Series("untied W_Q, W_K", steps, Curve(0.02, 0)) { Low = [.. Curve(0.03, 0)], High = [.. Curve(0.012, 0.02)] },
                new Series("tied W_Q = W_K", steps, Curve(0.03, 0.693)),
            ],
            "Tied weights stop at ln 2, untied ones go to 0: a symmetric score cannot tell left from right",
            "The untied loss falls from 1.8 to 0; the tied one stays at 0.69.", "training step", "loss (nats per token)", yRange: (0, null));
    }

    private static Figure Variance()
    {
        double[] d = [1, 4, 16, 64, 256, 1024];
        return Chart.Lines(
            [new Series("measured", d, [.. d.Select(x => x * (1 + 0.05 * Math.Sin(x)))]) { Markers = true },
                new Series("theory: Var(q·k) = d", d, d) { Dash = true }],
            "The variance of q·k grows like d_k: slope 1", "Points on a straight line of slope 1 from 1 to 1024.", "d_k (log scale)",
            "variance of q·k (log scale)", logX: true, logY: true);
    }

    private static Figure Gap() => Chart.Lines([new Series("accuracy", [1, 2, 3, 4, 5], [0.2, 0.5, double.NaN, 0.8, 0.9]) { Markers = true }],
        "Run 3 did not finish", "Accuracy rises from 0.2 to 0.9; run 3 is missing.", "run", "accuracy (share)", yRange: (0, 1));

    private static Figure Words() => Chart.Scatter(
        [
            new PointSet("fruit", [1, 1.3, 0.8], [3, 2.7, 2.5]) { Labels = ["orange", "banana", "pear < plum & co"] },
            new PointSet("computing", [3, 3.4, 2.9], [1, 0.7, 0.4]) { Labels = ["phone", "laptop", "byte"] },
        ],
        "Fruit and machines lie apart", "Three fruit words top left, three computing words bottom right.", "first principal component",
        "second principal component", options: new() { EqualAxes = true });

    private static Figure Cloud()
    {
        CounterRandom random = new(1);
        double[] x = [.. Enumerable.Range(0, 400).Select(_ => random.NextGaussian())];
        return Chart.Scatter([new PointSet("pairs", x, [.. x.Select(v => v * v + 0.3 * random.NextGaussian())])],
            "The score is a parabola of the first feature", "400 points along y = x².", "first feature (standard deviations)", "score");
    }

    private static Figure Arrows(double phone)
    {
        double weight = Math.Exp(2 * phone) / (Math.Exp(2 * phone) + Math.Exp(6) + Math.Exp(8));
        (double x, double y) = (weight * phone + (1 - weight) * 1.76, (1 - weight) * 2.12);
        return Chart.Arrows(
            [
                new Arrow("orange", 0, 3),
                new Arrow("phone", phone, 0),
                new Arrow("apple", 2, 2),
                new Arrow("apple after attention", x, y) { Dash = true, FromX = 2, FromY = 2 },
            ],
            $"With a phone of length {phone} apple moves to ({x:F1}, {y:F1}) and never leaves the triangle", $"Apple goes from (2, 2) to ({x:F1}, {y:F1}).",
            "technical (feature units)", "edible (feature units)", hull: [(0, 3), (phone, 0), (2, 2)]);
    }

    private static Figure Bars() => Chart.Bars(
        [new BarSet("diagonal seen", ["successor", "partner", "self"], [1.524, 0.693, 0.02]),
            new BarSet("diagonal masked", ["successor", "partner", "self"], [0.693, 0.01, 1.79])],
        "Tying W_Q and W_K costs most where the order matters", "Loss by task: 1.52 for successor, 0.69 for partner, near 0 for self.", "task",
        "smallest loss (nats)");

    private static Figure ErrorBars() => Chart.Bars(
        [new BarSet("steps", ["none", "1/√d", "1/d", "learned temperature", "none, smaller W_Q and W_K"],
            [180, 93, 120, 88, 75]) { Errors = [22, 9, 14, 12, 8] }],
        "Without the scale learning is slower, not impossible", "180 steps without a scale, 93 with 1/√d, 75 with smaller initial weights.",
        "scale of the scores", "steps to 90 % (mean ± s.d. of 10 seeds)");

    private static Figure Gradients(int d)
    {
        CounterRandom random = new((ulong)d);
        double[] Norms(double centre, double width) => [.. Enumerable.Range(0, 500).Select(_ => Math.Exp(centre + width * random.NextGaussian()))];
        return Chart.Histogram([new Sample("scaled by 1/√d", Norms(-1.3, 0.5)), new Sample("not scaled", Norms(-Math.Log2(d), 1 + Math.Log2(d) / 2))],
            $"d = {d}: without the scale the gradient is a lottery", $"At d = {d} scaled norms lie around 0.27; the others spread over many powers of ten.",
            "‖∂L/∂q‖ (log scale)", "share of queries, %", new() { Bins = 36, LogX = true, Percent = true, Min = 1e-9, Max = 100 });
    }

    private static Figure Scoring(string name, double factor) => Chart.Bars(
        [new BarSet("score", ["orange", "apple", "phone"], [factor * 0.8, factor, factor * 1.1])],
        $"By {name} phone gets a score of {factor * 1.1:F1}", $"orange {factor * 0.8:F1}, apple {factor:F1}, phone {factor * 1.1:F1}.", "key (word)", "score");
}
