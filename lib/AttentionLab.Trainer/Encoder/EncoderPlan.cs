namespace AttentionLab.Trainer;

/// <summary>
/// Warm-up, then a constant rate, then a line down to zero ("WSD": Hu et al. 2024, "MiniCPM", §4). Up to the beginning of the decay
/// nothing depends on how many steps there will be, so a budget of time can be turned into a number of steps at the last
/// moment, from the pace measured until then; with that number written down the training can be repeated exactly.
/// </summary>
internal sealed class EncoderPlan
{
    private readonly EncoderSettings _settings;
    private readonly double? _seconds;

    public EncoderPlan(EncoderSettings settings, EncoderBudget budget)
    {
        _settings = settings;
        if (budget.Steps is long steps)
        {
            (Steps, DecayFrom) = (steps, budget.DecayFrom ?? EncoderBudget.DecayOf(settings, steps));
        }
        else
        {
            _seconds = 60 * (budget.Minutes ?? throw new ArgumentException("neither steps nor minutes are given: give one of them.", nameof(budget)));
            Steps = long.MaxValue;
        }
    }

    /// <summary>Steps in all; an estimate until <see cref="DecayFrom"/> is known.</summary>
    public long Steps { get; private set; }

    /// <summary>Last step at the largest rate; null until the budget has decided.</summary>
    public long? DecayFrom { get; private set; }

    /// <summary>The learning rate of a step, counted from 1.</summary>
    public double Rate(long step) =>
        step < _settings.Warmup ? _settings.Rate * step / _settings.Warmup
        : DecayFrom is long from && step > from ? _settings.Rate * Math.Max(0, Steps + 1 - step) / (Steps + 1 - from)
        : _settings.Rate;

    /// <summary>The share of tokens to be found in a step, counted from 1: it falls with the rate.</summary>
    public double Share(long step) => DecayFrom is long from && step > from
        ? _settings.FinalShare + (_settings.Share - _settings.FinalShare) * Rate(step) / _settings.Rate
        : _settings.Share;

    /// <summary>Called before each step while the budget decides.</summary>
    /// <param name="done">Steps done.</param>
    /// <param name="gone">Seconds used.</param>
    /// <param name="pace">Seconds a step takes now.</param>
    /// <param name="isKnown">False while the pace is a first guess: the number of steps is then an estimate only.</param>
    /// <returns>True once: the number of steps is now fixed.</returns>
    public bool Decide(long done, double gone, double pace, bool isKnown = true)
    {
        if (DecayFrom is not null || _seconds is not double budget)
        {
            return false;
        }

        Steps = Math.Max(done + 1, done + (long)((budget - gone) / pace));
        if (!isKnown || done < (1 - _settings.DecayShare) * Steps || done < Math.Min(_settings.Warmup, Steps / 2))
        {
            return false;
        }

        DecayFrom = done;
        return true;
    }
}
