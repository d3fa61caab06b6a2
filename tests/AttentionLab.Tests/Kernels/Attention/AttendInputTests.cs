using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class AttendInputTests
{
    private const int Batch = 2, Heads = 3, Tokens = 4, Dim = 2, Pairs = Tokens * Tokens;

    /// <summary>Three lengths of a bias are legal; its gradient has the one that the bias has.</summary>
    public static TheoryData<int, int> OtherLengths => new()
    {
        { Pairs, Heads * Pairs }, { Pairs, Batch * Heads * Pairs }, { Heads * Pairs, Pairs }, { Heads * Pairs, Batch * Heads * Pairs },
        { Batch * Heads * Pairs, Pairs }, { Batch * Heads * Pairs, Heads * Pairs },
    };

    [Theory, MemberData(nameof(OtherLengths))]
    public void Backward_GradientOfTheBiasHasAnotherLength_NamesBoth(int bias, int gradient)
    {
        float[] x = new float[Batch * Heads * Tokens * Dim], statistics = new float[2 * Batch * Heads * Tokens], weights = new float[Batch * Heads * Pairs];
        Action[] backwards =
        [
            () => FlashAttend.Backward(Input(x, bias), x, statistics, x, To(gradient)),
            () => FlashAttend.BackwardReference(Input(x, bias), x, statistics, x, To(gradient)),
            () => Attend.Backward(Input(x, bias), weights, x, To(gradient)),
            () => Attend.BackwardReference(Input(x, bias), weights, x, To(gradient)),
        ];
        Assert.All(backwards, backward => Assert.StartsWith(
            $"to.Bias holds {gradient} numbers but bias holds {bias}: ", Assert.Throws<ArgumentException>(backward).Message));
    }

    [Theory, InlineData(Pairs), InlineData(Heads * Pairs), InlineData(Batch * Heads * Pairs)]
    public void Backward_GradientOfTheBias_IsAddedWhereTheBiasLies(int length)
    {
        // A room of the right length in the middle of a longer array: what is written beside it shows.
        float[] x = Inputs.Gaussian(1, Batch * Heads * Tokens * Dim), bias = Inputs.Gaussian(2, length), output = new float[x.Length];
        float[] statistics = new float[2 * Batch * Heads * Tokens], weights = new float[Batch * Heads * Pairs];
        float[] fused = new float[3 * Batch * Heads * Pairs], materialised = new float[fused.Length], dx = new float[3 * x.Length];
        AttendInput<float> input = AttendInput.Split<float>(x, x, x, new(Batch, Heads, Tokens, Tokens, Dim, Dim), 0.5f, default, bias);
        FlashAttend.Forward(input, output, statistics);
        FlashAttend.Backward(input, output, statistics, x, Into(fused));
        Attend.Forward(input, output, weights);
        Attend.Backward(input, weights, x, Into(materialised));
        Compare.Close(fused, materialised, Tolerances.Chain, "∂L/∂bias");
        Assert.Contains(fused.AsSpan(Batch * Heads * Pairs, length).ToArray(), g => g != 0);
        Assert.All(fused[..(Batch * Heads * Pairs)].Concat(fused[(Batch * Heads * Pairs + length)..]), g => Assert.Equal(0, g));

        AttendGradients<float> Into(float[] room) => new()
        {
            Q = dx.AsSpan(0, x.Length),
            K = dx.AsSpan(x.Length, x.Length),
            V = dx.AsSpan(2 * x.Length),
            Bias = room.AsSpan(Batch * Heads * Pairs, length),
        };
    }

    private static AttendInput<float> Input(float[] x, int bias) =>
        AttendInput.Split<float>(x, x, x, new(Batch, Heads, Tokens, Tokens, Dim, Dim), 1, default, new float[bias]);

    private static AttendGradients<float> To(int bias)
    {
        int length = Batch * Heads * Tokens * Dim;
        return new() { Q = new float[length], K = new float[length], V = new float[length], Bias = new float[bias] };
    }
}
