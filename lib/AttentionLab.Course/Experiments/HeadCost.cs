using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>What one attention costs at a width C that stays, cut into H heads of C/H numbers.</summary>
/// <param name="Heads">H.</param>
/// <param name="MultiplyAdds">2·n²·C for scores and mixing, 4·n·C² for the four maps: H does not stand in it.</param>
/// <param name="Exponentials">n²·H: one for each score of each head.</param>
/// <param name="ScoreBytes">4·n²·H: the scores of all heads, where they are kept.</param>
/// <param name="Milliseconds">Measured on one thread of this machine, without the four maps: the fastest of several runs (<see cref="Race"/>).</param>
public sealed record HeadCost(int Heads, long MultiplyAdds, long Exponentials, long ScoreBytes, double Milliseconds)
{
    /// <summary>Counts, and runs softmax(Q·Kᵀ/√(C/H))·V with kept scores.</summary>
    /// <param name="tokens">n.</param>
    /// <param name="channels">C, a multiple of each number of heads.</param>
    /// <param name="heads">Which H to compare; they run in turn, so that other work on the machine meets all of them.</param>
    /// <param name="rounds">How often each runs.</param>
    /// <returns>One for each H.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no round.</exception>
    public static HeadCost[] Measure(int tokens, int channels, IReadOnlyList<int> heads, int rounds = 7)
    {
        ArgumentNullException.ThrowIfNull(heads);
        CounterRandom random = new(1);
        Tensor query = Tensor.Gaussian(random, 1, tokens, channels), key = Tensor.Gaussian(random, 1, tokens, channels);
        Tensor value = Tensor.Gaussian(random, 1, tokens, channels);
        (Tensor Q, Tensor K, Tensor V)[] split =
            [.. heads.Select(h => (Layers.Heads.Split(query, h), Layers.Heads.Split(key, h), Layers.Heads.Split(value, h)))];
        double[] fastest = Race.Milliseconds(rounds, [.. split.Select(x => (Action)(() => ScaledDotProductAttention.Forward(x.Q, x.K, x.V)))]);
        long pairs = (long)tokens * tokens, work = 2 * pairs * channels + 4L * tokens * channels * channels;
        return [.. heads.Select((h, i) => new HeadCost(h, work, pairs * h, sizeof(float) * pairs * h, fastest[i]))];
    }
}
