using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class LayerNormTests
{
    public static TheoryData<string> Cases => Golden.Names("layernorm");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("layernorm", name);
        LayerNorm norm = new((int)g.Number("channels"), (float)g.Number("epsilon"));
        g.Load(norm.Parameters);
        (Tensor y, LayerNorm.Saved saved) = norm.Forward(g.Input("x"));
        g.Output("output", y);
        g.Gradient("x", norm.Backward(g.Input("d:output"), saved));
        g.Finish(norm.Parameters);
    }

    [Fact]
    public void Backward_AgainstDifferences_Agrees()
    {
        LayerNorm norm = new(7);
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 3, 7);
        LayerNorm.Saved saved = default;
        LayerProof.Differences([x], norm.Parameters, () => { (Tensor y, saved) = norm.Forward(x); return y; }, dy => [norm.Backward(dy, saved)]);
    }

    [Fact]
    public void Forward_FreshLayer_EveryRowHasMeanZeroAndVarianceOne()
    {
        LayerNorm norm = new(33);
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 5, 4, 33), y = norm.Forward(x).Y;
        for (int r = 0; r < 4; r++)
        {
            float[] row = y.Row(r).ToArray();
            Assert.Equal(0, row.Average(), 1e-5f);
            Assert.Equal(1, row.Average(v => v * v), 1e-4f);
        }
    }

    [Fact]
    public void Forward_RowsOfABatch_DoNotInfluenceEachOther()
    {
        LayerNorm norm = new(8);
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 3, 8), before = norm.Forward(x).Y;
        x.Row(1).Fill(50);
        Assert.True(before.Row(2).SequenceEqual(norm.Forward(x).Y.Row(2)));
    }

    [Fact]
    public void Forward_WrongWidth_NamesBothSidesAndTheFix() => Assert.Contains(
        "x is (3, 7) but LayerNorm expects (…, 8): build it with channels: 7",
        Assert.Throws<ArgumentException>(() => new LayerNorm(8).Forward(new Tensor(3, 7))).Message);
}
