using System.Runtime.InteropServices;
using AttentionLab.Tensors;
using Google.Protobuf;

namespace AttentionLab.Studio.Models;

/// <summary>
/// What an ONNX file holds, as far as weights go: the float32 tensors by name, and the operators with the names of their inputs and outputs.
/// Source: onnx.proto3 of the ONNX project, field numbers of ModelProto, GraphProto, NodeProto, TensorProto.
/// </summary>
/// <param name="Tensors">The initializers of type FLOAT.</param>
/// <param name="Nodes">The operators in the order of the file.</param>
internal sealed record OnnxGraph(IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyList<OnnxGraph.Node> Nodes)
{
    private const int Single = 1;

    /// <summary>Reads a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <exception cref="InvalidDataException">It is no ONNX file, or cut off.</exception>
    public static OnnxGraph Read(byte[] bytes)
    {
        Dictionary<string, Tensor> tensors = [];
        List<Node> nodes = [];
        CodedInputStream stream = new(bytes);
        try
        {
            Each(stream, bytes.Length, field => field == 7 && Each(stream, End(stream), part => part switch
            {
                1 => Add(nodes, ReadNode(stream)),
                5 => ReadTensor(stream) is not { } found || tensors.TryAdd(found.Name, found.Value)
                    ? true : throw new InvalidDataException($"the tensor \"{found.Name}\" occurs twice"),
                _ => false,
            }));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"no whole ONNX file: {e.Message}", e);
        }

        return new(tensors, nodes);
    }

    private static Node ReadNode(CodedInputStream stream)
    {
        List<string> inputs = [], outputs = [];
        string kind = "";
        Each(stream, End(stream), field => field switch
        {
            1 => Add(inputs, stream.ReadString()),
            2 => Add(outputs, stream.ReadString()),
            4 => (kind = stream.ReadString()) is not null,
            _ => false,
        });
        return new(kind, inputs, outputs);
    }

    /// <summary>A tensor of floats with its values in "raw_data"; null for one of another type.</summary>
    private static (string Name, Tensor Value)? ReadTensor(CodedInputStream stream)
    {
        string name = "";
        List<int> shape = [];
        int type = 0;
        ByteString values = ByteString.Empty;
        Each(stream, End(stream), field => field switch
        {
            1 => Add(shape, checked((int)stream.ReadInt64())),
            2 => (type = stream.ReadInt32()) >= 0,
            8 => (name = stream.ReadString()) is not null,
            9 => (values = stream.ReadBytes()) is not null,
            _ => false,
        });
        if (type != Single)
        {
            return null;
        }

        long count = shape.Aggregate(1L, (product, size) => product * size);
        return values.Length == 4 * count
            ? (name, new Tensor(MemoryMarshal.Cast<byte, float>(values.Span).ToArray(), [.. shape]))
            : throw new InvalidDataException($"the tensor \"{name}\" ({string.Join(", ", shape)}) has {values.Length} bytes but needs {4 * count}");
    }

    /// <summary>Offers every field of a message up to its end; one that is not taken is passed over.</summary>
    private static bool Each(CodedInputStream stream, long end, Func<int, bool> take)
    {
        while (stream.Position < end)
        {
            uint tag = stream.ReadTag();
            if (tag == 0)
            {
                throw new InvalidDataException("it is cut off");
            }

            if (!take((int)(tag >> 3)))
            {
                stream.SkipLastField();
            }
        }

        return stream.Position == end ? true : throw new InvalidDataException($"a message ends at byte {stream.Position} instead of {end}");
    }

    private static long End(CodedInputStream stream)
    {
        int length = stream.ReadLength();
        return stream.Position + length;
    }

    private static bool Add<T>(List<T> list, T value)
    {
        list.Add(value);
        return true;
    }

    /// <summary>An operator.</summary>
    /// <param name="Kind">For example "MatMul".</param>
    /// <param name="Inputs">Names, those of tensors too.</param>
    /// <param name="Outputs">Names.</param>
    internal sealed record Node(string Kind, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);
}
