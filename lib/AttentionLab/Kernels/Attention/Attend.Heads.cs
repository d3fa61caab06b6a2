namespace AttentionLab.Kernels;

/// <content>Heads on threads.</content>
public static partial class Attend
{
    /// <summary>A number of K or V that serves one query takes as long to read as so many multiply-adds, at least.</summary>
    private const int ReadingEffort = 4;

    /// <summary>
    /// Runs a job whose parts are heads. With a head for every thread each is done by one of them; with fewer, or if heads add to the same numbers, one after
    /// the other, and threads share its products.
    /// </summary>
    private static void RunHeads<TJob>(ref TJob job, AttendSizes sizes, bool shareSums = false)
        where TJob : unmanaged, IJob
    {
        int heads = sizes.Batch * sizes.Heads;
        if (heads >= Workers.Count && !shareSums)
        {
            int effort = Math.Max(sizes.Queries, ReadingEffort);
            Workers.Run(ref job, heads, (double)heads * effort * sizes.Keys * (sizes.Dim + sizes.ValueDim));
            return;
        }

        for (int head = 0; head < heads; head++)
        {
            job.Run(head);
        }
    }

    /// <summary>An input in pinned memory, which a job for other threads may hold.</summary>
    private unsafe struct PinnedInput(in AttendInput<float> of)
    {
        public float* Q, K, V, Bias;
        public bool* Keys, Pairs;
        private readonly HeadLayout _qAt = of.Q.Layout, _kAt = of.K.Layout, _vAt = of.V.Layout;
        private readonly int _q = of.Q.Values.Length, _k = of.K.Values.Length, _v = of.V.Values.Length, _bias = of.Bias.Length;
        private readonly int _keys = of.Mask.Keys.Length, _pairs = of.Mask.Pairs.Length;
        private readonly AttendSizes _sizes = of.Sizes;
        private readonly float _scale = of.Scale;
        private readonly bool _causal = of.Mask.Causal;

        public readonly AttendInput<float> Spans => new()
        {
            Q = new(new(Q, _q), _qAt),
            K = new(new(K, _k), _kAt),
            V = new(new(V, _v), _vAt),
            Sizes = _sizes,
            Scale = _scale,
            Mask = new() { Causal = _causal, Keys = new(Keys, _keys), Pairs = new(Pairs, _pairs) },
            Bias = new(Bias, _bias),
        };
    }

    /// <summary>Pinned numbers.</summary>
    private readonly unsafe struct Pinned(float* first, int count)
    {
        public Span<float> Span => new(first, count);
    }

    private struct ForwardJob : IJob
    {
        public PinnedInput Input;
        public Pinned Output, Weights;

        public readonly void Run(int part) => ForwardHead(Input.Spans, part, Output.Span, Weights.Span);
    }

    private struct BackwardJob : IJob
    {
        public PinnedInput Input;
        public Pinned Weights, DOutput, DQ, DK, DV, DBias;

        public readonly void Run(int part)
        {
            AttendGradients<float> to = new() { Q = DQ.Span, K = DK.Span, V = DV.Span, Bias = DBias.Span };
            FastHeadBackward(Input.Spans, part, Weights.Span, DOutput.Span, to);
        }
    }
}
