using System.Reflection;
using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>A span of the wrong length is called by the name that the caller gave it to: of every backward, fast and by loops, every span.</summary>
public class BackwardNamesTests
{
    private const int Rows = 3, Columns = 4, Inner = 2;

    /// <summary>Calls a backward with spans of the right lengths, which it gets by name; a span that tells the size is not asked for.</summary>
    private delegate void Call(Func<string, int, float[]> of);

    private static readonly Dictionary<string, Call[]> Kernels = new()
    {
        [nameof(Normalize)] =
        [
            of => Normalize.Backward(
                of("x", 12), new float[4], new float[3], of("inverse", 3), of("dy", 12), of("dx", 12), of("dGamma", 4), of("dBeta", 4)),
            of => Normalize.BackwardReference<float>(
                of("x", 12), new float[4], new float[3], of("inverse", 3), of("dy", 12), of("dx", 12), of("dGamma", 4), of("dBeta", 4)),
        ],
        [nameof(RmsNormalize)] =
        [
            of => RmsNormalize.Backward(of("x", 12), of("gamma", 4), of("inverse", 3), of("dy", 12), of("dx", 12), of("dGamma", 4), Rows, Columns),
            of => RmsNormalize.BackwardReference<float>(
                of("x", 12), of("gamma", 4), of("inverse", 3), of("dy", 12), of("dx", 12), of("dGamma", 4), Rows, Columns),
        ],
        [nameof(BatchNormalize)] =
        [
            of => BatchNormalize.BackwardReference<float>(
                of("x", 12), new float[4], of("mean", 4), of("inverse", 4), of("dy", 12), of("dx", 12), of("dGamma", 4), of("dBeta", 4)),
        ],
        [nameof(Rotate)] =
        [
            of => Rotate.Backward(of("dy", 12), of("cos", 6), of("sin", 6), of("dx", 12), Rows, Columns),
            of => Rotate.BackwardReference<float>(of("dy", 12), of("cos", 6), of("sin", 6), of("dx", 12), Rows, Columns),
        ],
        [nameof(Gather)] =
        [
            of => Gather.Backward(of("dy", 12), new int[3], of("dTable", 8), Columns),
            of => Gather.BackwardReference<float>(of("dy", 12), new int[3], of("dTable", 8), Columns),
        ],
        [nameof(MatMul)] =
        [
            of => MatMul.Backward(of("a", 6), of("b", 8), of("dc", 12), of("da", 6), of("db", 8), Rows, Inner, Columns),
            of => MatMul.BackwardReference<float>(of("a", 6), of("b", 8), of("dc", 12), of("da", 6), of("db", 8), Rows, Inner, Columns),
        ],
        [nameof(Dot)] =
        [
            of => Dot.Backward(new float[4], of("b", 4), 1, of("da", 4), of("db", 4)),
            of => Dot.BackwardReference<float>(new float[4], of("b", 4), 1, of("da", 4), of("db", 4)),
        ],
        [nameof(CosineSimilarity)] =
        [
            of => CosineSimilarity.Backward(new float[4], of("b", 4), 1, of("da", 4), of("db", 4)),
            of => CosineSimilarity.BackwardReference<float>(new float[4], of("b", 4), 1, of("da", 4), of("db", 4)),
        ],
        [nameof(Gelu)] =
        [
            of => Gelu.Backward(new float[4], of("dy", 4), of("dx", 4)), of => Gelu.BackwardReference<float>(new float[4], of("dy", 4), of("dx", 4)),
        ],
        [nameof(Relu)] =
        [
            of => Relu.Backward(new float[4], of("dy", 4), of("dx", 4)), of => Relu.BackwardReference<float>(new float[4], of("dy", 4), of("dx", 4)),
        ],
        [nameof(Exp)] =
        [
            of => Exp.Backward(new float[4], of("dy", 4), of("dx", 4)), of => Exp.BackwardReference<float>(new float[4], of("dy", 4), of("dx", 4)),
        ],
        [nameof(Softmax)] =
        [
            of => Softmax.Backward(of("y", 12), of("dy", 12), of("dx", 12), Rows, Columns),
            of => Softmax.BackwardReference<float>(of("y", 12), of("dy", 12), of("dx", 12), Rows, Columns),
        ],
        [nameof(LogSumExp)] =
        [
            of => LogSumExp.Backward(of("x", 12), of("y", 3), of("dy", 3), of("dx", 12), Rows, Columns),
            of => LogSumExp.BackwardReference<float>(of("x", 12), of("y", 3), of("dy", 3), of("dx", 12), Rows, Columns),
        ],
        [nameof(CrossEntropy)] =
        [
            of => CrossEntropy.Backward(of("logits", 12), new int[of("targets", 3).Length], 1, of("dLogits", 12), Rows, Columns),
            of => CrossEntropy.ForwardBackward(of("logits", 12), new int[of("targets", 3).Length], 1, of("dLogits", 12), Rows, Columns),
            of => CrossEntropy.BackwardReference<float>(of("logits", 12), new int[of("targets", 3).Length], 1, of("dLogits", 12), Rows, Columns, 0),
        ],
        [nameof(MaskedSoftmax)] =
        [
            of => MaskedSoftmax.Backward(of("y", 12), of("dy", 12), of("dx", 12), Rows, Columns, 1, of("dBias", 12)),
            of => MaskedSoftmax.BackwardReference<float>(of("y", 12), of("dy", 12), of("dx", 12), Rows, Columns, 1, of("dBias", 12)),
        ],
        [nameof(Attend)] =
        [
            of => Attend.Backward(Input(of, new float[12]), of("weights", 12), of("dOutput", 6), Gradients(of, of("to.Bias", 12))),
            of => Attend.BackwardReference(Input(of, new float[12]), of("weights", 12), of("dOutput", 6), Gradients(of, of("to.Bias", 12))),
        ],
        [nameof(FlashAttend)] =
        [
            of => FlashAttend.Backward(Input(of, new float[12]), of("output", 6), of("statistics", 6), of("dOutput", 6), Gradients(of, of("to.Bias", 12))),
            of => FlashAttend.BackwardReference(
                Input(of, new float[12]), of("output", 6), of("statistics", 6), of("dOutput", 6), Gradients(of, of("to.Bias", 12))),
        ],
        [nameof(LinearAttend)] =
        [
            of => LinearAttend.Backward(Input(of), of("dOutput", 6), Gradients(of)),
            of => LinearAttend.BackwardReference(Input(of), of("dOutput", 6), Gradients(of)),
        ],
        [nameof(LightningAttend)] =
        [
            of => LightningAttend.Backward(Causal(of), of("dOutput", 8), CausalGradients(of), of("decays", 1)),
            of => LightningAttend.BackwardReference(Causal(of), of("dOutput", 8), CausalGradients(of), of("decays", 1)),
        ],
    };

    public static TheoryData<string, int, string> Spans
    {
        get
        {
            TheoryData<string, int, string> spans = [];
            foreach ((string kernel, Call[] calls) in Kernels)
            {
                for (int i = 0; i < calls.Length; i++)
                {
                    List<string> names = [];
                    calls[i]((name, length) =>
                    {
                        names.Add(name);
                        return new float[length];
                    });
                    names.ForEach(name => spans.Add(kernel, i, name));
                }
            }

            return spans;
        }
    }

    [Theory, MemberData(nameof(Spans))]
    public void Backward_SpanOneShort_IsCalledByItsName(string kernel, int call, string wrong)
    {
        var error = Assert.Throws<ArgumentException>(
            () => Kernels[kernel][call]((name, length) => new float[name == wrong ? length - 1 : length]));
        Assert.StartsWith($"{wrong} holds ", error.Message);
    }

    [Fact]
    public void Kernels_WithABackward_AreAllAsked() => Assert.Equal(
        typeof(Dot).Assembly.GetExportedTypes()
            .Where(type => type.Namespace == typeof(Dot).Namespace)
            .Where(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static).Any(method => method.Name is "Backward" or "BackwardReference"))
            .Select(type => type.Name).Order(),
        Kernels.Keys.Order());

    /// <summary>Three queries, four keys, two features.</summary>
    private static AttendInput<float> Input(Func<string, int, float[]> of, float[]? bias = null) =>
        AttendInput.Split<float>(of("q", 6), of("k", 8), of("v", 8), new(1, 1, Rows, Columns, Inner, Inner), 1, default, bias);

    private static AttendGradients<float> Gradients(Func<string, int, float[]> of, float[]? bias = null) =>
        new() { Q = of("to.Q", 6), K = of("to.K", 8), V = of("to.V", 8), Bias = bias };

    private static AttendInput<float> Causal(Func<string, int, float[]> of) =>
        AttendInput.Linear<float>(of("q", 8), of("k", 8), of("v", 8), new(1, 1, Columns, Columns, Inner, Inner), causal: true);

    private static AttendGradients<float> CausalGradients(Func<string, int, float[]> of) => new() { Q = of("to.Q", 8), K = of("to.K", 8), V = of("to.V", 8) };
}
