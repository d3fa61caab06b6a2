namespace AttentionLab.Kernels;

/// <content>
/// What stands under hidden keys takes no part. The products give hidden pairs a weight of 0, which is all it takes while numbers are finite, and
/// costs nothing. But 0·NaN and 0·∞ are NaN. So results that are not finite are computed again, pair by pair, without the hidden pairs: a NaN
/// that is seen comes out again, one that is hidden does not.
/// </content>
public static partial class FlashAttend
{
    /// <summary>Computes those of a strip's outputs again that are not finite; nobody needs its maxima any longer.</summary>
    private static unsafe void Clean<V>(in HeadView head, in StripView strip)
        where V : struct, ILanes<V>
    {
        float* flags = strip.Rows;
        int first = strip.First;
        Finite.Lanes<V>(strip.Output, strip.Width, head.ValueDim, flags);
        for (int r = 0; r < strip.Count; r++)
        {
            if (flags[r] != 0)
            {
                Span<float> weights = Weights(head, first + r), row = head.Output.Row(first + r, head.ValueDim);
                row.Clear();
                for (int j = 0; j < weights.Length; j++)
                {
                    if (head.Sees(first + r, j))
                    {
                        Multiply.AddScaled(head.V.Row(j, head.ValueDim), weights[j], row);
                    }
                }
            }
        }
    }

    /// <summary>Weights of one query, in scratch memory, as far as the causal rule lets it see.</summary>
    private static unsafe Span<float> Weights(in HeadView head, int query)
    {
        Span<float> weights = Scratch.Span(Scratch.Scores, head.Limit(query)), q = Scratch.Span(Scratch.Query, head.Dim);
        Multiply.Scale(head.Q.Row(query, head.Dim), head.Units.Query, q);
        for (int j = 0; j < weights.Length; j++)
        {
            float bias = head.Bias == null ? 0 : head.Bias[(nint)query * head.Keys + j] * head.Units.Bias;
            weights[j] = head.Sees(query, j) ? Dot.Forward(q, head.K.Row(j, head.Dim)) + bias : float.NegativeInfinity;
        }

        Softmax.Row(weights, weights, head.Units.Base2);
        return weights;
    }

    /// <summary>Whether all gradients of a head are finite.</summary>
    private static unsafe bool AreFinite(in HeadView head, in HeadGradients to)
    {
        for (int i = 0; i < head.Queries; i++)
        {
            if (!Finite.All(to.DQ.Row(i, head.Dim)))
            {
                return false;
            }
        }

        for (int j = 0; j < head.Keys; j++)
        {
            if (!Finite.All(to.DK.Row(j, head.Dim)) || !Finite.All(to.DV.Row(j, head.ValueDim)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The gradients of one head again, pair by pair; that of the bias has met no hidden pair the first time.</summary>
    private static unsafe void CleanGradients(in HeadView head, in HeadGradients to)
    {
        for (int j = 0; j < head.Keys; j++)
        {
            to.DK.Row(j, head.Dim).Clear();
            to.DV.Row(j, head.ValueDim).Clear();
        }

        for (int i = 0; i < head.Queries; i++)
        {
            ReadOnlySpan<float> q = head.Q.Row(i, head.Dim), dOutput = to.DOutput.Row(i, head.ValueDim), weights = Weights(head, i);
            Span<float> dq = to.DQ.Row(i, head.Dim);
            float delta = Dot.Forward(dOutput, head.Output.Row(i, head.ValueDim));
            dq.Clear();
            for (int j = 0; j < weights.Length; j++)
            {
                if (head.Sees(i, j))
                {
                    float dScore = head.Scale * weights[j] * (Dot.Forward(dOutput, head.V.Row(j, head.ValueDim)) - delta);
                    Multiply.AddScaled(dOutput, weights[j], to.DV.Row(j, head.ValueDim));
                    Multiply.AddScaled(head.K.Row(j, head.Dim), dScore, dq);
                    Multiply.AddScaled(q, dScore, to.DK.Row(j, head.Dim));
                }
            }
        }
    }
}
