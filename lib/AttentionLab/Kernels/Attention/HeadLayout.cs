namespace AttentionLab.Kernels;

/// <summary>
/// Where the heads of a batch lie in one span: feature c of row t of head h of sequence b is number b·Batch + h·Head + t·Row + c.
/// </summary>
/// <remarks>
/// Inputs may share numbers: Head = 0 is one K for all heads (multi-query attention, Shazeer 2019), Batch = 0 one memory for all sequences. What a kernel
/// writes may not: an output has its own numbers for every row, and so have inputs whose gradients are asked for, since a gradient lies as its input does.
/// </remarks>
/// <param name="Row">Numbers from one row of a head to the next.</param>
/// <param name="Head">Numbers from one head to the next.</param>
/// <param name="Batch">Numbers from one sequence to the next.</param>
public readonly record struct HeadLayout(int Row, int Head, int Batch)
{
    /// <summary>(B, H, T, D): every head is a matrix of its own.</summary>
    /// <param name="heads">H.</param>
    /// <param name="tokens">T.</param>
    /// <param name="dim">D.</param>
    /// <exception cref="ArgumentException">A size is negative, or an array cannot hold a sequence.</exception>
    public static HeadLayout Split(int heads, int tokens, int dim) => new(
        dim, Sizes.Product("a head", ("tokens", tokens), ("dim", dim)), Sizes.Product("a sequence", ("heads", heads), ("tokens", tokens), ("dim", dim)));

    /// <summary>(B, T, width) where the heads stand side by side in a row, as a projection makes them.</summary>
    /// <param name="tokens">T.</param>
    /// <param name="dim">D.</param>
    /// <param name="width">Numbers in a row: H·D, or 3·H·D if one matrix holds Q, K and V side by side (then pass spans that begin at each).</param>
    /// <exception cref="ArgumentException">A size is negative, or an array cannot hold a sequence.</exception>
    public static HeadLayout Merged(int tokens, int dim, int width) => new(width, dim, Sizes.Product("a sequence", ("tokens", tokens), ("width", width)));

    /// <summary>Where row <paramref name="row"/> of a head begins.</summary>
    /// <param name="batch">0 … B−1.</param>
    /// <param name="head">0 … H−1.</param>
    /// <param name="row">0 … T−1.</param>
    public int At(int batch, int head, int row) => batch * Batch + head * Head + row * Row;

    /// <summary>Throws unless every number of such heads lies inside a span of <paramref name="length"/>.</summary>
    internal void Check(int length, int batch, int heads, int rows, int columns, string name)
    {
        if (batch == 0 || heads == 0 || rows == 0 || columns == 0)
        {
            return;
        }

        long last = (batch - 1L) * Batch + (heads - 1L) * Head + (rows - 1L) * Row + columns - 1;
        if (Row < 0 || Head < 0 || Batch < 0 || last >= length)
        {
            throw new ArgumentException(
                $"{name} holds {length} numbers but {batch} × {heads} heads of ({rows}, {columns}) at {this} reach to number {last}: pass the whole span, or "
                + "correct the layout.");
        }
    }

    /// <summary>As <see cref="Check"/>, and throws unless every row has numbers of its own: heads run on threads, and each overwrites what is its.</summary>
    internal void CheckWritten(int length, int batch, int heads, int rows, int columns, string name)
    {
        Check(length, batch, heads, rows, columns, name);
        Span<(int Step, int Count)> steps = [(Row, rows), (Head, heads), (Batch, batch)];
        steps.Sort(static (a, b) => a.Step.CompareTo(b.Step));
        bool isEmpty = batch == 0 || heads == 0 || rows == 0;
        long reach = columns;
        foreach ((int step, int count) in steps)
        {
            // A step has to leave behind it all that the smaller steps reach.
            if (!isEmpty && count > 1 && step < reach)
            {
                throw new ArgumentException(
                    $"{name} is written, but its rows share numbers: {batch} × {heads} heads of ({rows}, {columns}) at {this} have a step of {step} where "
                    + $"{reach} numbers are taken. Only inputs without gradients may share: lay it out as HeadLayout.Split or Merged does.");
            }

            reach += (count - 1L) * step;
        }
    }
}
