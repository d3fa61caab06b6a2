namespace AttentionLab.Kernels;

/// <content>From a product of spans to the job that does it.</content>
public static partial class MatMul
{
    /// <summary>a_ip = A[i·ARow + p·AInner], b_pj = B[p·BInner + j·BColumn], so one source serves all transposes; or B is already in strips.</summary>
    private unsafe ref struct Operands : IWide
    {
        public ReadOnlySpan<float> A, B;
        public Span<float> C;
        public Epilogue Epilogue;
        public float* Strips;
        public int ARow, AInner, BInner, BColumn, Rows, Inner, Columns;
        public bool Add;

        public void Run<V>()
            where V : struct, ILanes<V>
        {
            if (Inner == 0 && !Add)
            {
                C.Clear();
            }

            if (Rows == 0 || Columns == 0)
            {
                return;
            }

            fixed (float* pa = A, pb = B, pc = C, bias = Epilogue.Bias, residual = Epilogue.Residual)
            {
                Ending ending = new() { Bias = bias, Activation = Epilogue.Activation, Residual = residual };
                if (Inner == 0 || (Strips == null && Rows < FewRows))
                {
                    FewRowsJob<V> few = new()
                    {
                        A = pa,
                        RowStep = ARow,
                        AInner = AInner,
                        B = pb,
                        BInner = BInner,
                        BColumn = BColumn,
                        C = pc,
                        Rows = Rows,
                        Inner = Inner,
                        Columns = Columns,
                        Add = Add,
                        Ending = ending,
                    };
                    Workers.Run(ref few, Pieces(Columns, FewColumns), (long)Rows * Inner * Columns);
                    return;
                }

                BlockJob<V> job = new()
                {
                    A = pa,
                    RowStep = ARow,
                    InnerStep = AInner,
                    B = pb,
                    BInner = BInner,
                    BColumn = BColumn,
                    C = pc,
                    Rows = Rows,
                    Inner = Inner,
                    Columns = Columns,
                    Add = Add,
                    Ending = ending,
                };
                if (Strips == null && Rows <= OwnCopyRows)
                {
                    job.Multiply(null, 0, Columns);
                }
                else
                {
                    Blocks(ref job, Strips);
                }
            }
        }
    }
}
