namespace AttentionLab.Kernels;

/// <summary>The sizes of one attention over a batch and its heads.</summary>
/// <param name="Batch">Sequences.</param>
/// <param name="Heads">Heads of each.</param>
/// <param name="Queries">Rows of Q of one head.</param>
/// <param name="Keys">Rows of K and V of one head.</param>
/// <param name="Dim">Width of Q and K.</param>
/// <param name="ValueDim">Width of V.</param>
public readonly record struct AttendSizes(int Batch, int Heads, int Queries, int Keys, int Dim, int ValueDim);
