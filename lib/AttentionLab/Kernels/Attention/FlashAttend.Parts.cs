namespace AttentionLab.Kernels;

/// <content>How the forward is cut into parts for threads: groups of queries.</content>
public static partial class FlashAttend
{
    /// <summary>Queries of a part of the work: their strips meet a block of keys one after the other, while it is near. 64 to 256 measured alike.</summary>
    private const int QueryGroup = 128;

    /// <summary>The forward of all heads; a part is one group of queries of one head.</summary>
    private struct HeadsJob<V> : IJob
        where V : struct, ILanes<V>
    {
        public HeadView Heads;

        /// <summary>Whether memory must be asked early.</summary>
        public bool IsFar;

        public readonly void Run(int part)
        {
            (HeadView view, int first) = Of(part);
            int count = Math.Min(QueryGroup, Heads.Queries - first), rest = count % (2 * V.Count);
            Upcoming next = default;
            if (IsFar)
            {
                (HeadView nextView, int nextFirst) = Of(part + 1);
                next = new(nextView, nextFirst);
            }

            if (rest == 0 || rest > V.Count || V.Count <= 4)
            {
                Attend<V>(view, first, count, next);
                return;
            }

            // A last strip that would be half empty is made of narrower registers.
            Attend<V>(view, first, count - rest, next);
            if (V.Count == 16)
            {
                Attend<Lanes8>(view, first + count - rest, rest, next);
            }
            else
            {
                Attend<Lanes4>(view, first + count - rest, rest, next);
            }
        }

        /// <summary>
        /// A part's head and its first query; the last queries of a causal head have the most work: begun first, they are not waited for alone.
        /// </summary>
        private readonly (HeadView Head, int First) Of(int part)
        {
            int groups = Groups(Heads.Queries), head = part / groups;
            return (Heads.Of(head / Heads.Heads, head % Heads.Heads), (groups - 1 - part % groups) * QueryGroup);
        }
    }

    private static int Groups(int queries) => MatMul.Pieces(queries, QueryGroup);
}
