using AttentionLab.Tensors;

namespace AttentionLab.Training;

/// <summary>Moves parameters against their gradients.</summary>
public interface IOptimizer
{
    /// <summary>What is trained; a parameter that occurs twice is moved once.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Size of the next step; a schedule sets it before every step.</summary>
    double LearningRate { get; set; }

    /// <summary>Steps done so far; part of a checkpoint.</summary>
    long StepCount { get; set; }

    /// <summary>Running averages by name; part of a checkpoint. Writing into a tensor changes the optimiser.</summary>
    IReadOnlyList<(string Name, Tensor Value)> State { get; }

    /// <summary>One step with the gradients as they stand; they are not cleared.</summary>
    void Step();
}
