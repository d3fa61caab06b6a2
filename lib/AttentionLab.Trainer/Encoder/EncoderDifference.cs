namespace AttentionLab.Trainer;

/// <summary>A value that a saved run has otherwise than the one asked for.</summary>
/// <param name="Name">As the command line writes it.</param>
/// <param name="Then">The run's.</param>
/// <param name="Now">The one asked for.</param>
internal sealed record EncoderDifference(string Name, string Then, string Now);
