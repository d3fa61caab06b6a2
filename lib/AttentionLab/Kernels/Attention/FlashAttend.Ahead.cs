namespace AttentionLab.Kernels;

/// <content>
/// What tiles ask memory for meanwhile: the queries of the next group, the rows of their own output, which nobody has touched for long, and the next keys
/// and values. Heads whose numbers lie in a far cache took 4 to 7 % longer than near ones, half of it in turning Q and O, which only wait.
/// </content>
public static partial class FlashAttend
{
    /// <summary>Q, K, V and O of more numbers than this (2 MB) do not stay near; below, asking for them costs 1 % more than it saves.</summary>
    private const int Far = 1 << 19;

    /// <summary>Lines that a row may lie in: so many tiles ask, each for a line of many rows.</summary>
    private static int Lines(int dim) => dim / Scratch.LineFloats + 1;

    /// <summary>What the next group of queries reads, or what would lie there behind the last head; any address may be asked for.</summary>
    private readonly unsafe struct Upcoming(in HeadView head, int first)
    {
        private readonly float* _q = head.Q[first], _k = head.K[0], _v = head.V[0];

        /// <summary>For the tiles of scores at a group's meeting (from 0) of a strip with keys: two meetings for the queries, two for the outputs.</summary>
        public MatMul.Ahead Rows(in HeadView head, int first, int meeting)
        {
            nint half = head.Dim / 2, step = meeting < 2 ? head.Q.Step : head.Output.Step;
            float* from = meeting < 2 ? _q : head.Output[first];
            int lines = Lines(meeting < 2 ? head.Dim : head.ValueDim);
            return _q != null && meeting < 4 ? new(from + meeting % 2 * 2 * half * step, step, half * step, lines) : default;
        }

        /// <summary>For the tiles of outputs: the first strip of a group asks for the next block of keys, the second for its values.</summary>
        public MatMul.Ahead Keys(in HeadView head, int strip, KeyRun run)
        {
            bool more = run.End < head.Keys;
            nint half = run.Count / 2;
            return strip switch
            {
                _ when _q == null => default,
                0 => new(more ? head.K[run.End] : _k, head.K.Step, half * head.K.Step, Lines(head.Dim)),
                1 => new(more ? head.V[run.End] : _v, head.V.Step, half * head.V.Step, Lines(head.ValueDim)),
                _ => default,
            };
        }
    }
}
