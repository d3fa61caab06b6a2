using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class ReluTests
{
    private static readonly ElementwiseProof Proof = new(
        "relu",
        (x, y) => Relu.Forward(x, y),
        (x, dy, dx) => Relu.Backward(x, dy, dx),
        (x, y) => Relu.Reference<double>(x, y),
        (x, dy, dx) => Relu.BackwardReference<double>(x, dy, dx));

    public static TheoryData<string> Cases => [.. Golden.Names("activations").Where(row => row.Data.StartsWith("relu ", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name) => Proof.AgreesWithPyTorch(Golden.Read("activations", name));

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void ForwardAndBackward_AwkwardLength_AgreeWithReference(int n) => Proof.AgreesWithReference(n);

    [Fact]
    public void BackwardReference_AgainstDifferences_Agrees() => Proof.AgreesWithDifferences();

    [Fact]
    public void Forward_NaN_StaysNaN() => ElementwiseProof.KeepsNaN((x, y) => Relu.Forward(x, y));

    [Fact]
    public void ForwardAndBackward_Extremes_AreExact()
    {
        float[] y = new float[4], dx = new float[4];
        Relu.Forward([float.NegativeInfinity, float.PositiveInfinity, 0, -1], y);
        Relu.Backward([float.NegativeInfinity, float.PositiveInfinity, 0, -1], [1, 2, 3, 4], dx);
        Assert.Equal([0, float.PositiveInfinity, 0, 0], y);
        Assert.Equal([0, 2, 0, 0], dx);
    }

    [Fact]
    public void ForwardAndBackward_LengthsDiffer_Throw()
    {
        Assert.Throws<ArgumentException>(() => Relu.Forward(new float[2], new float[3]));
        Assert.Throws<ArgumentException>(() => Relu.Backward(new float[2], new float[3], new float[2]));
    }
}
