using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// One or several <see cref="Linear"/> maps of the same input for inference: y = f(x·[W₁ … Wₙ] + [b₁ … bₙ]). The weights are a copy, laid out
/// once in the order that the product reads.
/// </summary>
/// <remarks>A copy does not follow the parameters: after a step of training call <see cref="Refresh"/>.</remarks>
public sealed class PackedLinear
{
    private readonly Linear[] _maps;
    private readonly PackedMatrix _weight;
    private readonly float[] _bias;

    /// <summary>Makes the weight of each map again; empty unless this copy took their place.</summary>
    private Func<Tensor>[] _restore = [];

    /// <summary>Copies the weights.</summary>
    /// <param name="maps">At least one; their outputs stand side by side in y.</param>
    /// <exception cref="ArgumentException">There is no map, or two differ in their inputs.</exception>
    public PackedLinear(params ReadOnlySpan<Linear> maps)
    {
        if (maps.IsEmpty)
        {
            throw new ArgumentException("maps is empty but at least one Linear is packed: pass one.", nameof(maps));
        }

        foreach (Linear map in maps)
        {
            if (map.Inputs != maps[0].Inputs)
            {
                throw new ArgumentException(
                    $"one map has {map.Inputs} inputs and another {maps[0].Inputs}, but all of them map the same x: pack them apart.", nameof(maps));
            }
        }

        _maps = maps.ToArray();
        Inputs = maps[0].Inputs;
        Outputs = JoinedMaps.Width(maps);
        _bias = JoinedMaps.HaveBias(maps) ? new float[Outputs] : [];
        _weight = Packed();
        JoinedMaps.Biases(maps, _bias);
    }

    /// <summary>Width of x.</summary>
    public int Inputs { get; }

    /// <summary>Width of y: of all maps together.</summary>
    public int Outputs { get; }

    /// <summary>Copies the weights again, after they have changed.</summary>
    public void Refresh()
    {
        if (_restore.Length == 0 || Array.Exists(_maps, map => map.Weight.IsLent))
        {
            Tensor weights = JoinedMaps.Weights(_maps);
            _weight.Fill(weights.Span, transposed: false);
            Workspace.Return(weights);
        }

        Release();
        JoinedMaps.Biases(_maps, _bias);
    }

    /// <summary>From the weights as a file holds them, (outputs, inputs), if nobody asked for them yet: n of these lie one behind the other.</summary>
    private PackedMatrix Packed()
    {
        Tensor?[] turned = Array.ConvertAll(_maps, map => map.Weight.Turned);
        if (Array.Exists(turned, tensor => tensor is null))
        {
            return new(JoinedMaps.Weights(_maps).Span, Inputs, Outputs);
        }

        if (turned is [{ } one])
        {
            return new(one.Span, Inputs, Outputs, transposed: true);
        }

        Tensor joined = Tensor.Uncleared(Outputs, Inputs);
        for (int i = 0, row = 0; i < turned.Length; row += turned[i++]!.Rows)
        {
            turned[i]!.Span.CopyTo(joined.Span[(row * Inputs)..]);
        }

        return new(joined.Span, Inputs, Outputs, transposed: true);
    }

    /// <summary>
    /// The maps give up their weights, which take as much memory again; a weight that somebody asks for is made again from the copy. From now on
    /// <see cref="Refresh"/> copies only what somebody outside may have changed.
    /// </summary>
    internal void TakeOver()
    {
        int column = 0;
        _restore = Array.ConvertAll<Linear, Func<Tensor>>(_maps, map =>
        {
            int first = column;
            column += map.Outputs;
            return () =>
            {
                Tensor weight = Tensor.Uncleared(map.Inputs, map.Outputs);
                _weight.CopyTo(weight.Span, first);
                return weight;
            };
        });
        Release();
    }

    private void Release()
    {
        for (int i = 0; i < _restore.Length; i++)
        {
            if (!_maps[i].Weight.IsReleased)
            {
                _maps[i].Weight.Release(_restore[i]);
            }
        }
    }

    /// <summary>y = f(x·W + b), or y + f(x·W + b) if <paramref name="add"/>; allocates nothing.</summary>
    /// <param name="x">(rows, inputs).</param>
    /// <param name="y">(rows, outputs).</param>
    /// <param name="activation">f; must be none if <paramref name="add"/>.</param>
    /// <param name="add">Add to what y holds: a residual connection.</param>
    /// <exception cref="ArgumentException">The lengths do not belong to the same number of rows.</exception>
    public void Infer(ReadOnlySpan<float> x, Span<float> y, Nonlinearity activation = Nonlinearity.None, bool add = false)
    {
        int rows = ShapeCheck.PackedRows(x.Length, y.Length, Inputs, Outputs, nameof(PackedLinear));
        if (add && activation != Nonlinearity.None)
        {
            throw new ArgumentException(
                $"activation is {activation} and y is added to, but f would then apply to the sum: add in a step of its own.", nameof(activation));
        }

        MatMul.Forward(x, _weight, y, rows, new Epilogue { Bias = _bias, Activation = activation }, add);
    }
}
