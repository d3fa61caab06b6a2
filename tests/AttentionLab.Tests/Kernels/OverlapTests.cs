using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>Spans that share memory: where a parameter says "may be the memory of", the result is the same bit by bit; elsewhere it is refused.</summary>
public class OverlapTests
{
    private const int Rows = 5, Columns = 37, Length = Rows * Columns;

    private static readonly float[] Other = Inputs.Gaussian(7, Length), Row = Inputs.Gaussian(8, Columns), Means = Inputs.Gaussian(9, Rows);
    private static readonly float[] Halves = Inputs.Gaussian(10, Rows * (Columns - 1) / 2);
    private static readonly int[] Targets = [1, 0, CrossEntropy.Ignored, 36, 2];

    /// <summary>From the span that is read to the span that is written, which may be the same.</summary>
    private delegate void Step(ReadOnlySpan<float> x, Span<float> y);

    private static readonly Dictionary<string, Step> InPlace = new()
    {
        ["gelu"] = (x, y) => Gelu.Forward(x, y),
        ["gelu reference"] = (x, y) => Gelu.Reference(x, y),
        ["gelu backward"] = (dy, dx) => Gelu.Backward(Other, dy, dx),
        ["gelu backward reference"] = (dy, dx) => Gelu.BackwardReference(Other, dy, dx),
        ["relu"] = (x, y) => Relu.Forward(x, y),
        ["relu reference"] = (x, y) => Relu.Reference(x, y),
        ["relu backward"] = (dy, dx) => Relu.Backward(Other, dy, dx),
        ["relu backward reference"] = (dy, dx) => Relu.BackwardReference(Other, dy, dx),
        ["exp"] = (x, y) => Exp.Forward(x, y),
        ["exp reference"] = (x, y) => Exp.Reference(x, y),
        ["softmax"] = (x, y) => Softmax.Forward(x, y, Rows, Columns),
        ["softmax reference"] = (x, y) => Softmax.Reference(x, y, Rows, Columns),
        ["softmax backward"] = (dy, dx) => Softmax.Backward(Other, dy, dx, Rows, Columns),
        ["softmax backward reference"] = (dy, dx) => Softmax.BackwardReference(Other, dy, dx, Rows, Columns),
        ["masked softmax"] = (x, y) => MaskedSoftmax.Forward(x, y, Rows, Columns, 0.3f, new() { Causal = true }, Other),
        ["masked softmax reference"] = (x, y) => MaskedSoftmax.Reference(x, y, Rows, Columns, 0.3f, new() { Causal = true }, Other),
        ["masked softmax backward"] = (dy, dx) => MaskedSoftmax.Backward(Other, dy, dx, Rows, Columns, 0.3f),
        ["masked softmax backward reference"] = (dy, dx) => MaskedSoftmax.BackwardReference(Other, dy, dx, Rows, Columns, 0.3f),
        ["log-sum-exp backward"] = (x, dx) => LogSumExp.Backward(x, Means, Means, dx, Rows, Columns),
        ["log-sum-exp backward reference"] = (x, dx) => LogSumExp.BackwardReference(x, Means, Means, dx, Rows, Columns),
        ["cross-entropy backward"] = (x, dx) => CrossEntropy.Backward(x, Targets, 1, dx, Rows, Columns, 0.1f),
        ["cross-entropy both"] = (x, dx) => CrossEntropy.ForwardBackward(x, Targets, 1, dx, Rows, Columns, 0.1f),
        ["cross-entropy backward reference"] = (x, dx) => CrossEntropy.BackwardReference(x, Targets, 1, dx, Rows, Columns, 0.1f),
        ["normalize"] = (x, y) => Normalize.Forward(x, Row, Row, y, [], [], Columns),
        ["normalize reference"] = (x, y) => Normalize.Reference(x, Row, Row, y, [], [], Columns, 1e-5f),
        ["normalize backward"] = (dy, dx) => Normalize.Backward(Other, Row, Means, Means, dy, dx, new float[Columns], new float[Columns]),
        ["normalize backward reference"] = (dy, dx) =>
            Normalize.BackwardReference(Other, Row, Means, Means, dy, dx, new float[Columns], new float[Columns]),
        ["rms"] = (x, y) => RmsNormalize.Forward(x, Row, y, [], Rows, Columns),
        ["rms reference"] = (x, y) => RmsNormalize.Reference(x, Row, y, [], Rows, Columns, 1e-5f),
        ["rms backward"] = (dy, dx) => RmsNormalize.Backward(Other, Row, Means, dy, dx, new float[Columns], Rows, Columns),
        ["rms backward reference"] = (dy, dx) => RmsNormalize.BackwardReference(Other, Row, Means, dy, dx, new float[Columns], Rows, Columns),
        ["batch"] = (x, y) => BatchNormalize.Reference(x, Row, Row, y, new float[Columns], new float[Columns], Columns, 1e-5f),
        ["batch backward"] = (dy, dx) => BatchNormalize.BackwardReference(Other, Row, Row, Row, dy, dx, new float[Columns], new float[Columns]),
        ["multiply, left"] = (x, y) => Multiply.Forward(x, Other, y),
        ["multiply, right"] = (x, y) => Multiply.Forward(Other, x, y),
        ["scale"] = (x, y) => Multiply.Scale(x, 1.7f, y),
        ["scale in double"] = (x, y) => Multiply.ScaleInDouble(x, 1.7, y),
        ["drop"] = (x, y) => Drop.Forward(x, y, 0.4, new CounterRandom(3)),
        ["drop reference"] = (x, y) => Drop.Reference(x, y, 0.4, new CounterRandom(3)),
        ["rotate"] = (x, y) => Rotate.Forward(x[..(Rows * 36)], Halves, Halves, y[..(Rows * 36)], Rows, 36),
        ["rotate reference"] = (x, y) => Rotate.Reference(x[..(Rows * 36)], Halves, Halves, y[..(Rows * 36)], Rows, 36),
        ["rotate backward"] = (dy, dx) => Rotate.Backward(dy[..(Rows * 36)], Halves, Halves, dx[..(Rows * 36)], Rows, 36),
        ["rotate backward reference"] = (dy, dx) => Rotate.BackwardReference(dy[..(Rows * 36)], Halves, Halves, dx[..(Rows * 36)], Rows, 36),
        ["unit"] = (x, y) => CosineSimilarity.Unit(x, y),
        ["cosine backward, a"] = (a, da) => CosineSimilarity.Backward(a, Other, 0.7f, da, new float[Length]),
        ["cosine backward, b"] = (b, db) => CosineSimilarity.Backward(Other, b, 0.7f, new float[Length], db),
        ["cosine backward reference, a"] = (a, da) => CosineSimilarity.BackwardReference(a, Other, 0.7f, da, new float[Length]),
        ["cosine backward reference, b"] = (b, db) => CosineSimilarity.BackwardReference(Other, b, 0.7f, new float[Length], db),
    };

    /// <summary>Called with memory in which the span <c>written</c> begins behind the start of the span <c>read</c>.</summary>
    private delegate void Shared(float[] memory);

    private static readonly Dictionary<string, (string Names, Shared Call)> Refused = new()
    {
        ["product, a"] = ("c and a", m => MatMul.Forward(m.AsSpan(0, 6), new float[6], m.AsSpan(5, 4), 2, 3, 2)),
        ["product, b"] = ("c and b", m => MatMul.Forward(new float[6], m.AsSpan(0, 6), m.AsSpan(5, 4), 2, 3, 2)),
        ["product reference"] = ("c and a", m => MatMul.Reference<float>(m.AsSpan(0, 6), new float[6], m.AsSpan(5, 4), 2, 3, 2)),
        ["product and bias"] = ("c and a", m => MatMul.Forward(m.AsSpan(0, 6), new float[6], m.AsSpan(5, 4), 2, 3, 2, new Epilogue { Bias = new float[2] })),
        ["packed product"] = ("c and a", m => MatMul.Forward(m.AsSpan(0, 6), new PackedMatrix(new float[6], 3, 2), m.AsSpan(5, 4), 2)),
        ["product NT"] = ("c and b", m => MatMul.ForwardNT(new float[6], m.AsSpan(0, 6), m.AsSpan(5, 4), 2, 3, 2)),
        ["product NT reference"] = ("c and b", m => MatMul.ReferenceNT<float>(new float[6], m.AsSpan(0, 6), m.AsSpan(5, 4), 2, 3, 2)),
        ["product TN"] = ("c and a", m => MatMul.ForwardTN(m.AsSpan(0, 6), new float[6], m.AsSpan(5, 4), 2, 3, 2)),
        ["product TN reference"] = ("c and a", m => MatMul.ReferenceTN<float>(m.AsSpan(0, 6), new float[6], m.AsSpan(5, 4), 2, 3, 2)),
        ["product backward"] = ("da and a", m => MatMul.Backward(m.AsSpan(0, 6), new float[6], new float[4], m.AsSpan(5, 6), new float[6], 2, 3, 2)),
        ["product backward reference"] = (
            "db and da", m => MatMul.BackwardReference<float>(new float[6], new float[6], new float[4], m.AsSpan(0, 6), m.AsSpan(5, 6), 2, 3, 2)),
        ["gather"] = ("y and table", m => Gather.Forward(m.AsSpan(0, 6), [0, 1], m.AsSpan(5, 6), 3)),
        ["gather reference"] = ("y and table", m => Gather.Reference<float>(m.AsSpan(0, 6), [0, 1], m.AsSpan(5, 6), 3)),
        ["gather backward"] = ("dTable and dy", m => Gather.Backward(m.AsSpan(0, 6), [0, 1], m.AsSpan(5, 6), 3)),
        ["gather backward reference"] = ("dTable and dy", m => Gather.BackwardReference<float>(m.AsSpan(0, 6), [0, 1], m.AsSpan(5, 6), 3)),
        ["log-sum-exp"] = ("y and x", m => LogSumExp.Forward(m.AsSpan(0, 6), m.AsSpan(5, 2), 2, 3)),
        ["log-sum-exp reference"] = ("y and x", m => LogSumExp.Reference<float>(m.AsSpan(0, 6), m.AsSpan(5, 2), 2, 3)),
        ["sum of rows"] = ("y and x", m => Reduce.AddRows(m.AsSpan(0, 6), m.AsSpan(5, 3), 2, 3)),
        ["dot backward"] = ("da and a", m => Dot.Backward(m.AsSpan(0, 6), new float[6], 1, m.AsSpan(5, 6), new float[6])),
        ["dot backward reference"] = ("da and db", m => Dot.BackwardReference<float>(new float[6], new float[6], 1, m.AsSpan(0, 6), m.AsSpan(5, 6))),
        ["cosines"] = ("c and a", m => CosineSimilarity.Pairs(m.AsSpan(0, 6), new float[6], m.AsSpan(5, 4), 2, 3, 2)),
        ["cosines reference"] = ("c and b", m => CosineSimilarity.PairsReference<float>(new float[6], m.AsSpan(0, 6), m.AsSpan(5, 4), 2, 3, 2)),
        ["adam"] = ("value and gradient", m => AdamStep.Forward(m.AsSpan(0, 6), m.AsSpan(5, 6), new float[6], new float[6], Rates)),
        ["adam reference"] = ("mean and square", m => AdamStep.Reference<float>(new float[6], new float[6], m.AsSpan(0, 6), m.AsSpan(5, 6), Rates)),
        ["negative sampling"] = ("v and table", m => NegativeSampling.Forward(m.AsSpan(0, 3), m.AsSpan(2, 6), [0, 1], 0.1f, new float[3])),
        ["negative sampling reference"] = (
            "step and v", m => NegativeSampling.Reference<float>(m.AsSpan(0, 3), new float[6], [0, 1], 0.1f, m.AsSpan(2, 3))),
        ["attention, output"] = ("output and q", m => Attend.Forward(Input(m), m.AsSpan(5, 6), new float[9])),
        ["attention, weights"] = ("weights and q", m => Attend.Forward(Input(m), new float[6], m.AsSpan(5, 9))),
        ["attention reference"] = ("weights and output", m => Attend.Reference(Input(new float[6]), m.AsSpan(0, 6), m.AsSpan(5, 9))),
        ["attention backward"] = ("to.Q and q", m => Attend.Backward(Input(m), new float[9], new float[6], To(m))),
        ["attention backward reference"] = ("to.Q and weights", m => Attend.BackwardReference(Input(new float[6]), m.AsSpan(0, 9), new float[6], To(m))),
        ["fused attention, output"] = ("output and q", m => FlashAttend.Forward(Input(m), m.AsSpan(5, 6), [])),
        ["fused attention, statistics"] = ("statistics and q", m => FlashAttend.Forward(Input(m), new float[6], m.AsSpan(5, 6))),
        ["fused attention reference"] = ("statistics and output", m => FlashAttend.Reference(Input(new float[6]), m.AsSpan(0, 6), m.AsSpan(5, 6))),
        ["fused attention backward"] = ("to.Q and dOutput", m => FlashAttend.Backward(Input(new float[6]), new float[6], new float[6], m.AsSpan(0, 6), To(m))),
        ["fused attention backward reference"] = (
            "to.Q and output", m => FlashAttend.BackwardReference(Input(new float[6]), m.AsSpan(0, 6), new float[6], new float[6], To(m))),
        ["linear attention"] = ("output and q", m => LinearAttend.Forward(Linear(m), m.AsSpan(5, 6))),
        ["linear attention reference"] = ("output and q", m => LinearAttend.Reference(Linear(m), m.AsSpan(5, 6))),
        ["linear attention backward"] = ("to.Q and q", m => LinearAttend.Backward(Linear(m), new float[6], To(m))),
        ["linear attention backward reference"] = ("to.Q and dOutput", m => LinearAttend.BackwardReference(Linear(new float[6]), m.AsSpan(0, 6), To(m))),
        ["lightning attention"] = ("output and q", m => LightningAttend.Forward(Linear(m), m.AsSpan(5, 6), [1])),
        ["lightning attention reference"] = ("output and q", m => LightningAttend.Reference(Linear(m), m.AsSpan(5, 6), [1])),
        ["lightning attention backward"] = ("to.Q and q", m => LightningAttend.Backward(Linear(m), new float[6], To(m), [1])),
        ["lightning attention backward reference"] = (
            "to.Q and dOutput", m => LightningAttend.BackwardReference(Linear(new float[6]), m.AsSpan(0, 6), To(m), [1])),
        ["lightning attention, a token"] = ("output and v", m => LightningAttend.Step([1], [1], m.AsSpan(0, 2), new float[2], m.AsSpan(1, 2), 1)),
    };

    public static TheoryData<string> AllowedNames => [.. InPlace.Keys];

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    private static AdamRates Rates => new(0.1, 0.9, 0.999, 1e-8, 0, 1);

    [Theory, MemberData(nameof(AllowedNames))]
    public void Run_InTheMemoryOfItsInput_GivesTheSameBits(string kernel)
    {
        float[] x = Inputs.Gaussian(1, Length), expected = [.. x];
        InPlace[kernel](Inputs.Gaussian(1, Length), expected);
        InPlace[kernel](x, x);
        Compare.Same(x, expected, kernel);
        Assert.NotEqual(Inputs.Gaussian(1, Length), x);
    }

    [Theory, MemberData(nameof(RefusedNames))]
    public void Run_WhereItsInputLies_IsRefusedByName(string kernel)
    {
        (string names, Shared call) = Refused[kernel];
        Assert.StartsWith(names + " share memory", Assert.Throws<ArgumentException>(() => call(new float[20])).Message);
    }

    /// <summary>Q in the first six numbers, K and V elsewhere.</summary>
    private static AttendInput<float> Input(float[] memory) =>
        AttendInput.Split<float>(memory.AsSpan(0, 6), new float[6], new float[6], new(1, 1, 3, 3, 2, 2), 1);

    private static AttendInput<float> Linear(float[] memory) =>
        AttendInput.Linear<float>(memory.AsSpan(0, 6), new float[6], new float[6], new(1, 1, 3, 3, 2, 2), causal: true);

    private static AttendGradients<float> To(float[] memory) => new() { Q = memory.AsSpan(5, 6), K = new float[6], V = new float[6] };
}
