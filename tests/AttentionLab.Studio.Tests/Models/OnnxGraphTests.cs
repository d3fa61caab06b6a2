using System.Runtime.InteropServices;
using AttentionLab.Studio.Models;
using AttentionLab.Tensors;
using Google.Protobuf;

namespace AttentionLab.Studio.Tests.Models;

/// <summary>A small ONNX file written field by field: what is read, what is named, and that no cut-off file passes for a whole one.</summary>
public class OnnxGraphTests
{
    [Fact]
    public void Read_TensorsAndNodes_AreThoseWritten()
    {
        OnnxGraph graph = OnnxGraph.Read(Model());

        Assert.Equal(["927", "map.bias"], graph.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([2, 3], graph.Tensors["927"].Shape.ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 6], graph.Tensors["927"].Span.ToArray());
        Assert.Equal(["MatMul", "Add"], graph.Nodes.Select(node => node.Kind));
        Assert.Equal(["map.bias", "148"], graph.Nodes[1].Inputs);
    }

    [Fact]
    public void Tensors_NumberedWeight_GetsTheNameOfItsBiasAndIsTurned()
    {
        IReadOnlyList<(string Name, Tensor Value)> tensors = MiniLmTensors.Of(OnnxGraph.Read(Model()));

        Assert.Equal(["map.bias", "map.weight"], tensors.Select(tensor => tensor.Name));
        Assert.Equal([3, 2], tensors[1].Value.Shape.ToArray());
        Assert.Equal([1, 4, 2, 5, 3, 6], tensors[1].Value.Span.ToArray());
    }

    [Theory]
    [InlineData("other", 3, "the map with the weight \"927\" has no bias with a name")]
    [InlineData("map.bias", 2, "the weight \"927\" is Tensor (2, 3)")]
    public void Tensors_BiasThatDoesNotFit_IsNamed(string bias, int width, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => MiniLmTensors.Of(OnnxGraph.Read(Model(bias, width)))).Message);

    [Fact]
    public void Read_FileCutOffAnywhere_IsRefused()
    {
        byte[] whole = Model();
        // The graph is the last field; a file that ends before it is a whole file without one.
        for (int length = GraphStart + 1; length < whole.Length; length++)
        {
            byte[] part = whole[..length];
            Assert.Throws<InvalidDataException>(() => OnnxGraph.Read(part));
        }

        Assert.Empty(OnnxGraph.Read(whole[..GraphStart]).Tensors);
    }

    [Fact]
    public void Read_TensorWhoseBytesAreTooFew_IsNamedWithBothCounts()
    {
        byte[] graph = Message(output => Nested(output, 5, Values("odd", [2, 3], [1, 2, 3, 4, 5])));

        Assert.Contains(
            "\"odd\" (2, 3) has 20 bytes but needs 24",
            Assert.Throws<InvalidDataException>(() => OnnxGraph.Read(Message(output => Nested(output, 7, graph)))).Message);
    }

    private static readonly int GraphStart = Message(Head).Length;

    private static byte[] Model(string bias = "map.bias", int width = 3) => Message(output =>
    {
        Head(output);
        Nested(output, 7, Message(graph =>
        {
            Nested(graph, 1, Node("MatMul", ["x", "927"], "148"));
            Nested(graph, 1, Node("Add", [bias, "148"], "149"));
            Nested(graph, 5, Values("927", [2, 3], [1, 2, 3, 4, 5, 6]));
            Nested(graph, 5, Values(bias, [width], new float[width]));
            Nested(graph, 5, Message(tensor => Number(tensor, 2, 7)));
        }));
    });

    private static void Head(CodedOutputStream output)
    {
        Number(output, 1, 8);
        output.WriteTag(2, WireFormat.WireType.LengthDelimited);
        output.WriteString("test");
    }

    private static byte[] Node(string kind, string[] inputs, string result) => Message(node =>
    {
        Array.ForEach(inputs, input => Text(node, 1, input));
        Text(node, 2, result);
        Text(node, 4, kind);
    });

    private static byte[] Values(string name, int[] shape, float[] values) => Message(tensor =>
    {
        Array.ForEach(shape, size => Number(tensor, 1, size));
        Number(tensor, 2, 1);
        Text(tensor, 8, name);
        tensor.WriteTag(9, WireFormat.WireType.LengthDelimited);
        tensor.WriteBytes(ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)));
    });

    private static void Number(CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }

    private static void Text(CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    private static void Nested(CodedOutputStream output, int field, byte[] message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(message));
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using MemoryStream bytes = new();
        using (CodedOutputStream output = new(bytes, leaveOpen: true))
        {
            write(output);
        }

        return bytes.ToArray();
    }
}
