using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>What one attention costs at a width C that stays, cut into H heads of C/H numbers.</summary>
/// <param name="Heads">H.</param>
/// <param name="MapMultiplyAdds">Counted in X·W_Q, X·W_K, X·W_V and the product with W_O: 4·n·C².</param>
/// <param name="MultiplyAdds">Counted in Q·Kᵀ and weights·V of each head: 2·n²·C in all.</param>
/// <param name="Exponentials">Counted: one for each score of each head, n²·H in all.</param>
/// <param name="ScoreBytes">The scores of all heads, where they are kept: 4·n²·H.</param>
/// <param name="Milliseconds">Of softmax(Q·Kᵀ/√(C/H))·V, without the four maps, on one thread of this machine: the fastest of several runs
/// (<see cref="Race"/>).</param>
public sealed record HeadCost(int Heads, long MapMultiplyAdds, long MultiplyAdds, long Exponentials, long ScoreBytes, double Milliseconds)
{
    /// <summary>Multiplies head by head and counts, then runs all heads with kept scores and takes the time.</summary>
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
        Tensor map = Tensor.Gaussian(random, 1, channels, channels);
        long maps = MultiplyCount.Of(count => Array.ForEach([query, key, value, query], x => count.Product(x, map)));
        return [.. heads.Select((h, i) =>
        {
            long scores = 0, work = MultiplyCount.Of(count => scores = Attend(count, split[i].Q, split[i].K, split[i].V));
            return new HeadCost(h, maps, work, scores, sizeof(float) * scores, fastest[i]);
        })];
    }

    /// <summary>softmax(Q·Kᵀ)·V of each head (1, H, n, D); returns how many scores there were.</summary>
    private static long Attend(MultiplyCount count, Tensor query, Tensor key, Tensor value)
    {
        long made = 0;
        for (int h = 0; h < query.Shape[1]; h++)
        {
            Tensor scores = count.Product(query.At(0, h), key.At(0, h).Transpose());
            count.Product(scores.Softmax(), value.At(0, h));
            made += scores.Length;
        }

        return made;
    }
}
