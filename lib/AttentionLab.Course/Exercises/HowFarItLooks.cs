using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>Exercise 12.3: the attention distance of a head, Σ_j w_ij·|p_i − p_j| in pixels, averaged over the queries.</summary>
public static class HowFarItLooks
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("12.3", "How far does a head look?", Difficulty: 1, Minutes: 10, Hints:
    [
        "Patch number t stands in row t / across and column t % across of the image. How far are two patches from each other, in pixels? And how does a "
            + "weight come in?",
        "For query i: the sum over all keys j of weight · distance. A weight of 1 on one patch gives the distance of that patch. Then the mean over the "
            + "queries. The distance is the straight one: √(rows² + columns²), times the side of a patch.",
        "Two loops over i and j: `double down = i / across - j / across, right = i % across - j % across;` and `sum += weights[i, j] * patch * Math.Sqrt(down "
            + "* down + right * right);`. At the end divide by the number of queries, `weights.Rows`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's distance.</summary>
    /// <param name="distance">(weights (T, T), patches in a row of the image, side of a patch) → pixels.</param>
    public static Feedback Check(Func<Tensor, int, int, double> distance) => About.Check(trial =>
    {
        Answer<double> Ask(string tried, Tensor weights, int across, int patch) => trial.Call(tried, () => distance(weights, across, patch), weights);

        Ask("2×2 patches of 2 pixels, each looks at itself only", Looks(4, i => i), 2, 2)
            .Finite("NaN or ∞: did you divide by a weight of 0?")
            .Refuse(AttentionDistance.Uniform(2, 2, 2), "You gave all patches the same weight. Multiply each distance by its weight.")
            .Expect(0, "A patch that looks at itself looks 0 pixels far. Are the weights in your sum?");

        Ask("each looks at the patch beside it, left or right", Looks(4, i => i ^ 1), 2, 2)
            .Refuse(1, "That is half of it. In patches, not in pixels (a patch has 2: multiply by `patch`), or each pair counted one way only (j > i).")
            .Refuse(8, "You summed over the queries. Take their mean: divide by the number of rows.")
            .Refuse(0.5, "You divided by T². The weights of a row sum to 1 already: divide by the number of queries only.")
            .Refuse(4, "You multiplied by the side of a patch twice, or squared the distance.")
            .Refuse(0, "0: column t % across differs between the two. Do you look at rows only?")
            .Expect(2, "The weight is 1 on a patch that stands one patch further, that is 2 pixels.");

        Tensor opposite = Looks(6, i => 5 - i);
        Ask("2 rows of 3 patches of 2 pixels, each looks at the opposite one", opposite, 3, 2)
            .Refuse(2 * 14 / 6.0, "That is the way along the sides: rows + columns. The straight way is √(rows² + columns²).")
            .Refuse(2 * 10 / 6.0, "That is the larger of both ways, or a root cut to a whole number. Both ways count: √(rows² + columns²), in double.")
            .Refuse(2 * 8 / 6.0, "That counts columns only. Rows count too: √(rows² + columns²).")
            .Refuse(2 * 22 / 6.0, "That is the squared distance: the root is missing.")
            .Refuse(2 * 18 / 6.0, "That is the difference of the patch *numbers*. Patch 3 stands right under patch 0: take rows and columns, t / across and t "
                + "% across.")
            .Refuse(2 * Math.Sqrt(22 / 6.0), "You took the root of the mean square. Take the root of each distance first, then the mean.")
            .Refuse(2 * Math.Sqrt(5), "Only one query counted. Take the mean over all queries.")
            .Refuse(4 * 22 / 6.0, "That is the squared distance in pixels: the root is missing.")
            .Expect(AttentionDistance.Of(opposite, 3, 2), "Four of the six look √(1² + 2²) patches far, two look 1 patch far. A patch has 2 pixels.");

        Tensor middle = Looks(6, _ => 1);
        Ask("2 rows of 3 patches of 4 pixels, all look at the second patch", middle, 3, 4)
            .Refuse(AttentionDistance.Of(middle, 2, 4), "You took 3 rows of 2. `across` is the number of patches in a row: row t / across, column t % across.")
            .Expect(AttentionDistance.Of(middle, 3, 4),
                "Patch t stands in row t / across and column t % across. The number of rows need not be `across`, nor √T.");

        Tensor equal = new(16, 16);
        equal.Span.Fill(1f / 16);
        double uniform = AttentionDistance.Uniform(4, 4, 2);
        Ask("4×4 patches of 2 pixels, equal weights: the baseline", equal, 4, 2)
            .Refuse(AttentionDistance.Of(Looks(16, _ => 0), 4, 2),
                "You took the distance of the one patch with the largest weight. Every patch counts, with its weight.")
            .Refuse(FromMiddle(), "You took the distance to the *mean place* that is looked at. Take the mean of the distances.")
            .Refuse(uniform * 16 / 15, "You left out the patch itself from the mean. It has a weight too, at distance 0.")
            .Expect(uniform, "Every pair counts with 1/16, the pair with itself too.");

        Tensor random = Tensor.Gaussian(new CounterRandom(123), 1, 12, 12).Softmax();
        Ask("3 rows of 4 patches, weights of a random head", random, 4, 2)
            .Expect(AttentionDistance.Of(random, 4, 2), "Σ over i and j of weight · distance, divided by the number of queries.");
    });

    /// <summary>4×4 patches of 2 pixels: how far they stand from the middle, on average.</summary>
    private static double FromMiddle() =>
        Enumerable.Range(0, 16).Average(t => 2 * Math.Sqrt((t / 4 - 1.5) * (t / 4 - 1.5) + (t % 4 - 1.5) * (t % 4 - 1.5)));

    private static Tensor Looks(int patches, Func<int, int> at)
    {
        Tensor weights = new(patches, patches);
        for (int i = 0; i < patches; i++)
        {
            weights[i, at(i)] = 1;
        }

        return weights;
    }
}
