using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using HeadWeights = System.Func<AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor, int, AttentionLab.Tensors.Tensor>;

namespace AttentionLab.Course.Tests.Exercises;

public class BlurredHeadsTests
{
    [Fact]
    public void Check_TellsMutantsApart() =>
        Mutants.Prove<HeadWeights>(BlurredHeads.About, BlurredHeads.Check, (q, k, h) => Weights(q, k, h, MathF.Sqrt(q.Columns / h)),
        new("the starter: root of d_model", (q, k, h) => Weights(q, k, h, MathF.Sqrt(q.Columns)), "the root of d_model"),
        new("no scale", (q, k, h) => Weights(q, k, h, 1), "The scale is gone"),
        new("root of the number of tokens", (q, k, h) => Weights(q, k, h, MathF.Sqrt(q.Rows)), "number of *tokens*"),
        new("d_model", (q, k, h) => Weights(q, k, h, q.Columns), "You divided by d."),
        new("no scale with several heads only", (q, k, h) => Weights(q, k, h, h == 1 ? MathF.Sqrt(24) : 1), "root of its own size"),
        new("root of the number of heads", (q, k, h) => Weights(q, k, h, h == 1 ? MathF.Sqrt(24) : MathF.Sqrt(h)), "*number* of heads"),
        new("size without root", (q, k, h) => Weights(q, k, h, h == 1 ? MathF.Sqrt(24) : q.Columns / h), "the size of a head, 4"),
        new("root of heads over size", (q, k, h) => Weights(q, k, h, h == 1 ? MathF.Sqrt(24) : q.Columns / h / MathF.Sqrt(h)), "wrong direction"),
        new("multiplies", (q, k, h) => Weights(q, k, h, h == 1 ? MathF.Sqrt(24) : 1 / MathF.Sqrt(q.Columns / h)), "multiplied by √4"),
        new("number of heads below the root", (q, k, h) => Weights(q, k, h, MathF.Sqrt(q.Columns) / h), "It is √6 that was too much"),
        new("number of heads twice", (q, k, h) => Weights(q, k, h, MathF.Sqrt(q.Columns * h)), "once more"),
        new("multiplies with one head", (q, k, h) => Weights(q, k, h, 1 / MathF.Sqrt(q.Columns)), "multiplied by √24"),
        new("softmax is gone", (q, k, h) => (q.MatMulTransposed(k) * (1 / MathF.Sqrt(q.Columns))).Reshape(1, q.Rows, k.Rows), "These are the scores"),
        new("sums all columns", (q, k, h) => Repeated(Weights(q, k, 1, MathF.Sqrt(q.Columns)), h), "all heads are the same"),
        new("every H-th column", (q, k, h) => Weights(q, k, h, MathF.Sqrt(q.Columns / h), interleaved: true), "wrong columns"),
        new("one head only right by chance", (q, k, h) => Weights(q, k, h, MathF.Sqrt(q.Columns + 1)), "Change only what depends"));

    [Fact]
    public void Check_UnusualAnswers_Pass() => Mutants.Accept<HeadWeights>(BlurredHeads.Check,
        (q, k, h) => ScaledDotProductAttention.Forward(Heads.Split(q, h), Heads.Split(k, h), Heads.Split(k, h))
            .Saved.Weights.Reshape(h, q.Rows, k.Rows),
        (q, k, h) => (Heads.Split(q, h).MatMulTransposed(Heads.Split(k, h)) * MathF.Pow(q.Columns / h, -0.5f)).Softmax()
            .Reshape(h, q.Rows, k.Rows),
        (q, k, h) => Weights(q, k, h, MathF.Sqrt(q.Columns) / MathF.Sqrt(h)),
        (q, k, h) => Weights(q * MathF.Pow((float)q.Columns / h, -0.25f), k * MathF.Pow((float)q.Columns / h, -0.25f), h, 1),
        (q, k, h) => Weights(q * (1 / MathF.Sqrt(q.Columns / h)), k, h, 1));

    private static Tensor Repeated(Tensor one, int times) =>
        new([.. Enumerable.Repeat(one.Values, times).SelectMany(w => w)], times, one.Shape[1], one.Shape[2]);

    private static Tensor Weights(Tensor queries, Tensor keys, int heads, float divisor, bool interleaved = false)
    {
        int size = queries.Columns / heads;
        Tensor weights = new(heads, queries.Rows, keys.Rows);
        for (int h = 0; h < heads; h++)
        {
            for (int i = 0; i < queries.Rows; i++)
            {
                Span<float> row = weights.Row(h * queries.Rows + i);
                for (int j = 0; j < keys.Rows; j++)
                {
                    for (int c = 0; c < size; c++)
                    {
                        int column = interleaved ? c * heads + h : h * size + c;
                        row[j] += queries[i, column] * keys[j, column] / divisor;
                    }
                }

                Softmax.Forward(row, row, 1, keys.Rows);
            }
        }

        return weights;
    }
}
