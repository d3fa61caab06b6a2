using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace AttentionLab.Kernels;

/// <content>From a product of spans to the job that does it.</content>
public static partial class MatMul
{
    /// <summary>Whether the CPU has 32 registers (AVX-512, Arm) and not 16.</summary>
    internal static bool ManyRegisters => Vector512.IsHardwareAccelerated || AdvSimd.IsSupported;

    /// <summary>Registers that a strip of B is wide: with 6 rows, 24 or 12 sums, those of B and one of A fit. Few columns leave half of four empty.</summary>
    internal static int StripRegisters(int columns) => ManyRegisters && columns > 2 * Simd.Lanes ? 4 : 2;

    /// <summary>a_ip = A[i·ARow + p·AInner], b_pj = B[p·BInner + j·BColumn], so one source serves all transposes; or B is already in strips.</summary>
    private unsafe struct Product
    {
        public float* A, B, C, Strips;
        public nint ARow, AInner, BInner, BColumn;
        public int Rows, Inner, Columns;
        public bool Add;
        public Ending Ending;
    }

    /// <summary>The same before the memory is pinned.</summary>
    private unsafe ref struct Operands : IWide
    {
        public ReadOnlySpan<float> A, B;
        public Span<float> C;
        public Epilogue Epilogue;
        public Product Of;

        public void Run<V>()
            where V : struct, ILanes<V>
        {
            if (Of.Inner == 0 && !Of.Add)
            {
                C.Clear();
            }

            if (Of.Rows == 0 || Of.Columns == 0)
            {
                return;
            }

            fixed (float* a = A, b = B, c = C, bias = Epilogue.Bias, residual = Epilogue.Residual)
            {
                Product product = Of;
                product.A = a;
                product.B = b;
                product.C = c;
                product.Ending = new() { Bias = bias, Activation = Epilogue.Activation, Residual = residual };
                if (Of.Inner == 0 || (Of.Strips == null && Of.Rows < (Of.BColumn == 1 ? FewRowsOfSums(Of.Columns) : FewRowsOfDots(Of.Inner))))
                {
                    FewRowsJob<V>.Multiply(product);
                }
                else if (StripRegisters(Of.Columns) == 4 && (Of.Strips != null || Of.Rows <= TileRows || Of.Rows > TallTileRows))
                {
                    BlockJob<V, Four<V>>.Multiply(product);
                }
                else
                {
                    BlockJob<V, Two<V>>.Multiply(product);
                }
            }
        }
    }
}
