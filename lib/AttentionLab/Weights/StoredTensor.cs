namespace AttentionLab.Weights;

/// <summary>One entry of a safetensors header: what is stored under a name, and where.</summary>
/// <param name="Name">The tensor's name, for example "encoder.layer.0.output.dense.weight".</param>
/// <param name="Type">Element type as the file writes it: "F32", "F16", "BF16", "I64", …</param>
/// <param name="Shape">The sizes, outermost first; empty for a single number.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
public sealed record StoredTensor(string Name, string Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Number of values: the product of the sizes.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Name, type and shape on one line.</summary>
    public override string ToString() => $"{Name}: {Type} {Describe(Shape)}";

    /// <summary>"(2, 3)": how every message of the library writes a shape.</summary>
    internal static string Describe(IReadOnlyList<long> shape) => $"({string.Join(", ", shape)})";
}
