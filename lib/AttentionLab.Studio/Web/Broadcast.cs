using System.Threading.Channels;

namespace AttentionLab.Studio.Web;

/// <summary>Tells everybody who listens what happens.</summary>
internal sealed class Broadcast
{
    private readonly Lock _gate = new();
    private readonly List<Channel<LiveEvent>> _listeners = [];

    /// <summary>A channel that gets every event from now on, until it is given to <see cref="Leave"/>.</summary>
    public Channel<LiveEvent> Join()
    {
        var channel = Channel.CreateUnbounded<LiveEvent>();
        lock (_gate)
        {
            _listeners.Add(channel);
        }

        return channel;
    }

    public void Leave(Channel<LiveEvent> channel)
    {
        lock (_gate)
        {
            _listeners.Remove(channel);
        }
    }

    public void Tell(LiveEvent what)
    {
        lock (_gate)
        {
            foreach (Channel<LiveEvent> listener in _listeners)
            {
                listener.Writer.TryWrite(what);
            }
        }
    }
}
