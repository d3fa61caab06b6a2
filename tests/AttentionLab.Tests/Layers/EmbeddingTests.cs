using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class EmbeddingTests
{
    public static TheoryData<string> Cases => Golden.Names("embedding");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("embedding", name);
        Embedding embedding = new((int)g.Number("rows"), (int)g.Number("channels"), new CounterRandom(1));
        g.Load(embedding.Parameters);
        Tensor y;
        Embedding.Saved saved;
        if (g.Shape("ids").Length == 2)
        {
            (y, saved) = embedding.Forward(g.Matrix("ids"));
        }
        else
        {
            (y, saved) = embedding.Forward(g.Integers("ids"));
        }

        g.Output("output", y);
        embedding.Backward(g.Input("d:output"), saved);
        g.Finish(embedding.Parameters);
    }

    [Fact]
    public void Backward_AgainstDifferences_Agrees()
    {
        Embedding embedding = new(5, 3, new CounterRandom(1));
        Embedding.Saved saved = default;
        LayerProof.Differences(
            [], embedding.Parameters, () =>
                { (Tensor y, saved) = embedding.Forward([4, 1, 4]); return y; }, dy => { embedding.Backward(dy, saved); return []; });
    }

    [Fact]
    public void Forward_UnknownNumber_NamesItsPlace() => Assert.Contains(
        "ids[2] is 9 but the table has rows 0 to 4",
        Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(5, 3, new CounterRandom(1)).Forward([0, 1, 9])).Message);
}
