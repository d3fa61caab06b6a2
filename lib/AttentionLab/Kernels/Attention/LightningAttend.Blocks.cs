namespace AttentionLab.Kernels;

/// <content>The fast path: all heads, each on one thread.</content>
public static partial class LightningAttend
{
    /// <summary>
    /// Tokens of a block. Within it the work is quadratic, outside constant a token: short blocks save arithmetic, long ones read and write S less often.
    /// </summary>
    private const int Block = 32;

    /// <summary>o_i = Σ λ^|i−j|·(q_i·k_j)·v_j over j ≤ i, or over j ≥ i if time runs backwards.</summary>
    internal static unsafe void Blocks(in AttendInput<float> input, Span<float> output, HeadLayout outputAt, ReadOnlySpan<float> decays, bool backwardInTime)
    {
        (int batch, int heads, int tokens, _, int dim, int valueDim) = input.Sizes;
        fixed (float* q = input.Q.Values, k = input.K.Values, v = input.V.Values, o = output, d = decays)
        {
            HeadsJob job = new()
            {
                Q = new(q, input.Q.Layout),
                K = new(k, input.K.Layout),
                V = new(v, input.V.Layout),
                Output = new(o, outputAt),
                Decays = d,
                Sizes = input.Sizes,
                BackwardInTime = backwardInTime,
            };

            // A token updates and reads a state, and meets half a block.
            Workers.Run(ref job, batch * heads, (double)batch * heads * tokens * (2 * dim * valueDim + Block / 2 * (dim + valueDim)));
        }
    }

    /// <summary>All heads; a part is one.</summary>
    private unsafe struct HeadsJob : IJob
    {
        public HeadPointer Q, K, V, Output;
        public float* Decays;
        public AttendSizes Sizes;
        public bool BackwardInTime;

        public readonly void Run(int part)
        {
            (int b, int h) = (part / Sizes.Heads, part % Sizes.Heads);
            HeadBlocks head = new()
            {
                Q = Head(Q, b, h),
                K = Head(K, b, h),
                V = Head(V, b, h),
                Output = Head(Output, b, h),
                Lambda = Decays[h],
                Tokens = Sizes.Queries,
                Dim = Sizes.Dim,
                ValueDim = Sizes.ValueDim,
            };
            Simd.Run(ref head);
        }

        /// <summary>Whose time runs backwards is read from its last token on.</summary>
        private readonly HeadPointer Head(HeadPointer all, int batch, int head)
        {
            HeadPointer one = all.Of(batch, head);
            return BackwardInTime ? one.Reversed(Sizes.Queries) : one;
        }
    }
}
