namespace AttentionLab.Studio.Kernel;

/// <summary>What a notebook's process may use.</summary>
public sealed record KernelOptions
{
    /// <summary>Longest time of one cell; a cell that takes longer is stopped, and its notebook with it.</summary>
    public TimeSpan CellTimeLimit { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Managed memory of one notebook in bytes; an allocation beyond it throws <see cref="OutOfMemoryException"/> in the cell.</summary>
    public long MemoryLimit { get; init; } = 4L << 30;

    /// <summary>Longest time the process may take to start, on a busy machine.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Longest time a cell may take to obey a stop, on a busy machine; then its process is ended.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a stopped cell may be on its way back from a library before it is aborted. .NET's abort breaks a process that makes calls all the time
    /// more often than not, so this is longer than a busy machine keeps a thread waiting.
    /// </summary>
    public TimeSpan AbortLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the workers of a stopped cell that have nothing to do may take to go, on a busy machine; then the state counts as lost.</summary>
    public TimeSpan WorkersLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Variables that the process gets beside those of the host.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
