using System.Globalization;

namespace AttentionLab.Trainer;

/// <summary>How a run goes on: a number of steps, or a budget of time that turns into one; nothing at all for a resumed run's own.</summary>
/// <param name="Steps">Steps to do; null while the budget decides.</param>
/// <param name="DecayFrom">Last step at the largest rate; null with <paramref name="Steps"/> given for what the decay's share makes of them.</param>
/// <param name="Minutes">The budget; null for none.</param>
internal sealed record EncoderBudget(long? Steps = null, long? DecayFrom = null, double? Minutes = null)
{
    /// <summary>Last step at the largest rate when so many steps are asked for.</summary>
    public static long DecayOf(EncoderSettings settings, long steps) => (long)Math.Round(steps * (1 - settings.DecayShare));

    /// <summary>What a run had decided when it was saved.</summary>
    public static EncoderBudget Of(EncoderRecipe run) => new(run.Steps, run.DecayFrom, run.Minutes);

    /// <summary>What this budget asks for and a saved run has otherwise; what is not given here agrees with everything.</summary>
    public IEnumerable<EncoderDifference> From(EncoderRecipe run)
    {
        if (Minutes is double minutes && minutes != run.Minutes)
        {
            yield return new("--minutes", run.Minutes is double had ? Text(had) : $"not given (--steps {run.Steps})", Text(minutes));
        }

        if (Steps is not long steps)
        {
            yield break;
        }

        long decay = DecayFrom ?? DecayOf(run.Settings, steps);
        if (steps != run.Steps)
        {
            yield return new("--steps", run.Steps is long had ? Text(had) : $"not decided yet (--minutes {Text(run.Minutes ?? 0)})", Text(steps));
        }
        else if (decay != run.DecayFrom)
        {
            yield return new("--decay-from", Text(run.DecayFrom ?? 0), Text(decay));
        }
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
