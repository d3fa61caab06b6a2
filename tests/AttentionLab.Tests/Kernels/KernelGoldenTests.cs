using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

/// <summary>Kernels against PyTorch.</summary>
public class KernelGoldenTests
{
    public static TheoryData<string> SoftmaxCases => Golden.Names("softmax");

    public static TheoryData<string> MatMulCases => Golden.Names("matmul");

    public static TheoryData<string> VectorCases => Golden.Names("vectors");

    [Theory, MemberData(nameof(SoftmaxCases))]
    public void Softmax_AgainstPyTorch_Agrees(string name)
    {
        Golden g = Golden.Read("softmax", name);
        Tensor y = g.Input("x").Softmax(), dx = new(y.Shape);
        Softmax.Backward(y.Span, g.Input("d:output").Span, dx.Span, y.Rows, y.Columns);
        g.Output("output", y);
        g.Gradient("x", dx);
        g.Done();
    }

    [Theory, MemberData(nameof(MatMulCases))]
    public void MatMul_AgainstPyTorch_Agrees(string name)
    {
        Golden g = Golden.Read("matmul", name);
        Tensor a = g.Input("a"), b = g.Input("b"), dc = g.Input("d:output");
        bool transposed = name.EndsWith("transposed", StringComparison.Ordinal);
        g.Output("output", transposed ? a.MatMulTransposed(b) : a.MatMul(b));
        g.Gradient("a", transposed ? dc.MatMul(b) : dc.MatMulTransposed(b));
        g.Gradient("b", transposed ? dc.TransposedMatMul(a) : a.TransposedMatMul(dc));
        g.Done();
    }

    [Theory, MemberData(nameof(VectorCases))]
    public void Vectors_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("vectors", name);
        if (name.StartsWith("exp", StringComparison.Ordinal))
        {
            Tensor x = g.Input("input"), y = new(x.Shape), dx = new(x.Shape);
            Exp.Forward(x.Span, y.Span);
            Exp.Backward(y.Span, g.Input("d:output").Span, dx.Span);
            g.Output("output", y);
            g.Gradient("input", dx);
            return;
        }

        Tensor a = g.Input("a"), b = g.Input("b"), da = new(a.Shape), db = new(b.Shape);
        if (name.StartsWith("dot", StringComparison.Ordinal))
        {
            g.Output("output", Dot.Forward(a.Span, b.Span));
            Dot.Backward(a.Span, b.Span, 1, da.Span, db.Span);
        }
        else
        {
            g.Output("output", CosineSimilarity.Forward(a.Span, b.Span));
            CosineSimilarity.Backward(a.Span, b.Span, 1, da.Span, db.Span);
        }

        g.Gradient("a", da);
        g.Gradient("b", db);
        g.Done();
    }
}
