using Microsoft.CodeAnalysis.Scripting;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// The variables of a notebook. To show a value may run the reader's own code, which may never end: it runs on a thread of its own. A value that takes too
/// long is left out, and is not asked again as long as that thread hangs on it.
/// </summary>
/// <param name="limit">How long one look at all variables may take.</param>
internal sealed class Variables(TimeSpan limit)
{
    /// <summary>In place of a value that does not come.</summary>
    public const string TooSlow = "(takes too long to show)";

    /// <summary>In place of a value behind it; the next look gets there.</summary>
    public const string NotReached = "(not shown yet: another variable takes too long)";

    private readonly List<Look> _late = [];

    /// <summary>Every variable once, with the value it has now, by name.</summary>
    public IReadOnlyList<Variable> Of(ScriptState? state)
    {
        _late.RemoveAll(look => look.HasEnded);
        Asked[] asked =
        [
            .. (state?.Variables ?? []).GroupBy(variable => variable.Name).Select(same => same.Last())
                .OrderBy(variable => variable.Name, StringComparer.Ordinal).Select(variable => new Asked(variable.Name, variable.Value, variable.Type)),
        ];
        var look = new Look(asked, [.. _late]);
        IReadOnlyList<Variable> found = look.Take(limit);
        if (!look.HasEnded)
        {
            _late.Add(look);
        }

        return found;
    }

    /// <summary>A variable with its value of this moment.</summary>
    private sealed record Asked(string Name, object? Value, Type Type)
    {
        public Variable Described() => VariableView.Of(Name, Value, Type);

        public Variable Undescribed(string why) => new(Name, VariableView.TypeName(Value?.GetType() ?? Type), "", why);

        /// <summary>A struct's value is another object each time that it is asked for; there the type has to do.</summary>
        public bool IsSame(Asked other) => Name == other.Name && (Value is ValueType ? Value.GetType() == other.Value?.GetType() : Value == other.Value);
    }

    /// <summary>One walk through all variables.</summary>
    private sealed class Look
    {
        private readonly Asked[] _asked;
        private readonly Look[] _late;
        private readonly Variable?[] _found;
        private readonly Thread _thread;
        private int _at;
        private bool _isGivenUp;

        public Look(Asked[] asked, Look[] late)
        {
            (_asked, _late, _found) = (asked, late, new Variable?[asked.Length]);
            _thread = new Thread(Walk) { IsBackground = true, Name = "variables" };
            _thread.UnsafeStart();
        }

        public bool HasEnded => !_thread.IsAlive;

        /// <summary>What is found within the limit; then the walk ends with the value that it stands at.</summary>
        public IReadOnlyList<Variable> Take(TimeSpan limit)
        {
            _thread.Join(limit);
            lock (_asked)
            {
                _isGivenUp = true;
                return [.. _asked.Select((one, i) => _found[i] ?? one.Undescribed(i == _at ? TooSlow : NotReached))];
            }
        }

        private void Walk()
        {
            for (int i = 0; i < _asked.Length && Reach(i); i++)
            {
                _found[i] = _late.Any(look => look._asked[look._at].IsSame(_asked[i])) ? _asked[i].Undescribed(TooSlow) : _asked[i].Described();
            }
        }

        private bool Reach(int next)
        {
            lock (_asked)
            {
                _at = _isGivenUp ? _at : next;
                return !_isGivenUp;
            }
        }
    }
}
