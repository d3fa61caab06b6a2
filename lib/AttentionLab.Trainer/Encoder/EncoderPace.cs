namespace AttentionLab.Trainer;

/// <summary>Seconds a step takes, over the last few hundred.</summary>
internal sealed class EncoderPace
{
    private const int Window = 600, Enough = 100;
    private readonly Queue<(long Done, double At)> _marks = [];

    public double Seconds { get; private set; } = 1;

    /// <summary>The first steps of a process are slow and say little.</summary>
    public bool IsKnown => _marks.Count > Enough;

    public void Mark(long done, double at)
    {
        _marks.Enqueue((done, at));
        if (_marks.Count > Window)
        {
            _marks.Dequeue();
        }

        (long first, double begin) = _marks.Peek();
        Seconds = done > first ? Math.Max(1e-9, (at - begin) / (done - first)) : Seconds;
    }
}
