using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

/// <summary>A golden case as tests of layers read it: parameters come from it, and their gradients go back to it.</summary>
internal static class LayerGolden
{
    /// <summary>Copies the inputs of the case that carry the parameters' names into the parameters.</summary>
    public static void Load(this Golden golden, IEnumerable<Parameter> parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            Tensor value = golden.Input(parameter.Name);
            Assert.True(value.Shape.SequenceEqual(parameter.Value.Shape), $"{parameter.Name} is {parameter.Value} but the golden value is {value}");
            value.Span.CopyTo(parameter.Value.Span);
            parameter.ClearGradient();
        }
    }

    /// <summary>Compares the gradient of every parameter, and asserts that nothing stored was forgotten.</summary>
    public static void Finish(this Golden golden, IEnumerable<Parameter> parameters, params string[] except)
    {
        foreach (Parameter parameter in parameters)
        {
            golden.Gradient(parameter.Name, parameter.Gradient);
        }

        golden.Done(except);
    }

    /// <summary>The input "keys" (B, T_k) as mask.</summary>
    public static AttentionMask Keys(this Golden golden) => AttentionMask.Keys(golden.Truths("keys"));

    /// <summary>An input of truths as (rows, columns).</summary>
    public static bool[,] Truths(this Golden golden, string name)
    {
        int[] shape = golden.Shape(name);
        bool[,] truths = new bool[shape[0], shape[1]];
        Buffer.BlockCopy(golden.Booleans(name), 0, truths, 0, truths.Length);
        return truths;
    }

    /// <summary>An input of whole numbers as (rows, columns).</summary>
    public static int[,] Matrix(this Golden golden, string name)
    {
        int[] shape = golden.Shape(name);
        int[,] numbers = new int[shape[0], shape[1]];
        Buffer.BlockCopy(golden.Integers(name), 0, numbers, 0, numbers.Length * sizeof(int));
        return numbers;
    }
}
