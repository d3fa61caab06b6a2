using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Weights;

namespace AttentionLab.Models;

/// <summary>A Dense module of sentence-transformers, behind the pooling: y = f(x·W + b), from one width to another.</summary>
internal sealed class DenseModule
{
    private readonly Linear _linear;
    private readonly Func<float, float>? _activation;

    private DenseModule(Linear linear, Func<float, float>? activation) => (_linear, _activation) = (linear, activation);

    /// <summary>Numbers that go in.</summary>
    public int Inputs => _linear.Inputs;

    /// <summary>Numbers that come out.</summary>
    public int Outputs => _linear.Outputs;

    /// <summary>Reads a module's folder.</summary>
    /// <param name="folder">Holds config.json and model.safetensors.</param>
    /// <param name="inputs">What the module before gives.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">Sizes differ, or the activation is not supported.</exception>
    public static DenseModule Read(string folder, int inputs)
    {
        string path = Path.Combine(folder, "config.json");
        JsonFile file = JsonFile.ReadIfThere(path)
            ?? throw new FileNotFoundException($"{path} does not exist but modules.json names it: take the whole folder of the model.", path);
        int width = file.Integer("in_features", 1, int.MaxValue), outputs = file.Integer("out_features", 1, 1_000_000);
        if (width != inputs)
        {
            throw file.Fault("in_features", $"is {width}", $"{inputs}, what the module before gives");
        }

        Func<float, float>? activation = file.Text("activation_function") switch
        {
            null or "torch.nn.modules.activation.Tanh" => MathF.Tanh,
            "torch.nn.modules.linear.Identity" => null,
            "torch.nn.modules.activation.ReLU" => x => MathF.Max(x, 0),
            string other => throw file.Refusal(
                "activation_function", $"is \"{ForeignText.Shorten(other)}\" but Tanh, Identity and ReLU of torch.nn are known",
                "take a model with one of these"),
        };
        Linear linear = new(width, outputs, new CounterRandom(0) { Blank = true }, file.Truth("bias") ?? true, name: "dense");
        using ModelWeights weights = ModelWeights.Open(folder);
        weights.ReadInto("linear.weight", linear.Weight.Value, transposed: true);
        if (linear.Bias is not null)
        {
            weights.ReadInto("linear.bias", linear.Bias.Value);
        }

        return new(linear, activation);
    }

    /// <summary>y = f(x·W + b).</summary>
    /// <param name="x">(inputs).</param>
    /// <param name="y">(outputs), overwritten.</param>
    public void Infer(ReadOnlySpan<float> x, Span<float> y)
    {
        _linear.Infer(x, y);
        for (int i = 0; _activation is not null && i < y.Length; i++)
        {
            y[i] = _activation(y[i]);
        }
    }
}
