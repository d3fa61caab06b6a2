using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class S2Tests
{
    public static TheoryData<string> Cases => Golden.Names("s2");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("s2", name);
        Tensor dy = g.Input("d:output");
        switch (g.Text("kind"))
        {
            case "shift":
                g.Output("output", SpatialShift.Forward(g.Input("x"), g.Flag("first")));
                g.Gradient("x", SpatialShift.Backward(dy, g.Flag("first")));
                g.Done();
                break;
            case "split":
                SplitAttention split = new(7, new CounterRandom(1), pooling: Enum.Parse<SplitPooling>(g.Text("pooling")!));
                g.Load(split.Parameters);
                (Tensor y, SplitAttention.Saved saved) = split.Forward([g.Input("x0"), g.Input("x1"), g.Input("x2")]);
                g.Output("output", y);
                g.Output("weights", saved.Weights);
                IReadOnlyList<Tensor> dx = split.Backward(dy, saved);
                for (int k = 0; k < 3; k++)
                {
                    g.Gradient($"x{k}", dx[k]);
                }

                g.Finish(split.Parameters);
                break;
            default:
                S2Block block = new(9, new CounterRandom(1), Enum.Parse<SplitPooling>(g.Text("pooling")!));
                g.Load(block.Parameters);
                (Tensor z, S2Block.Saved kept) = block.Forward(g.Input("x"));
                g.Output("output", z);
                g.Output("weights", kept.Split.Weights);
                g.Gradient("x", block.Backward(dy, kept));
                g.Finish(block.Parameters);
                break;
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void ShiftBackward_AgainstDifferences_Agrees(bool first)
    {
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 1, 3, 2, 4);
        LayerProof.Differences([x], [], () => SpatialShift.Forward(x, first), dy => [SpatialShift.Backward(dy, first)]);
    }

    [Theory, InlineData(SplitPooling.Mean), InlineData(SplitPooling.Sum)]
    public void BlockBackward_AgainstDifferences_Agrees(SplitPooling pooling)
    {
        S2Block block = new(4, new CounterRandom(1), pooling);
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 0.5, 1, 2, 3, 4);
        S2Block.Saved saved = default;
        LayerProof.Differences([x], block.Parameters, () => { (Tensor y, saved) = block.Forward(x); return y; }, dy => [block.Backward(dy, saved)]);
    }

    [Fact]
    public void Shift_EachGroup_MovesOnePlaceOnce_AndTheBorderKeepsItsValue()
    {
        Tensor x = new(1, 3, 3, 4);
        for (int i = 0; i < 9; i++)
        {
            x.Row(i).Fill(i);
        }

        float[] Channel(Tensor y, int c) => [.. Enumerable.Range(0, 9).Select(i => y.Row(i)[c])];
        float[] down = [0, 1, 2, 0, 1, 2, 3, 4, 5], up = [3, 4, 5, 6, 7, 8, 6, 7, 8], right = [0, 0, 1, 3, 3, 4, 6, 6, 7], left = [1, 2, 2, 4, 5, 5, 7, 8, 8];
        Tensor one = SpatialShift.Forward(x), two = SpatialShift.Forward(x, firstAxisFirst: false);
        Assert.Equal([down, up, right, left], Enumerable.Range(0, 4).Select(c => Channel(one, c)));
        Assert.Equal([right, left, down, up], Enumerable.Range(0, 4).Select(c => Channel(two, c)));
    }

    [Fact]
    public void SplitAttention_EnlargedImage_MeanKeepsItsWeights_SumSaturates()
    {
        Tensor small = Tensor.Gaussian(new CounterRandom(2), 1, 1, 2, 2, 8), large = new(1, 14, 14, 8);
        for (int i = 0; i < 14; i++)
        {
            for (int j = 0; j < 14; j++)
            {
                small.Row(i / 7 * 2 + j / 7).CopyTo(large.Row(i * 14 + j));
            }
        }

        foreach (SplitPooling pooling in Enum.GetValues<SplitPooling>())
        {
            SplitAttention split = new(8, new CounterRandom(1), pooling: pooling);
            Tensor Weights(Tensor image) => split.Forward([image, SpatialShift.Forward(image), image]).Saved.Weights;
            float[] before = Weights(small).Values, after = Weights(large).Values;
            if (pooling == SplitPooling.Mean)
            {
                // The shifted branch has another border, hence not exactly equal.
                Assert.True(before.Zip(after, (a, b) => Math.Abs(a - b)).Max() < 0.25f);
            }
            else
            {
                Assert.True(after.Max() > 0.99f, "the sum over 49 times the places drives the softmax into a corner");
            }
        }
    }
}
