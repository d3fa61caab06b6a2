using AttentionLab.Tensors;

namespace AttentionLab.Studio.Models;

/// <summary>
/// MiniLM's tensors under the names of Hugging Face. The exporter of the ONNX file kept most names, but turned the weights of the dense maps
/// over, (outputs, inputs) → (inputs, outputs), and numbered them: a map y = x·W + b is an operator MatMul with W, whose output an Add takes together
/// with b, and b has its name.
/// </summary>
internal static class MiniLmTensors
{
    private const string Bias = ".bias", Weight = ".weight";

    /// <summary>The tensors.</summary>
    /// <param name="graph">The file.</param>
    /// <exception cref="InvalidDataException">A dense map has no bias with a name, or its sizes do not fit.</exception>
    public static IReadOnlyList<(string Name, Tensor Value)> Of(OnnxGraph graph)
    {
        Dictionary<string, string> adds = graph.Nodes.Where(node => node.Kind == "Add" && node.Inputs.Count == 2)
            .SelectMany(node => new[] { (From: node.Inputs[0], Other: node.Inputs[1]), (From: node.Inputs[1], Other: node.Inputs[0]) })
            .Where(pair => pair.Other.EndsWith(Bias, StringComparison.Ordinal) && graph.Tensors.ContainsKey(pair.Other))
            .DistinctBy(pair => pair.From).ToDictionary(pair => pair.From, pair => pair.Other);
        Dictionary<string, Tensor> tensors = new(graph.Tensors);
        foreach (OnnxGraph.Node node in graph.Nodes.Where(node => node.Kind == "MatMul" && node.Inputs.Count == 2 && node.Outputs.Count == 1))
        {
            if (tensors.Remove(node.Inputs[1], out Tensor? weight))
            {
                string bias = adds.GetValueOrDefault(node.Outputs[0])
                    ?? throw new InvalidDataException($"the map with the weight \"{node.Inputs[1]}\" has no bias with a name");
                if (weight.Rank != 2 || weight.Columns != graph.Tensors[bias].Length)
                {
                    throw new InvalidDataException(
                        $"the weight \"{node.Inputs[1]}\" is {weight} but its bias \"{bias}\" {graph.Tensors[bias]}");
                }

                tensors[bias[..^Bias.Length] + Weight] = weight.Transpose();
            }
        }

        return [.. tensors.OrderBy(tensor => tensor.Key, StringComparer.Ordinal).Select(tensor => (tensor.Key, tensor.Value))];
    }
}
