namespace AttentionLab.Studio.Kernel;

/// <summary>A notebook's process could not be started; the message is one line that says why.</summary>
/// <param name="message">One line.</param>
public sealed class KernelException(string message) : Exception(message);
