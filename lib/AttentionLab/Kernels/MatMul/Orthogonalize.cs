using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// M → about U·Vᵀ of its singular value decomposition M = U·Σ·Vᵀ: the same directions, all of nearly the same length. Five times
/// X ← a·X + (b·A + c·A²)·X with A = X·Xᵀ, from X = M/‖M‖: a Newton–Schulz iteration whose numbers a, b, c lift small singular
/// values fast and leave all between 0.68 and 1.14 instead of at 1 (Jordan et al. 2024, "Muon"). Products of matrices are all it takes.
/// </summary>
/// <remarks>
/// The fast path makes A on the shorter side: 5·(2·longer·shorter² + shorter³) multiply-adds. Singular values below about ‖M‖/1000 are not lifted
/// all the way. Zeros stay zeros; no other M is too small or too large.
/// </remarks>
public static class Orthogonalize
{
    private const int Iterations = 5;
    private const double A = 3.4445, B = -4.7750, C = 2.0315;

    /// <summary>By loops.</summary>
    /// <param name="x">M (rows, columns), overwritten by the result.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <exception cref="ArgumentException">The length does not fit.</exception>
    public static void Reference<T>(Span<T> x, int rows, int columns)
        where T : IFloatingPointIeee754<T>
    {
        Sizes.Require(x.Length, rows, columns, "x", "rows", "columns");
        double squares = 0;
        foreach (T value in x)
        {
            squares += double.CreateChecked(value) * double.CreateChecked(value);
        }

        if (squares == 0)
        {
            return;
        }

        for (int i = 0; i < x.Length; i++)
        {
            x[i] = T.CreateChecked(double.CreateChecked(x[i]) / Math.Sqrt(squares));
        }

        T[] gram = new T[rows * rows], square = new T[rows * rows], next = new T[x.Length];
        for (int k = 0; k < Iterations; k++)
        {
            MatMul.ReferenceNT<T>(x, x, gram, rows, columns, rows);
            MatMul.Reference<T>(gram, gram, square, rows, rows, rows);
            for (int i = 0; i < gram.Length; i++)
            {
                gram[i] = T.CreateChecked(B) * gram[i] + T.CreateChecked(C) * square[i];
            }

            MatMul.Reference<T>(gram, x, next, rows, rows, columns);
            for (int i = 0; i < x.Length; i++)
            {
                x[i] = T.CreateChecked(A) * x[i] + next[i];
            }
        }
    }

    /// <summary>Fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static void Forward(Span<float> x, int rows, int columns)
    {
        Sizes.Require(x.Length, rows, columns, "x", "rows", "columns");
        Multiply.ScaleInDouble(x, Moments.InverseRoot(Reduce.SquareSum(x)), x);
        int side = Math.Min(rows, columns);
        Span<float> gram = Scratch.Span(Scratch.Gram, side * side), square = Scratch.Span(Scratch.GramSquare, side * side);
        Span<float> next = Scratch.Span(Scratch.Next, x.Length);
        for (int k = 0; k < Iterations; k++)
        {
            if (rows <= columns)
            {
                MatMul.ForwardNT(x, x, gram, rows, columns, rows);
            }
            else
            {
                MatMul.ForwardTN(x, x, gram, columns, rows, columns);
            }

            MatMul.Forward(gram, gram, square, side, side, side);
            Multiply.Scale(gram, (float)B, gram);
            Multiply.AddScaled(square, (float)C, gram);
            if (rows <= columns)
            {
                MatMul.Forward(gram, x, next, rows, rows, columns);
            }
            else
            {
                MatMul.Forward(x, gram, next, rows, columns, columns);
            }

            Multiply.Scale(x, (float)A, x);
            Multiply.AddScaled(next, 1, x);
        }
    }

    /// <summary>One matrix of <see cref="Several"/>.</summary>
    /// <param name="Start">Where it lies, pinned.</param>
    /// <param name="Rows">Number of rows.</param>
    /// <param name="Columns">Number of columns.</param>
    internal readonly record struct Matrix(nint Start, int Rows, int Columns);

    /// <summary>Many matrices, each on one thread: small ones gain more that way than by sharing each product.</summary>
    /// <param name="matrices">Overwritten, all of them.</param>
    internal static unsafe void Several(ReadOnlySpan<Matrix> matrices)
    {
        fixed (Matrix* all = matrices)
        {
            SeveralJob job = new() { All = all };
            Workers.Run(ref job, matrices.Length);
        }
    }

    private unsafe struct SeveralJob : IJob
    {
        public Matrix* All;

        public readonly void Run(int part) =>
            Forward(new((void*)All[part].Start, All[part].Rows * All[part].Columns), All[part].Rows, All[part].Columns);
    }
}
