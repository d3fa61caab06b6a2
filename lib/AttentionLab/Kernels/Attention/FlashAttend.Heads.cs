namespace AttentionLab.Kernels;

/// <content>What the fast path knows of the heads.</content>
public static partial class FlashAttend
{
    /// <summary>All heads of a batch, as pointers; after <see cref="Of"/> one of them.</summary>
    private unsafe struct HeadView
    {
        public HeadPointer Q, K, V, Output;
        public float* Statistics, Bias;
        public MaskBits Mask;
        public readonly int Heads, Queries, Keys, Dim, ValueDim;
        public readonly float Scale;
        public readonly ScoreUnits Units;
        public readonly bool Causal;

        /// <summary>Numbers from one head's bias to the next, and from one sequence's: 0 where they share it.</summary>
        public readonly nint BiasHead, BiasBatch;

        public HeadView(in AttendInput<float> input, int biasLength)
        {
            (int batch, Heads, Queries, Keys, Dim, ValueDim) = input.Sizes;
            (Scale, Units, Causal) = (input.Scale, new(input.Scale), input.Mask.Causal);
            BiasHead = Heads < 2 ? 0 : (nint)input.BiasStart(biasLength, 0, 1);
            BiasBatch = batch < 2 ? 0 : (nint)input.BiasStart(biasLength, 1, 0);
        }

        /// <summary>One head.</summary>
        public readonly HeadView Of(int batch, int head) => this with
        {
            Q = Q.Of(batch, head),
            K = K.Of(batch, head),
            V = V.Of(batch, head),
            Output = Output.Of(batch, head),
            Statistics = Statistics == null ? null : Statistics + ((nint)batch * Heads + head) * Queries * 2,
            Bias = Bias == null ? null : Bias + batch * BiasBatch + head * BiasHead,
            Mask = Mask.Of(batch),
        };

        /// <summary>Whether something may be hidden.</summary>
        public readonly bool Hides => Causal || Mask.Any || Bias != null;

        /// <summary>Whether a query may look at a key.</summary>
        public readonly bool Sees(int query, int key) =>
            key < Limit(query) && !Mask.Hides(query, key) && (Bias == null || !float.IsNegativeInfinity(Bias[(nint)query * Keys + key]));

        /// <summary>How many keys, from the first, a query may see by the causal rule alone.</summary>
        public readonly int Limit(int query) => Causal ? AttendMask.CausalLimit(query, Queries, Keys) : Keys;
    }

    /// <summary>Where the gradients of all heads lie, and after <see cref="Of"/> of one; rows are as far apart as those of the values.</summary>
    private unsafe struct HeadGradients
    {
        public HeadPointer DOutput, DQ, DK, DV;
        public float* DBias;

        /// <summary>One head.</summary>
        public readonly HeadGradients Of(in HeadView heads, int batch, int head) => new()
        {
            DOutput = DOutput.Of(batch, head),
            DQ = DQ.Of(batch, head),
            DK = DK.Of(batch, head),
            DV = DV.Of(batch, head),
            DBias = DBias == null ? null : DBias + batch * heads.BiasBatch + head * heads.BiasHead,
        };
    }
}
