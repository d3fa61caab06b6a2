using AttentionLab.Course.Exercises;
using AttentionLab.Layers;
using Code = System.Func<int, int, int, int, long[]>;

namespace AttentionLab.Course.Tests.Exercises;

public class ParameterCountTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Code>(ParameterCount.About, ParameterCount.Check, Right,
        new("no biases", (n, d, h, f) => Of(n, 4L * d * d, 2L * d * f, 4L * d), "biases are missing. A map"),
        new("weights only", (n, d, h, f) => Of(n, 4L * d * d, 2L * d * f, 0), "biases and the norms are missing"),
        new("three maps", (n, d, h, f) => Of(n, 3L * (d * d + d), Forward(d, f), 4L * d), "three maps"),
        new("one map", (n, d, h, f) => Of(n, d * d + d, Forward(d, f), 4L * d), "one map of the attention"),
        new("first map of the net", (n, d, h, f) => Of(n, Attention(d), (long)d * f + f, 4L * d), "first map of the feed-forward net only"),
        new("second map of the net", (n, d, h, f) => Of(n, Attention(d), (long)d * f + d, 4L * d), "second map of the feed-forward net only"),
        new("both biases d", (n, d, h, f) => Of(n, Attention(d), 2L * d * f + 2 * d, 4L * d), "The first map ends in d_ff"),
        new("both biases d_ff", (n, d, h, f) => Of(n, Attention(d), 2L * d * f + 2 * f, 4L * d), "The second map ends in d"),
        new("no first bias", (n, d, h, f) => Of(n, Attention(d), 2L * d * f + d, 4L * d), "bias of the first map"),
        new("no second bias", (n, d, h, f) => Of(n, Attention(d), 2L * d * f + f, 4L * d), "bias of the second map"),
        new("one norm", (n, d, h, f) => Of(n, Attention(d), Forward(d, f), 2L * d), "You counted one norm, or γ"),
        new("γ of one norm", (n, d, h, f) => Of(n, Attention(d), Forward(d, f), d), "γ of one norm"),
        new("no norms", (n, d, h, f) => Of(n, Attention(d), Forward(d, f), 0), "norms have parameters too"),
        new("a norm in the net", (n, d, h, f) => Of(n, Attention(d), Forward(d, f) + 2 * d, 2L * d), "belongs to the third number"),
        new("norms in their halves", (n, d, h, f) => Of(n, Attention(d) + 2 * d, Forward(d, f) + 2 * d, 0), "by themselves"),
        new("times heads", (n, d, h, f) => Of(n, h * Attention(d), Forward(d, f), 4L * d), "multiplied by the number of heads"),
        new("by heads", (n, d, h, f) => Of(n, Attention(d) / h, Forward(d, f), 4L * d), "divided by the number of heads"),
        new("to one head", (n, d, h, f) => Of(n, 3L * (d * d / h + d / h) + d * d / h + d, Forward(d, f), 4L * d), "belong to one head"),
        new("d_ff fixed at 4·d", (n, d, h, f) => f == 5 ? Right(n, d, h, f) : Of(n, Attention(d), Forward(d, 4 * d), 4L * d), "a 4·d fixed"),
        new("one layer", (n, d, h, f) => Of(1, Attention(d), Forward(d, f), 4L * d), "This is one layer"),
        new("norms of one layer", (n, d, h, f) => [n * Attention(d), n * Forward(d, f), 4L * d], "multiply them too"),
        new("int overflows", (n, d, h, f) => [unchecked(n * (4 * d * d + 4 * d)), unchecked(n * (2 * d * f + f + d)), n * 4 * d], "do not fit into an `int`"),
        new("another order", (n, d, h, f) => [n * Forward(d, f), n * Attention(d), n * 4L * d], "The order is attention"),
        new("W_O without bias", (n, d, h, f) => Of(n, Attention(d) - d, Forward(d, f), 4L * d), "W_O has one, too"),
        new("the other power", (n, d, h, f) => Of(n, 4 * ((d ^ 2) + d), Forward(d, f), 4L * d), "no power in C#"),
        new("eight maps", (n, d, h, f) => Of(n, 2 * Attention(d), Forward(d, f), 4L * d), "eight maps"),
        new("4·d at once", (n, d, h, f) => Of(n, Attention(d), Forward(d, 4 * d), 4L * d), "A d_ff of 4·d"),
        new("three norms", (n, d, h, f) => Of(n, Attention(d), Forward(d, f), 6L * d), "a third norm"),
        new("the sum for the norms", (n, d, h, f) => Of(n, Attention(d), Forward(d, f), Attention(d) + Forward(d, f) + 4L * d), "the sum of all"),
        new("biases for each head", (n, d, h, f) => Of(n, 4L * d * d + 4L * d * h, Forward(d, f), 4L * d), "for each *head*"),
        new("a norm at the end", (n, d, h, f) => [n * Attention(d), n * Forward(d, f), n * 4L * d + (n > 1 ? 2 * d : 0)], "Six times"));

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Code[] all =
        [
            (n, d, h, f) => [4L * n * d * (d + 1), n * (f * (2L * d + 1) + d), 4L * n * d],
            (n, d, h, f) => [.. new[] { 4m * d * d + 4m * d, 2m * d * f + f + d, 4m * d }.Select(count => (long)(n * count))],
            (n, d, h, f) => [n * 3L * h * (d * (d / h) + d / h) + n * ((long)d * d + d), n * Forward(d, f), 4L * n * d],
            (n, d, h, f) => [.. Enumerable.Range(0, n).Select(_ => new[] { Attention(d), Forward(d, f), 4L * d }).Aggregate((a, b) => [a[0] + b[0],
                a[1] + b[1], a[2] + b[2]])],
            (n, d, h, f) => d > 1000 ? Right(n, d, h, f) : FromTheLibrary(n, d, h, f),
        ];
        Assert.All(all, count => Assert.Equal(FeedbackState.Passed, ParameterCount.Check(count).State));
    }

    private static long[] FromTheLibrary(int layers, int d, int heads, int hidden)
    {
        EncoderLayer layer = new(new LayerOptions(d, heads) { Hidden = hidden }, new(1));
        long Count(IEnumerable<AttentionLab.Tensors.Parameter> parts) => layers * parts.Sum(part => (long)part.Length);
        return [Count(layer.Attention.Parameters), Count(layer.FeedForward.Parameters), Count([.. layer.AttentionNorm.Parameters,
            .. layer.FeedForwardNorm.Parameters])];
    }

    private static long Attention(long d) => 4 * (d * d + d);

    private static long Forward(long d, long f) => 2 * d * f + f + d;

    private static long[] Of(int layers, long attention, long forward, long norms) => [layers * attention, layers * forward, layers * norms];

    private static long[] Right(int n, int d, int h, int f) => Of(n, Attention(d), Forward(d, f), 4L * d);
}
