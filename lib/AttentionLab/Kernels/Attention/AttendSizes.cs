namespace AttentionLab.Kernels;

/// <summary>The sizes of one attention over a batch and its heads.</summary>
/// <param name="Batch">B, sequences.</param>
/// <param name="Heads">H, heads of each.</param>
/// <param name="Queries">T_q, rows of Q of one head.</param>
/// <param name="Keys">T_k, rows of K and V of one head.</param>
/// <param name="Dim">D, width of Q and K.</param>
/// <param name="ValueDim">D_v, width of V.</param>
public readonly record struct AttendSizes(int Batch, int Heads, int Queries, int Keys, int Dim, int ValueDim);
