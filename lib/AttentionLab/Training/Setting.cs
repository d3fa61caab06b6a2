namespace AttentionLab.Training;

/// <summary>The check at the door of optimisers and schedules: a setting with which a step is a step.</summary>
internal static class Setting
{
    /// <summary>0 or above and finite, also when rounded to float, as the kernels take it: a rate, a decay.</summary>
    /// <param name="value">What was passed.</param>
    /// <param name="name">The caller's parameter.</param>
    /// <param name="usual">A value that people take.</param>
    public static double NotNegative(double value, string name, string usual) => value >= 0 && float.IsFinite((float)value)
        ? value
        : throw new ArgumentOutOfRangeException(
            name, FormattableString.Invariant($"{name} is {value} but must be 0 or above and finite as a float: pass {usual}."));

    /// <summary>Above 0 and finite, also when rounded to float, as the kernels take it: an ε that keeps 0/0 away.</summary>
    /// <param name="value">What was passed.</param>
    /// <param name="name">The caller's parameter.</param>
    /// <param name="usual">A value that people take.</param>
    public static double Positive(double value, string name, string usual) => (float)value is > 0 and < float.PositiveInfinity
        ? value
        : throw new ArgumentOutOfRangeException(
            name, FormattableString.Invariant($"{name} is {value} but must be above 0 and finite as a float, since it keeps 0/0 away: pass {usual}."));

    /// <summary>From 0 to 1.</summary>
    /// <param name="value">What was passed.</param>
    /// <param name="name">The caller's parameter.</param>
    /// <param name="usual">A value that people take.</param>
    public static double Share(double value, string name, string usual) => value is >= 0 and <= 1
        ? value
        : throw new ArgumentOutOfRangeException(
            name, FormattableString.Invariant($"{name} is {value} but a share lies between 0 and 1: pass {usual}."));

    /// <summary>From 0 to below 1: the memory of a running average.</summary>
    /// <param name="value">What was passed.</param>
    /// <param name="name">The caller's parameter.</param>
    /// <param name="usual">A value that people take.</param>
    public static double Memory(double value, string name, string usual) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(
            name, FormattableString.Invariant($"{name} is {value} but a running average needs a factor from 0 to below 1: pass 0 for none, or {usual}."));
}
