using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// How large the gradients of an encoder are before the first step, layer by layer (Xiong et al. 2020, "On layer normalization in the Transformer
/// architecture", §3.3 and fig. 3): the Frobenius norm of ∂L/∂W₂, W₂ the second map of each layer's feed-forward net.
/// </summary>
/// <remarks>
/// x ~ N(0, 1), 16 tokens of width 32 with 4 heads, 128 hidden. A linear map makes 32 logits of each token, and L is the mean cross-entropy with random
/// targets. Weights start as N(0, 1/inputs), biases at 0, γ at 1, β at 0.
/// </remarks>
public static class DepthGradients
{
    /// <summary>Number of tokens, of channels and of classes.</summary>
    private const int Tokens = 16, Channels = 32, Classes = 32;

    /// <summary>‖∂L/∂W₂‖ of each layer, first to last.</summary>
    /// <param name="layers">Depth.</param>
    /// <param name="preNorm">The norm before each branch, and one after the last layer; else after each sum.</param>
    /// <param name="seed">Of weights, inputs and targets.</param>
    public static double[] Of(int layers, bool preNorm, ulong seed)
    {
        CounterRandom random = new(seed);
        EncoderLayers encoder = new(layers, new LayerOptions(Channels, Heads: 4) { PreNorm = preNorm }, random.Split(1));
        Linear answer = new(Channels, Classes, random.Split(2));
        Tensor x = Tensor.Gaussian(random.Split(3), 1, Tokens, Channels);
        CounterRandom draws = random.Split(4);
        int[] targets = [.. Enumerable.Range(0, Tokens).Select(_ => draws.NextInt(Classes))];

        (Tensor y, EncoderLayers.Saved saved) = encoder.Forward(x);
        (Tensor logits, Linear.Saved last) = answer.Forward(y);
        (_, CrossEntropyLoss.Saved loss) = CrossEntropyLoss.Forward(logits, targets);
        encoder.Backward(answer.Backward(CrossEntropyLoss.Backward(loss), last), saved);
        return [.. encoder.Layers.Select(layer => Math.Sqrt(layer.FeedForward.Contract.Weight.Gradient.Values.Sum(g => (double)g * g)))];
    }
}
