using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// The fast path of <see cref="FlashAttend"/>: 96 queries meet 320 keys at a time, with the register tiles of <see cref="MatMul"/>
/// for both products. Scores are kept in base 2 (Q is scaled by log₂e once), so that a weight is one subtraction and one 2ˣ.
/// </summary>
public static partial class FlashAttend
{
    /// <summary>Queries of a block: 8 tiles of 12, 16 of 6. Their scores and output stay in the second-level cache.</summary>
    private const int QueryBlock = 96;

    /// <summary>Keys of a block: the inner length of the second product, hence the block that the tiles are made for.</summary>
    private const int KeyBlock = MatMul.InnerBlock;

    private const float Log2E = 1.44269504f;

    private static unsafe void Blocks<V>(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, Span<float> output, Span<float> logSums, int queries, int keys, int dim, int valueDim, float scale, AttendMask mask, ReadOnlySpan<float> bias)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count;
        float* packedK, packedV;
        fixed (float* pk = k, pv = v)
        {
            packedK = PackStrips<V>(Scratch.Of(Scratch.Keys, RoundUp(keys, width) * dim), pk, 1, dim, dim, keys);
            packedV = PackStrips<V>(Scratch.Of(Scratch.Values, RoundUp(valueDim, width) * keys), pv, valueDim, 1, keys, valueDim);
        }

        float* scores = Scratch.Of(Scratch.Scores, QueryBlock * MatMul.Stride);
        float* rows = Scratch.Of(Scratch.Rows, 2 * QueryBlock);
        int valueStride = RoundUp(valueDim, width);
        for (int first = 0; first < queries; first += QueryBlock)
        {
            int count = Math.Min(QueryBlock, queries - first), limit = mask.Limit(first + count - 1, queries, keys);
            float* block = Scratch.Of(Scratch.Output, QueryBlock * valueStride);
            float* packedQ = PackQueries<V>(q.Slice(first * dim, count * dim), dim, count, scale * Log2E);
            new Span<float>(block, QueryBlock * valueStride).Clear();
            new Span<float>(rows, QueryBlock).Fill(float.NegativeInfinity);
            new Span<float>(rows + QueryBlock, QueryBlock).Clear();
            for (int start = 0; start < limit; start += KeyBlock)
            {
                int span = Math.Min(KeyBlock, limit - start);
                for (int tile = 0; tile < count; tile += MatMul.TileRows)
                {
                    int last = Math.Min(tile + MatMul.TileRows, count) - 1;
                    int depth = Math.Clamp(mask.Limit(first + last, queries, keys) - start, 0, span);
                    if (depth == 0)
                    {
                        continue;
                    }

                    float* tileScores = scores + tile * MatMul.Stride;
                    Scores<V>(packedQ + tile * MatMul.Stride, packedK + (nint)start * dim, tileScores, dim, depth);
                    for (int r = tile; r <= last; r++)
                    {
                        Span<float> row = new(scores + r * MatMul.Stride, RoundUp(depth, V.Count));
                        Hide(row, depth, first + r, start, queries, keys, mask, bias);
                        float shrink = Weigh<V>(row, ref rows[r], ref rows[QueryBlock + r]);
                        if (shrink != 1)
                        {
                            Span<float> sums = new(block + r * valueStride, valueStride);
                            Multiply.Scale(sums, shrink, sums);
                        }
                    }

                    for (int c = 0; c < valueDim; c += width)
                    {
                        MatMul.Tile<V>(tileScores, packedV + (nint)c * keys + (nint)start * width, block + tile * valueStride + c, valueStride, depth, write: false);
                    }
                }
            }

            for (int r = 0; r < count; r++)
            {
                float sum = rows[QueryBlock + r];
                Multiply.Scale(new Span<float>(block + r * valueStride, valueDim), sum == 0 ? 0 : 1 / sum, output.Slice((first + r) * valueDim, valueDim));
                logSums[first + r] = rows[r] / Log2E + MathF.Log(sum);
            }
        }
    }

    /// <summary>One tile of queries times as many keys as it may see.</summary>
    private static unsafe void Scores<V>(float* q, float* k, float* scores, int dim, int depth)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count;
        for (int j = 0; j < depth; j += width)
        {
            for (int p = 0; p == 0 || p < dim; p += MatMul.InnerBlock)
            {
                float* block = q + (nint)(p / MatMul.InnerBlock) * QueryBlock * MatMul.Stride;
                MatMul.Tile<V>(block, k + (nint)j * dim + (nint)p * width, scores + j, MatMul.Stride, Math.Min(MatMul.InnerBlock, dim - p), write: p == 0);
            }
        }
    }

    /// <summary>Adds the bias and puts −∞ where the query may not look, and beyond the last key.</summary>
    private static void Hide(Span<float> row, int depth, int query, int start, int queries, int keys, AttendMask mask, ReadOnlySpan<float> bias)
    {
        int visible = Math.Clamp(mask.Limit(query, queries, keys) - start, 0, depth);
        row[visible..].Fill(float.NegativeInfinity);
        Span<float> seen = row[..visible];
        if (!bias.IsEmpty)
        {
            Multiply.AddScaled(bias.Slice(query * keys + start, visible), Log2E, seen);
        }

        if (!mask.Keys.IsEmpty)
        {
            MaskedSoftmax.Hide(seen, mask.Keys[start..]);
        }

        if (!mask.Pairs.IsEmpty)
        {
            MaskedSoftmax.Hide(seen, mask.Pairs[(query * keys + start)..]);
        }
    }

    /// <summary>
    /// Turns scores into 2^(score − maximum), updates the row's maximum and sum, and returns the factor for what was summed before.
    /// The row's length is a multiple of the register.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe float Weigh<V>(Span<float> row, ref float maximum, ref float sum)
        where V : struct, ILanes<V>
    {
        fixed (float* x = row)
        {
            V high = V.All(maximum);
            for (int j = 0; j < row.Length; j += V.Count)
            {
                high = V.Max(high, V.Load(x + j));
            }

            float higher = V.MaxAcross(high);
            if (higher == float.NegativeInfinity)
            {
                // Nothing visible here, or NaN, which a hardware maximum may pass over.
                sum = row.ContainsAnyExcept(float.NegativeInfinity) ? float.NaN : sum;
                row.Clear();
                return 1;
            }

            V shift = V.All(higher), total = V.All(0);
            for (int j = 0; j < row.Length; j += V.Count)
            {
                V weight = Exp.OfBase2(V.Load(x + j) - shift);
                V.Store(weight, x + j);
                total += weight;
            }

            float shrink = MathF.Exp((maximum - higher) / Log2E);
            sum = sum * shrink + V.Sum(total);
            maximum = higher;
            return shrink;
        }
    }

    /// <summary>Rows of Q times a factor, in pieces of <see cref="MatMul.InnerBlock"/>, <see cref="MatMul.Stride"/> apart; a last half tile is filled up with zeros.</summary>
    private static unsafe float* PackQueries<V>(ReadOnlySpan<float> q, int dim, int count, float factor)
        where V : struct, ILanes<V>
    {
        int pieces = Math.Max(1, (dim + MatMul.InnerBlock - 1) / MatMul.InnerBlock);
        float* packed = Scratch.Of(Scratch.Query, pieces * QueryBlock * MatMul.Stride);
        for (int piece = 0; piece < pieces; piece++)
        {
            int p = piece * MatMul.InnerBlock, depth = Math.Min(MatMul.InnerBlock, dim - p);
            for (int r = 0; r < RoundUp(count, MatMul.TileRows); r++)
            {
                Span<float> row = new(packed + ((nint)piece * QueryBlock + r) * MatMul.Stride, depth);
                if (r < count)
                {
                    Multiply.Scale(q.Slice(r * dim + p, depth), factor, row);
                }
                else
                {
                    row.Clear();
                }
            }
        }

        return packed;
    }

    /// <summary>A whole (inner, columns) matrix in strips two registers wide.</summary>
    private static unsafe float* PackStrips<V>(float* packed, float* from, int innerStride, int columnStride, int inner, int columns)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count;
        for (int j = 0; j < columns; j += width)
        {
            MatMul.PackStrip<V>(from + (nint)j * columnStride, innerStride, columnStride, packed + (nint)j * inner, inner, Math.Min(width, columns - j));
        }

        return packed;
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
