using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>The models that chapter 05 asks for a product of two features; each sees a pair of tokens, (B, 4) and (B, 4).</summary>
public static class PairModels
{
    private const int C = PairProduct.Width;

    /// <summary>The raw score x·W_Q·W_Kᵀ·x′ᵀ with learned W_Q and W_K.</summary>
    /// <param name="random">Source of the initial weights; it moves on.</param>
    /// <param name="tied">W_K is W_Q, so that W_Q·W_Kᵀ is symmetric and has no negative eigenvalue.</param>
    public static PairModel Score(CounterRandom random, bool tied = false)
    {
        Linear query = new(C, C, random, bias: false, name: "W_Q"), key = tied ? query : new(C, C, random, bias: false, name: "W_K");
        return new(tied ? "tied W" : "learned W", [.. query.Parameters.Concat(key.Parameters).Distinct()], (first, second) =>
        {
            (Tensor q, Linear.Saved savedQuery) = query.Forward(first);
            (Tensor k, Linear.Saved savedKey) = key.Forward(second);
            return (Products(q, k), dy =>
            {
                _ = query.Backward(Times(k, dy), savedQuery);
                _ = key.Backward(Times(q, dy), savedKey);
            }
            );
        });
    }

    /// <summary>The plain dot product x·x′: M is the identity, and nothing is learned.</summary>
    public static PairModel Untrained() => Diagonal() with { Name = "M = identity", Parameters = [] };

    /// <summary>Each feature has a weight of its own, and meets only itself: Σ_a m_a·x_a·x′_a.</summary>
    public static PairModel Diagonal()
    {
        Linear weights = new(C, 1, new CounterRandom(1), bias: false, deviation: 0, name: "m");
        weights.Weight.Value.Span.Fill(1);
        return new("diagonal M", weights.Parameters, (first, second) =>
        {
            (Tensor y, Linear.Saved saved) = weights.Forward(first * second);
            return (y.Reshape(y.Length), dy => weights.Backward(dy.Reshape(dy.Length, 1), saved));
        });
    }

    /// <summary>
    /// A layer of one head over both tokens, with residual connection, and a linear read-out of the first token:
    /// y = read(h), h = x + attention(x), or y = read(h + feedforward(h)). A fifth feature tells the tokens apart: +1 and −1.
    /// </summary>
    /// <param name="random">Source of the initial weights; it moves on.</param>
    /// <param name="learnScores">False keeps W_Q = W_K = identity: the score is the plain dot product.</param>
    /// <param name="feedForward">Whether a feed-forward net of 32 units follows.</param>
    /// <param name="alone">Control: every token sees only itself.</param>
    public static PairModel Layer(CounterRandom random, bool learnScores, bool feedForward, bool alone = false)
    {
        const int Wide = C + 1;
        MultiHeadAttention attention = new(Wide, 1, random);
        FeedForward net = new(Wide, 32, random);
        Linear read = new(Wide, 1, random);
        AttentionMask? mask = alone ? AttentionMask.Pairs(new[,] { { true, false }, { false, true } }) : null;
        if (!learnScores)
        {
            Identity(attention.Query);
            Identity(attention.Key);
        }

        Linear[] maps = learnScores ? [attention.Query, attention.Key, attention.Value, attention.Output, read] : [attention.Value, attention.Output, read];
        string name = alone ? "alone" : (learnScores, feedForward) switch
        {
            (false, false) => "neither",
            (false, true) => "FFN only",
            (true, false) => "W only",
            _ => "both",
        };
        return new(name, [.. maps.SelectMany(map => map.Parameters), .. feedForward ? net.Parameters : []], (first, second) =>
        {
            Tensor x = Marked(first, second);
            (Tensor mixed, MultiHeadAttention.Saved savedAttention) = attention.Forward(x, mask);
            Tensor h = x + mixed;
            (Tensor? wide, FeedForward.Saved savedNet) = feedForward ? net.Forward(h) : (null, default);
            (Tensor all, Linear.Saved savedRead) = read.Forward(wide is null ? h : h + wide);   // (B, 2, 1)
            return (EverySecond(all), dy =>
            {
                Tensor d = read.Backward(Spread(dy), savedRead);
                _ = attention.Backward(feedForward ? d + net.Backward(d, savedNet) : d, savedAttention);
            }
            );
        });
    }

    /// <summary>A linear map of all eight features: the control that knows no products.</summary>
    /// <param name="random">Source of the initial weights; it moves on.</param>
    public static PairModel Line(CounterRandom random)
    {
        Linear map = new(2 * C, 1, random);
        return new("linear", map.Parameters, (first, second) =>
        {
            (Tensor y, Linear.Saved saved) = map.Forward(Beside(first, second));
            return (y.Reshape(y.Length), dy => map.Backward(dy.Reshape(dy.Length, 1), saved));
        });
    }

    /// <summary>A factorisation machine over all eight features, 4 factors each.</summary>
    /// <param name="random">Source of the initial factors; it moves on.</param>
    public static PairModel Machine(CounterRandom random)
    {
        FactorizationMachine machine = new(2 * C, 4, random);
        return new("factorisation machine", machine.Parameters, (first, second) =>
        {
            (Tensor y, FactorizationMachine.Saved saved) = machine.Forward(Beside(first, second));
            return (y, dy => machine.Backward(dy, saved));
        });
    }

    /// <summary>
    /// The weight that a target attention (deep interest network) gives to the second token when the first is the candidate. A fifth
    /// feature, always 1, brings the weight itself out.
    /// </summary>
    /// <param name="random">Source of the initial weights; it moves on.</param>
    public static PairModel Interest(CounterRandom random)
    {
        TargetAttention interest = new(C + 1, 32, random);
        return new("target attention", interest.Parameters, (first, second) =>
        {
            Tensor history = Constant(second, 1).Reshape(second.Rows, 1, C + 1);
            (Tensor out1, TargetAttention.Saved saved) = interest.Forward(history, Constant(first, 1));
            Tensor y = new(first.Rows);
            for (int i = 0; i < y.Length; i++)
            {
                y[i] = out1[i, C];
            }

            return (y, dy =>
            {
                Tensor d = new(out1.Shape);
                for (int i = 0; i < dy.Length; i++)
                {
                    d[i, C] = dy[i];
                }

                _ = interest.Backward(d, saved);
            }
            );
        });
    }

    /// <summary>Σ_c a_ic·b_ic of each row.</summary>
    private static Tensor Products(Tensor a, Tensor b)
    {
        Tensor products = new(a.Rows);
        for (int i = 0; i < a.Rows; i++)
        {
            products[i] = Dot.Forward(a.Row(i), b.Row(i));
        }

        return products;
    }

    /// <summary>Row i of a times dy_i.</summary>
    private static Tensor Times(Tensor a, Tensor dy)
    {
        Tensor result = new(a.Shape);
        for (int i = 0; i < a.Rows; i++)
        {
            Multiply.Scale(a.Row(i), dy[i], result.Row(i));
        }

        return result;
    }

    private static void Identity(Linear map)
    {
        map.Weight.Value.Span.Clear();
        for (int c = 0; c < map.Inputs; c++)
        {
            map.Weight.Value[c, c] = 1;
        }
    }

    private static Tensor Beside(Tensor first, Tensor second) => Rows(first.Rows, 2 * C, (i, row) =>
    {
        first.Row(i).CopyTo(row);
        second.Row(i).CopyTo(row[C..]);
    });

    private static Tensor Constant(Tensor x, float last) => Rows(x.Rows, C + 1, (i, row) =>
    {
        x.Row(i).CopyTo(row);
        row[C] = last;
    });

    private static Tensor Marked(Tensor first, Tensor second)
    {
        Tensor one = Constant(first, 1), two = Constant(second, -1);
        return Rows(2 * first.Rows, C + 1, (i, row) => (i % 2 == 0 ? one : two).Row(i / 2).CopyTo(row)).Reshape(first.Rows, 2, C + 1);
    }

    /// <summary>The first token's number of each pair.</summary>
    private static Tensor EverySecond(Tensor all) => new([.. Enumerable.Range(0, all.Length / 2).Select(i => all.Values[2 * i])], all.Length / 2);

    private static Tensor Spread(Tensor dy) => new([.. dy.Values.SelectMany(d => new[] { d, 0 })], dy.Length, 2, 1);

    private delegate void Fill(int index, Span<float> row);

    private static Tensor Rows(int count, int columns, Fill fill)
    {
        Tensor rows = new(count, columns);
        for (int i = 0; i < count; i++)
        {
            fill(i, rows.Row(i));
        }

        return rows;
    }
}
