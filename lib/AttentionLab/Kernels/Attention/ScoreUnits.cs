namespace AttentionLab.Kernels;

/// <summary>
/// The units in which kernels keep scores, so that no finite score, no finite bias and no sum of the two leaves the range of float before the
/// row's maximum is taken away: score + bias = 2·P·x with x = (scale/2P)·q·k + bias/2P and P the power of two from |scale| on, at least 1.
/// </summary>
/// <remarks>
/// A weight is 2^(<see cref="Base2"/>·(x − max x)). Taking log₂e into x, as is often done, makes −∞ of a bias of <see cref="float.MinValue"/>.
/// </remarks>
internal readonly struct ScoreUnits
{
    /// <summary>Powers of two beyond this would leave the range themselves.</summary>
    private const int HighestPower = 60;

    /// <summary>The units for one scale.</summary>
    /// <param name="scale">Factor of the scores.</param>
    public ScoreUnits(float scale)
    {
        int power = Math.Abs(scale) > 1 ? Math.Min(MathF.ILogB(scale), HighestPower - 1) + 1 : 0;
        Power = MathF.ScaleB(1, power);
        (Query, Bias, Base2) = (scale / Power / 2, 0.5f / Power, 2 * Power * Exp.Log2E);
    }

    /// <summary>P: x·P is half of score + bias.</summary>
    public float Power { get; }

    /// <summary>Factor of q·k, put into q.</summary>
    public float Query { get; }

    /// <summary>Factor of the bias.</summary>
    public float Bias { get; }

    /// <summary>Factor of a difference of two x in the exponent of 2.</summary>
    public float Base2 { get; }
}
