using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>Something that says one number about each pair of tokens, and can be trained: forward, and how the gradient goes back.</summary>
/// <param name="Name">What a chart calls it.</param>
/// <param name="Parameters">What is learned; none if it stays as it is.</param>
/// <param name="Forward">(first (B,C), second (B,C)) → one number for each pair (B), and what adds ∂L/∂parameters for a given ∂L/∂numbers (B).</param>
public sealed record PairModel(string Name, IReadOnlyList<Parameter> Parameters, Func<Tensor, Tensor, (Tensor Y, Action<Tensor> Backward)> Forward);
