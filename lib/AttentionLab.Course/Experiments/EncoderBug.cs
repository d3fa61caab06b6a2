namespace AttentionLab.Course.Experiments;

/// <summary>What may be wrong with an <see cref="EncoderPatient"/>. Each was found in published code; none raises an error.</summary>
public enum EncoderBug
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>x + f(Norm(x)) where Norm(x + f(x)) is meant, and no norm at the end.</summary>
    PreNorm,

    /// <summary>The norm divides Σ (x − μ)² by C − 1 in place of C.</summary>
    UnbiasedVariance,

    /// <summary>Scores are divided by √C, the width of the model, in place of √D, the size of a head.</summary>
    ScaleByModel,

    /// <summary>(T, C) is read as (H, T, D) without a transpose: a head gets a run of tokens in place of a run of columns.</summary>
    ReshapedHeads,

    /// <summary>Every token of sequence b gets position b, because the batch axis is taken for the time axis.</summary>
    PositionsByBatch,
}
