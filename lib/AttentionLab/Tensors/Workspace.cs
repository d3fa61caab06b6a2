namespace AttentionLab.Tensors;

/// <summary>
/// Memory that is used again: while <see cref="Use"/> lasts, the tensors that layers make on this thread come from here, and when it ends all of
/// them are taken back at once. A training step makes the same tensors as the step before: after the first, nothing large is allocated.
/// </summary>
/// <remarks>
/// Without it every step asks the runtime for fresh memory, which the system hands out page by page, cleared and cold: in a small
/// encoder some 200 MB and a tenth of the time. The rule for the caller: a tensor from
/// inside does not outlive <see cref="Use"/>; <see cref="Tensor.Copy"/> what is to stay. A use ends on the thread that began it: do not await within.
/// <code>
/// using (workspace.Use())
/// {
///     var (y, saved) = encoder.Forward(ids);     // from the workspace
///     encoder.Backward(dy, saved);
/// }                                              // y and saved are void from here on
/// </code>
/// </remarks>
public sealed class Workspace
{
    [ThreadStatic]
    private static Workspace? t_current;

    private readonly Dictionary<Key, Shelf> _shelves = [];
    private bool _inUse;

    /// <summary>Which use it is, counted from 1, and the thread that began it.</summary>
    private long _use;
    private int _thread;

    /// <summary>Bytes kept for the next use.</summary>
    public long Bytes => _shelves.Values.Sum(shelf => shelf.Tensors.Sum(tensor => (long)tensor.Length * sizeof(float)));

    /// <summary>Fills what is taken back with NaN, so that a test finds who still reads it.</summary>
    internal bool Poison { get; init; }

    /// <summary>From here on tensors of layers on this thread come from this workspace; dispose what is returned to end that.</summary>
    /// <exception cref="InvalidOperationException">It is in use already.</exception>
    public Scope Use()
    {
        if (_inUse)
        {
            throw new InvalidOperationException(
                "this workspace is in use already, and its tensors would be handed out twice: end that use first, or take a second workspace.");
        }

        Scope scope = new(this, t_current, ++_use);
        (_inUse, _thread, t_current) = (true, Environment.CurrentManagedThreadId, this);
        return scope;
    }

    /// <summary>A tensor whose values are not cleared: the caller overwrites all of them. From the workspace in use on this thread, or else new.</summary>
    /// <param name="shape">1 to 4 sizes.</param>
    internal static Tensor Rent(params ReadOnlySpan<int> shape)
    {
        if (t_current is not { } workspace)
        {
            return Tensor.Uncleared(shape);
        }

        Key key = Key.Of(shape);
        if (!workspace._shelves.TryGetValue(key, out Shelf? shelf))
        {
            workspace._shelves[key] = shelf = new();
        }

        return shelf.Take(shape);
    }

    /// <summary>Hands a tensor back before the end of the use, for the next <see cref="Rent"/>: only by whoever rented it and gave it to nobody.</summary>
    /// <param name="tensor">From <see cref="Rent"/>; one from elsewhere is left alone.</param>
    internal static void Return(Tensor tensor)
    {
        if (t_current is { } workspace && workspace._shelves.TryGetValue(Key.Of(tensor.Shape), out Shelf? shelf))
        {
            shelf.PutBack(tensor, workspace.Poison);
        }
    }

    /// <summary>Takes everything back; what this use did not need is left to the garbage collector. A use that is over already is left alone.</summary>
    private void End(Workspace? before, long use)
    {
        if (!_inUse || use != _use)
        {
            return;
        }

        // Elsewhere the tensors would be free while layers on the thread of the use still take from here.
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException(
                $"this use of the workspace began on thread {_thread} but would end on thread {Environment.CurrentManagedThreadId}: do not await within a use, "
                + "and dispose it where it began.");
        }

        if (t_current != this)
        {
            throw new InvalidOperationException(
                "this use of the workspace would end but the use of another one, which began within it, goes on: end that one first.");
        }

        (_inUse, t_current) = (false, before);
        foreach ((Key key, Shelf shelf) in _shelves)
        {
            if (!shelf.TakeAllBack(Poison))
            {
                _shelves.Remove(key);
            }
        }
    }

    /// <summary>One use of a workspace; ends when disposed.</summary>
    public readonly struct Scope : IDisposable
    {
        private readonly Workspace? _workspace, _before;
        private readonly long _use;

        internal Scope(Workspace workspace, Workspace? before, long use) => (_workspace, _before, _use) = (workspace, before, use);

        /// <summary>Ends the use; a second time does nothing.</summary>
        /// <exception cref="InvalidOperationException">It is another thread than the one it began on, or a use within it goes on.</exception>
        public void Dispose() => _workspace?.End(_before, _use);
    }

    /// <summary>A shape as key.</summary>
    private readonly record struct Key(int Rank, int First, int Second, int Third, int Fourth)
    {
        public static Key Of(ReadOnlySpan<int> shape)
        {
            Span<int> sizes = [0, 0, 0, 0];
            shape.CopyTo(sizes);
            return new(shape.Length, sizes[0], sizes[1], sizes[2], sizes[3]);
        }
    }

    /// <summary>The tensors of one shape: those handed out, then those that are free.</summary>
    private sealed class Shelf
    {
        private int _taken, _most;

        public List<Tensor> Tensors { get; } = [];

        public Tensor Take(ReadOnlySpan<int> shape)
        {
            if (_taken == Tensors.Count)
            {
                Tensors.Add(Tensor.Uncleared(shape));
            }

            _most = Math.Max(_most, _taken + 1);
            return Tensors[_taken++];
        }

        public void PutBack(Tensor tensor, bool poison)
        {
            int at = Tensors.FindLastIndex(Math.Max(0, _taken - 1), _taken, other => ReferenceEquals(other, tensor));
            if (at >= 0)
            {
                Spoil(tensor, poison);
                _taken--;
                (Tensors[at], Tensors[_taken]) = (Tensors[_taken], tensor);
            }
        }

        public bool TakeAllBack(bool poison)
        {
            Tensors.RemoveRange(_most, Tensors.Count - _most);
            Tensors.ForEach(tensor => Spoil(tensor, poison));
            bool used = _most > 0;
            (_taken, _most) = (0, 0);
            return used;
        }

        private static void Spoil(Tensor tensor, bool poison)
        {
            if (poison)
            {
                tensor.Span.Fill(float.NaN);
            }
        }
    }
}
