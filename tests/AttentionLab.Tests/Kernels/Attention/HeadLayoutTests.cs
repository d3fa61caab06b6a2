using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>Heads that share memory: read together, never written together.</summary>
public class HeadLayoutTests
{
    private const int Batch = 2, Heads = 3, Queries = 5, Keys = 7, Dim = 4;
    private static readonly AttendSizes Sizes = new(Batch, Heads, Queries, Keys, Dim, Dim);
    private static readonly HeadLayout QueryAt = HeadLayout.Split(Heads, Queries, Dim), KeyAt = HeadLayout.Split(Heads, Keys, Dim);

    /// <summary>One K and V for all heads of a sequence.</summary>
    private static readonly HeadLayout SharedAt = new(Dim, 0, Keys * Dim);

    public static TheoryData<int, int, int> Overlapping => new()
    {
        { Dim, 0, Keys * Dim }, { Dim, Keys * Dim, 0 }, { 0, Dim, Heads * Dim }, { Dim - 1, Keys * Dim, Heads * Keys * Dim },
        { Dim, Keys * Dim - 1, Heads * Keys * Dim }, { Dim, Keys * Dim, Heads * Keys * Dim - 1 },
    };

    [Fact]
    public void Forward_KeysSharedByAllHeads_EqualsCopies()
    {
        float[] q = Inputs.Gaussian(1, Batch * Heads * Queries * Dim), k = Inputs.Gaussian(2, Batch * Keys * Dim), v = Inputs.Gaussian(3, k.Length);
        float[] output = new float[q.Length], expected = new float[q.Length];
        FlashAttend.Forward(Shared(q, k, v), output, []);
        FlashAttend.Forward(AttendInput.Split<float>(q, Copies(k), Copies(v), Sizes, 0.5f), expected, []);
        Assert.Equal(expected, output);
        Attend.Forward(Shared(q, k, v), output, new float[Batch * Heads * Queries * Keys]);
        Compare.Close(output, expected, Tolerances.Chain, "materialised");
    }

    [Fact]
    public void Backward_KeysSharedByAllHeads_IsRefused()
    {
        float[] q = new float[Batch * Heads * Queries * Dim], k = new float[Batch * Keys * Dim], statistics = new float[2 * Batch * Heads * Queries];
        float[] weights = new float[Batch * Heads * Queries * Keys];
        Action[] backwards =
        [
            () => FlashAttend.Backward(Shared(q, k, k), q, statistics, q, To(q, k)),
            () => FlashAttend.BackwardReference(Shared(q, k, k), q, statistics, q, To(q, k)),
            () => Attend.Backward(Shared(q, k, k), weights, q, To(q, k)),
            () => Attend.BackwardReference(Shared(q, k, k), weights, q, To(q, k)),
            () => LinearAttend.Backward(Shared(q, k, k, 1), q, To(q, k)),
            () => LinearAttend.BackwardReference(Shared(q, k, k, 1), q, To(q, k)),
        ];
        Assert.All(backwards, backward => Assert.StartsWith("to.K is written, but its rows share numbers", Assert.Throws<ArgumentException>(backward).Message));
        static AttendGradients<float> To(float[] q, float[] k) => new() { Q = new float[q.Length], K = new float[k.Length], V = new float[k.Length] };
    }

    [Theory, MemberData(nameof(Overlapping))]
    public void Forward_OutputRowsShareNumbers_IsRefused(int row, int head, int batch)
    {
        float[] x = new float[Batch * Heads * Keys * Dim];
        var error = Assert.Throws<ArgumentException>(() => FlashAttend.Forward(
            AttendInput.Split<float>(x, x, x, new(Batch, Heads, Keys, Keys, Dim, Dim), 1), x, new HeadLayout(row, head, batch), []));
        Assert.StartsWith("output is written, but its rows share numbers", error.Message);
        Assert.Contains("HeadLayout.Split or Merged", error.Message);
    }

    [Theory]
    [InlineData(Dim, Keys * Dim, Heads * Keys * Dim), InlineData(Heads * Dim, Dim, Keys * Heads * Dim), InlineData(Batch * Heads * Dim, Dim, Heads * Dim)]
    public void Forward_OutputRowsApart_LieWhereTheLayoutSays(int row, int head, int batch)
    {
        float[] x = Inputs.Gaussian(4, Batch * Heads * Keys * Dim), expected = new float[x.Length], output = new float[x.Length];
        HeadLayout at = new(row, head, batch);
        FlashAttend.Forward(AttendInput.Split<float>(x, x, x, new(Batch, Heads, Keys, Keys, Dim, Dim), 1), expected, []);
        FlashAttend.Forward(AttendInput.Split<float>(x, x, x, new(Batch, Heads, Keys, Keys, Dim, Dim), 1), output, at, []);
        for (int i = 0; i < x.Length; i++)
        {
            int t = i / Dim % Keys, h = i / Dim / Keys % Heads, b = i / Dim / Keys / Heads;
            Assert.Equal(expected[i], output[at.At(b, h, t) + i % Dim]);
        }
    }

    [Fact]
    public void Forward_OneHeadOfOneSequence_NeedsNoStepsBetweenThem()
    {
        float[] x = Inputs.Gaussian(5, Keys * Dim), output = new float[x.Length], expected = new float[x.Length];
        FlashAttend.Forward(AttendInput.Split<float>(x, x, x, new(1, 1, Keys, Keys, Dim, Dim), 1), output, new HeadLayout(Dim, 0, 0), []);
        FlashAttend.Forward(AttendInput.Split<float>(x, x, x, new(1, 1, Keys, Keys, Dim, Dim), 1), expected, []);
        Assert.Equal(expected, output);
    }

    private static AttendInput<float> Shared(float[] q, float[] k, float[] v, float scale = 0.5f) =>
        new() { Q = new(q, QueryAt), K = new(k, SharedAt), V = new(v, SharedAt), Sizes = Sizes, Scale = scale };

    /// <summary>(B, T, D) → (B, H, T, D), the same for every head.</summary>
    private static float[] Copies(float[] k)
    {
        float[] copies = new float[Batch * Heads * Keys * Dim];
        for (int m = 0; m < Batch * Heads; m++)
        {
            k.AsSpan(m / Heads * Keys * Dim, Keys * Dim).CopyTo(copies.AsSpan(KeyAt.At(m / Heads, m % Heads, 0)));
        }

        return copies;
    }
}
