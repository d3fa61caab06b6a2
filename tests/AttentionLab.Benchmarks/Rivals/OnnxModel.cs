using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace AttentionLab.Benchmarks.Rivals;

/// <summary>
/// Writes an ONNX model as bytes, so that a rival gets exactly our shapes and our weights. ONNX is Protocol Buffers; of the format this
/// knows only what the duel needs (field numbers from onnx.proto).
/// </summary>
/// <param name="opset">Version of the standard operators.</param>
/// <param name="format">Version of the file format ("ir_version").</param>
internal sealed class OnnxModel(int opset = 17, int format = 8)
{
    /// <summary>Types of tensors, as TensorProto numbers them.</summary>
    public const int Float = 1, Int32 = 6, Int64 = 7;

    private const int Bool = 9;

    private readonly Message _graph = new Message().Text(2, "duel");

    /// <summary>A float input.</summary>
    public OnnxModel Input(string name, params long[] shape)
    {
        _graph.Nested(11, Value(name, Float, shape));
        return this;
    }

    /// <summary>An input of 32-bit integers; −1 for a size that each run chooses.</summary>
    public OnnxModel Integers(string name, params long[] shape)
    {
        _graph.Nested(11, Value(name, Int32, shape));
        return this;
    }

    /// <summary>The float output; −1 for a size that each run chooses.</summary>
    public OnnxModel Output(string name, params long[] shape)
    {
        _graph.Nested(12, Value(name, Float, shape));
        return this;
    }

    /// <summary>A weight: the runtime may rearrange it before the first run.</summary>
    public OnnxModel Constant(string name, ReadOnlySpan<float> values, params long[] shape) => Constant(name, Float, MemoryMarshal.AsBytes(values), shape);

    /// <summary>Integers known beforehand; a scalar without a shape.</summary>
    public OnnxModel Constant(string name, ReadOnlySpan<int> values, params long[] shape) => Constant(name, Int32, MemoryMarshal.AsBytes(values), shape);

    /// <summary>A shape known beforehand.</summary>
    public OnnxModel Constant(string name, ReadOnlySpan<long> values) => Constant(name, Int64, MemoryMarshal.AsBytes(values), [values.Length]);

    /// <summary>True and false known beforehand.</summary>
    public OnnxModel Constant(string name, ReadOnlySpan<bool> values, params long[] shape) => Constant(name, Bool, MemoryMarshal.AsBytes(values), shape);

    /// <summary>An operator of the standard.</summary>
    public OnnxModel Node(string kind, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes) =>
        Node("", kind, inputs, outputs, attributes);

    /// <summary>An operator of ONNX Runtime's own.</summary>
    public OnnxModel Own(string kind, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes) =>
        Node("com.microsoft", kind, inputs, outputs, attributes);

    /// <summary>The file.</summary>
    public byte[] ToBytes() => new Message()
        .Number(1, format)
        .Nested(7, _graph)
        .Nested(8, new Message().Text(1, "").Number(2, opset))
        .Nested(8, new Message().Text(1, "com.microsoft").Number(2, 1))
        .ToBytes();

    private OnnxModel Constant(string name, int type, ReadOnlySpan<byte> values, long[] shape)
    {
        Message tensor = new();
        foreach (long size in shape)
        {
            tensor.Number(1, size);
        }

        _graph.Nested(5, tensor.Number(2, type).Text(8, name).Bytes(9, values));
        return this;
    }

    private OnnxModel Node(string domain, string kind, string[] inputs, string[] outputs, (string Name, object Value)[] attributes)
    {
        Message node = new();
        Array.ForEach(inputs, input => node.Text(1, input));
        Array.ForEach(outputs, output => node.Text(2, output));
        node.Text(4, kind).Text(7, domain);
        foreach ((string name, object value) in attributes)
        {
            Message attribute = new Message().Text(1, name);
            switch (value)
            {
                case float real:
                    attribute.Real(2, real).Number(20, 1);
                    break;
                case int[] many:
                    Array.ForEach(many, one => attribute.Number(8, one));
                    attribute.Number(20, 7);
                    break;
                default:
                    attribute.Number(3, (int)value).Number(20, 2);
                    break;
            }

            node.Nested(5, attribute);
        }

        _graph.Nested(1, node);
        return this;
    }

    private static Message Value(string name, int type, long[] shape)
    {
        Message sizes = new();
        foreach (long size in shape)
        {
            sizes.Nested(1, size < 0 ? new Message() : new Message().Number(1, size));
        }

        return new Message().Text(1, name).Nested(2, new Message().Nested(1, new Message().Number(1, type).Nested(2, sizes)));
    }

    /// <summary>A message of Protocol Buffers: fields as "number and wire type", then the value.</summary>
    private sealed class Message
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public Message Number(int field, long value)
        {
            Variable((ulong)field << 3);
            Variable((ulong)value);
            return this;
        }

        public Message Real(int field, float value)
        {
            Variable(((ulong)field << 3) | 5);
            _bytes.Write(BitConverter.GetBytes(value));
            return this;
        }

        public Message Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

        public Message Nested(int field, Message value) => Bytes(field, value.ToBytes());

        public Message Bytes(int field, ReadOnlySpan<byte> value)
        {
            Variable(((ulong)field << 3) | 2);
            Variable((ulong)value.Length);
            _bytes.Write(value);
            return this;
        }

        public byte[] ToBytes() => _bytes.WrittenSpan.ToArray();

        private void Variable(ulong value)
        {
            for (; value > 127; value >>= 7)
            {
                _bytes.Write([(byte)(value | 128)]);
            }

            _bytes.Write([(byte)value]);
        }
    }
}
