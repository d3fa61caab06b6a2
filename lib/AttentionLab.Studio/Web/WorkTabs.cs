namespace AttentionLab.Studio.Web;

/// <summary>Which tabs show a chapter, and which of them edits: the first, until another takes over or it is closed.</summary>
internal sealed class WorkTabs
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _streams = new(StringComparer.Ordinal);
    private string? _writer;

    /// <summary>A tab listens; dispose the result when it does no more.</summary>
    public IDisposable Join(string tab, Action changed)
    {
        lock (_gate)
        {
            _streams[tab] = _streams.GetValueOrDefault(tab) + 1;
        }

        Claim(tab);
        return new Seat(() =>
        {
            lock (_gate)
            {
                if (--_streams[tab] == 0)
                {
                    _streams.Remove(tab);
                }
            }

            changed();
        });
    }

    /// <summary>A tab wants to edit; it may if no other one does.</summary>
    public bool Claim(string tab)
    {
        lock (_gate)
        {
            if (_writer is null || !_streams.ContainsKey(_writer))
            {
                _writer = tab;
            }

            return _writer == tab;
        }
    }

    /// <summary>A tab edits from now on; the others read along.</summary>
    public void Take(string tab)
    {
        lock (_gate)
        {
            _writer = tab;
        }
    }

    public bool MayEdit(string tab)
    {
        lock (_gate)
        {
            return _writer == tab || _writer is null || !_streams.ContainsKey(_writer);
        }
    }

    private sealed class Seat(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
