using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Tests.Layers;
using AttentionLab.Training;

namespace AttentionLab.Tests.Models;

public class RelativesTests
{
    [Fact]
    public void FactorizationMachine_AgainstPyTorch_Agrees()
    {
        Golden g = Golden.Read("relatives", "factorisation machine");
        FactorizationMachine model = new(7, 4, new CounterRandom(1));
        g.Load(model.Parameters);
        (Tensor y, FactorizationMachine.Saved saved) = model.Forward(g.Input("x"));
        g.Output("output", y);
        g.Gradient("x", model.Backward(g.Input("d:output"), saved));
        g.Finish(model.Parameters);
    }

    [Fact]
    public void FactorizationMachineBackward_AgainstDifferences_Agrees()
    {
        FactorizationMachine model = new(4, 3, new CounterRandom(1), deviation: 1);
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 2, 4);
        FactorizationMachine.Saved saved = default;
        LayerProof.Differences([x], model.Parameters, () => { (Tensor y, saved) = model.Forward(x); return y; }, dy => [model.Backward(dy, saved)]);
    }

    [Theory, InlineData("target attention"), InlineData("target attention, padded")]
    public void TargetAttention_AgainstPyTorch_Agrees(string name)
    {
        Golden g = Golden.Read("relatives", name);
        TargetAttention model = new(5, 6, new CounterRandom(1));
        g.Load(model.Parameters);
        (Tensor y, TargetAttention.Saved saved) = model.Forward(g.Input("history"), g.Input("candidate"), g.Has("keys") ? g.Truths("keys") : null);
        g.Output("output", y);
        (Tensor dHistory, Tensor dCandidate) = model.Backward(g.Input("d:output"), saved);
        g.Gradient("history", dHistory);
        g.Gradient("candidate", dCandidate);
        g.Finish(model.Parameters);
    }

    [Fact]
    public void TargetAttentionBackward_AgainstDifferences_Agrees()
    {
        TargetAttention model = new(3, 5, new CounterRandom(1));
        Tensor history = Tensor.Gaussian(new CounterRandom(2), 1, 2, 3, 3), candidate = Tensor.Gaussian(new CounterRandom(3), 1, 2, 3);
        TargetAttention.Saved saved = default;
        LayerProof.Differences(
            [history, candidate], model.Parameters,
            () => { (Tensor y, saved) = model.Forward(history, candidate, new[,] { { true, true, false }, { true, true, true } }); return y; },
            dy => { (Tensor dHistory, Tensor dCandidate) = model.Backward(dy, saved); return [dHistory, dCandidate]; });
    }

    [Fact]
    public void SkipGramBackward_AgainstDifferences_Agrees()
    {
        SkipGram model = new(4, 3, new CounterRandom(1));
        new CounterRandom(2).FillGaussian(model.Words.Value.Span);
        new CounterRandom(3).FillGaussian(model.Neighbours.Value.Span);
        SkipGram.Saved saved = default;
        LayerProof.Differences(
            [], model.Parameters,
            () => { (float loss, saved) = model.Forward([0, 3, 0], [1, 2, 2], new[,] { { 2, 2 }, { 0, 1 }, { 3, 1 } }); return Tensor.Vector(loss); },
            dy => { model.Backward(saved, dy[0]); return []; });
    }

    [Fact]
    public void TargetAttention_PaddedHistory_HasNoInfluence()
    {
        TargetAttention model = new(4, 8, new CounterRandom(1));
        Tensor history = Tensor.Gaussian(new CounterRandom(2), 1, 1, 3, 4), candidate = Tensor.Gaussian(new CounterRandom(3), 1, 1, 4);
        bool[,] visible = { { true, true, false } };
        Tensor before = model.Forward(history, candidate, visible).Y;
        history.Row(2).Fill(1e3f);
        Compare.Same(model.Forward(history, candidate, visible).Y.Span, before.Span, "y");
    }

    [Fact]
    public void SkipGram_AgainstPyTorch_Agrees()
    {
        Golden g = Golden.Read("relatives", "skip-gram");
        SkipGram model = new(9, 5, new CounterRandom(1));
        g.Load(model.Parameters);
        (float loss, SkipGram.Saved saved) = model.Forward(g.Integers("centres"), g.Integers("others"), g.Matrix("negatives"));
        g.Output("loss", loss);
        model.Backward(saved);
        g.Finish(model.Parameters);
    }

    [Fact]
    public void SkipGramTrain_OnePair_IsAStepAgainstTheGradient()
    {
        SkipGram one = new(9, 5, new CounterRandom(1)), other = new(9, 5, new CounterRandom(1));
        new CounterRandom(2).FillGaussian(one.Neighbours.Value.Span);
        one.Neighbours.Value.Span.CopyTo(other.Neighbours.Value.Span);
        float loss = one.Train(3, 4, [5, 7, 5], 0.1f);
        (float expected, SkipGram.Saved saved) = other.Forward([3], [4], new[,] { { 5, 7, 5 } });
        other.Backward(saved);
        new Sgd(other.Parameters, 0.1).Step();

        // Word 5 is drawn twice: in place its second draw already sees the first step, a difference of order η².
        Compare.Close(one.Words.Value, other.Words.Value, 0.02, "words");
        Compare.Close(one.Neighbours.Value, other.Neighbours.Value, 0.02, "neighbours");
        Assert.Equal(expected, loss, 0.01f);
        Assert.True(other.Forward([3], [4], new[,] { { 5, 7, 5 } }).Loss < expected);
    }

    [Fact]
    public void SkipGramTrain_NeighbourDrawnAsNegative_IsSkipped()
    {
        SkipGram one = new(9, 5, new CounterRandom(1)), other = new(9, 5, new CounterRandom(1));
        Assert.Equal(one.Train(3, 4, [5, 7], 0.1f), other.Train(3, 4, [4, 5, 4, 7], 0.1f));
        Compare.Same(other.Words.Value.Span, one.Words.Value.Span, "words");
        Compare.Same(other.Neighbours.Value.Span, one.Neighbours.Value.Span, "neighbours");
    }

    [Fact]
    public void SkipGram_UnknownWord_IsRefused() => Assert.Contains(
        "word 9 is not in the vocabulary of 0 to 8",
        Assert.Throws<ArgumentOutOfRangeException>(() => new SkipGram(9, 5, new CounterRandom(1)).Train(9, 0, [1], 0.1f)).Message);

    [Theory, InlineData("squared error"), InlineData("binary cross-entropy")]
    public void ElementLosses_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("relatives", name);
        Tensor y = g.Input("y"), target = g.Input("target");
        (float loss, ElementLoss saved) = name == "squared error" ? SquaredErrorLoss.Forward(y, target) : BinaryCrossEntropyLoss.Forward(y, target);
        g.Output("loss", loss);
        g.Gradient("y", name == "squared error" ? SquaredErrorLoss.Backward(saved) : BinaryCrossEntropyLoss.Backward(saved));
        g.Done();
    }

    [Fact]
    public void BinaryCrossEntropy_ConfidentMistake_StaysFinite()
    {
        (float loss, ElementLoss saved) = BinaryCrossEntropyLoss.Forward(Tensor.Vector(1000, -1000), Tensor.Vector(0, 1));
        Assert.Equal(1000, loss);
        Assert.Equal([0.5f, -0.5f], BinaryCrossEntropyLoss.Backward(saved).Values);
    }
}
