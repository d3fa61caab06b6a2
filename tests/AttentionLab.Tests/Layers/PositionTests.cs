using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class PositionTests
{
    public static TheoryData<string> Cases => Golden.Names("positions");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("positions", name);
        Tensor x = g.Input("x"), dy = g.Input("d:output");
        int start = (int)g.Number("start", 0);
        switch (g.Text("kind"))
        {
            case "sinusoidal":
                g.Output("output", new SinusoidalPositions(x.Columns, 64).Forward(x, start));
                g.Gradient("x", dy);
                g.Done();
                break;
            case "learned":
                LearnedPositions learned = new(11, x.Columns, new CounterRandom(1));
                g.Load(learned.Parameters);
                (Tensor y, LearnedPositions.Saved saved) = learned.Forward(x, start);
                g.Output("output", y);
                g.Gradient("x", learned.Backward(dy, saved));
                g.Finish(learned.Parameters);
                break;
            default:
                RotaryPositions rotary = new(x.Columns, 64);
                rotary.Rotate(x);
                g.Output("output", x);
                rotary.RotateBack(dy);
                g.Gradient("x", dy);
                g.Done();
                break;
        }
    }

    [Fact]
    public void LearnedBackward_AgainstDifferences_Agrees()
    {
        LearnedPositions learned = new(5, 3, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 2, 3, 3);
        LearnedPositions.Saved saved = default;
        LayerProof.Differences([x], learned.Parameters, () => { (Tensor y, saved) = learned.Forward(x, 1); return y; }, dy => [learned.Backward(dy, saved)]);
    }

    [Fact]
    public void Sinusoidal_AnyPosition_HasSquaredNormHalfTheWidth_AndProductsThatDependOnDistanceOnly()
    {
        Tensor table = new SinusoidalPositions(64, 200).Table;
        for (int p = 0; p < 180; p += 13)
        {
            Assert.Equal(32, Dot.Forward(table.Row(p), table.Row(p)), 1e-3f);
            Assert.Equal(Dot.Forward(table.Row(0), table.Row(7)), Dot.Forward(table.Row(p), table.Row(p + 7)), 1e-3f);
            Assert.Equal(Dot.Forward(table.Row(p), table.Row(p + 7)), Dot.Forward(table.Row(p + 7), table.Row(p)), 1e-6f);
        }
    }

    [Fact]
    public void Rotate_QueryAndKeyMovedTogether_KeepTheirProduct()
    {
        RotaryPositions rotary = new(16, 100);
        Tensor q = new(Inputs.Gaussian(1, 16), 1, 16), k = new(Inputs.Gaussian(2, 16), 1, 16);
        float Product(int at, int other)
        {
            (Tensor a, Tensor b) = (q.Copy(), k.Copy());
            rotary.Rotate(a, at);
            rotary.Rotate(b, other);
            return Dot.Forward(a.Span, b.Span);
        }

        Assert.Equal(Product(0, 5), Product(60, 65), 1e-4f);
        Assert.NotEqual(Product(0, 5), Product(5, 0), 1e-2f);
    }

    [Fact]
    public void AlibiSlopes_AsTheAuthorsPublishThem()
    {
        Assert.Equal([0.5f, 0.25f, 0.125f, 0.0625f, 0.03125f, 0.015625f, 0.0078125f, 0.00390625f], Alibi.Slopes(8));

        // Twelve heads: those of eight, then every second of sixteen (get_slopes of the authors' repository).
        Assert.Equal(Alibi.Slopes(8), Alibi.Slopes(12)[..8]);
        Compare.Close(Alibi.Slopes(12).AsSpan(8), Enumerable.Range(0, 4).Select(i => (float)Math.Pow(2, -0.5 * (2 * i + 1))).ToArray(), 1e-6, "last four");
    }

    [Fact]
    public void AlibiBias_SingleQueryOfACache_EqualsTheLastRow()
    {
        Tensor whole = Alibi.Bias(2, 6, 6), last = Alibi.Bias(2, 1, 6);
        Assert.True(whole.Row(5).SequenceEqual(last.Row(0)));
        Assert.True(whole.Row(11).SequenceEqual(last.Row(1)));
    }

    [Fact]
    public void Forward_BeyondTheTable_NamesTheFix()
    {
        string message = Assert.Throws<ArgumentException>(() => new SinusoidalPositions(4, 8).Forward(new Tensor(6, 4), 3)).Message;
        Assert.Contains("positions 3 to 8 are asked for but SinusoidalPositions holds 0 to 7: build it with capacity: 9", message);
        Assert.Contains("capacity: 9", Assert.Throws<ArgumentException>(() => new RotaryPositions(4, 8).Rotate(new Tensor(6, 4), 3)).Message);
    }

    [Theory, InlineData(5), InlineData(int.MaxValue)]
    public void Forward_StartBeyondTheTable_NamesTheFixWithoutOverflow(int start)
    {
        Tensor x = new(6, 4);
        Action[] calls =
        [
            () => new SinusoidalPositions(4, 8).Forward(x, start), () => new LearnedPositions(8, 4, new CounterRandom(1)).Forward(x, start),
            () => new RotaryPositions(4, 8).Rotate(x, start)
        ];
        Assert.All(calls, call => Assert.Contains($"build it with capacity: {start + 6L}", Assert.Throws<ArgumentException>(call).Message));
    }

    [Theory, InlineData(0), InlineData(-10), InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void New_AngleBaseThatIsNone_IsRefused(double angleBase)
    {
        Func<object>[] layers = [() => new SinusoidalPositions(4, 2, angleBase), () => new RotaryPositions(4, 2, angleBase)];
        Assert.All(layers, make => Assert.Contains("angleBase is", Assert.Throws<ArgumentOutOfRangeException>(make).Message));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rotate.Angles(new float[4], new float[4], 2, 4, angleBase));
    }
}
