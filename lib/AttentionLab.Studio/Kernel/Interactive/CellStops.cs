using System.Reflection;
using System.Runtime.CompilerServices;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// Says which cells have to stop. Their own code asks: <see cref="StopChecks"/> writes calls of <see cref="Class"/> into it, which the first cell of a
/// kernel declares, so that cells need no reference to this program. Cells are numbered in the order in which they run.
/// </summary>
internal sealed class CellStops
{
    /// <summary>The class that cells ask.</summary>
    public const string Class = "__Stop";

    /// <summary>The first cell. A stop is an exception in the middle of the cell's code, thrown again by the next check if the cell catches it.</summary>
    public const string Source =
        $$"""
        static class {{Class}}
        {
            public static volatile int From = int.MaxValue;
            public static Func<int, System.Threading.CancellationToken> Token;
            public static Action<int, IDisposable> Made;

            [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
            public static void Check(int cell) { if (cell >= From) Throw(); }

            [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
            public static void Enter(int cell) { Check(cell); System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack(); }

            public static T Passed<T>(int cell, T value) { Check(cell); return value; }
            public static T Awaited<T>(int cell, T other) where T : allows ref struct { Check(cell); return other; }
            public static System.Threading.Tasks.Task Awaited(int cell, System.Threading.Tasks.Task task) => task.WaitAsync(Token(cell));
            public static System.Threading.Tasks.Task<T> Awaited<T>(int cell, System.Threading.Tasks.Task<T> task) => task.WaitAsync(Token(cell));
            public static System.Threading.Tasks.ValueTask Awaited(int cell, System.Threading.Tasks.ValueTask task) =>
                task.IsCompleted ? task : new(task.AsTask().WaitAsync(Token(cell)));
            public static System.Threading.Tasks.ValueTask<T> Awaited<T>(int cell, System.Threading.Tasks.ValueTask<T> task) =>
                task.IsCompleted ? task : new(task.AsTask().WaitAsync(Token(cell)));

            public static IAsyncEnumerable<T> Stream<T>(int cell, IAsyncEnumerable<T> stream) => new Stoppable<T>(cell, stream);

            public static T Timer<T>(int cell, T timer) where T : IDisposable { Made(cell, timer); return timer; }

            static void Throw() => throw new {{Stopped}}();

            public sealed class {{Stopped}} : OperationCanceledException { }

            sealed class Stoppable<T>(int cell, IAsyncEnumerable<T> stream) : IAsyncEnumerable<T>
            {
                public IAsyncEnumerator<T> GetAsyncEnumerator(System.Threading.CancellationToken token) =>
                    new Steps<T>(cell, stream.GetAsyncEnumerator(token.CanBeCanceled ? token : Token(cell)));
            }

            sealed class Steps<T>(int cell, IAsyncEnumerator<T> steps) : IAsyncEnumerator<T>
            {
                System.Threading.Tasks.Task<bool> move;

                public T Current => steps.Current;

                public System.Threading.Tasks.ValueTask<bool> MoveNextAsync()
                {
                    var next = steps.MoveNextAsync();
                    return next.IsCompleted ? next : Awaited(cell, new System.Threading.Tasks.ValueTask<bool>(move = next.AsTask()));
                }

                public System.Threading.Tasks.ValueTask DisposeAsync() => new(Awaited(cell, EndAsync()));

                // A stop leaves a step in the middle; a stream may not be disposed of while it moves.
                async System.Threading.Tasks.Task EndAsync()
                {
                    if (move is not null) await System.Threading.Tasks.Task.WhenAny(move);
                    await steps.DisposeAsync();
                }
            }
        }
        """;

    private const string Stopped = "Stopped";

    private readonly object _gate = new();

    /// <summary>What each cell's awaits listen to, by the cell's number.</summary>
    private readonly List<CancellationTokenSource> _awaits = [];

    /// <summary>Timers of cells, by the cell's number: nothing else ends one whose variable a stop takes back.</summary>
    private readonly ConditionalWeakTable<IDisposable, object> _timers = [];

    /// <summary>What stops have cancelled.</summary>
    private readonly HashSet<CancellationToken> _cancelled = [];
    private FieldInfo? _from;
    private Type? _stopped;

    /// <summary>Connects with the class that the first cell has declared.</summary>
    public void Connect()
    {
        Type asked = AppDomain.CurrentDomain.GetAssemblies().Where(Submission.IsCell).SelectMany(cell => cell.GetTypes()).Single(type => type.Name == Class);
        asked.GetField("Token")!.SetValue(null, (Func<int, CancellationToken>)(cell =>
        {
            lock (_gate)
            {
                return _awaits[cell].Token;
            }
        }));
        asked.GetField("Made")!.SetValue(null, (Action<int, IDisposable>)((cell, timer) => _timers.Add(timer, cell)));
        _stopped = asked.GetNestedType(Stopped);
        _from = asked.GetField("From");
    }

    /// <summary>The number of a cell that is about to run.</summary>
    public int Next()
    {
        lock (_gate)
        {
            _awaits.Add(new CancellationTokenSource());
            return _awaits.Count - 1;
        }
    }

    /// <summary>Stops the newest cell's code and timers, and no worker that an earlier cell has started.</summary>
    public void StopNewest()
    {
        int newest = _awaits.Count - 1;
        Stop(newest);
        foreach ((IDisposable timer, object cell) in _timers)
        {
            if (newest.Equals(cell))
            {
                timer.Dispose();
            }
        }
    }

    /// <summary>Stops the code of all cells: the newest one may be inside a function of an earlier one.</summary>
    public void StopAll() => Stop(0);

    /// <summary>What was stopped is gone: code of cells runs again. Only the newest cell, which was stopped itself, never waits for anything again.</summary>
    public void Reset()
    {
        _from!.SetValue(null, int.MaxValue);
        lock (_gate)
        {
            for (int cell = 0; cell < _awaits.Count - 1; cell++)
            {
                _awaits[cell] = _awaits[cell].IsCancellationRequested ? new CancellationTokenSource() : _awaits[cell];
            }
        }
    }

    /// <summary>True for what reaches the top of a thread, a timer or an <c>async void</c> function that a stop ends: no error of anybody.</summary>
    public bool IsStop(Exception exception)
    {
        lock (_gate)
        {
            return exception switch
            {
                AggregateException several => several.InnerExceptions.All(IsStop),
                OperationCanceledException stop => stop.GetType() == _stopped || _cancelled.Contains(stop.CancellationToken),
                _ => false,
            };
        }
    }

    private void Stop(int from)
    {
        _from?.SetValue(null, from);
        lock (_gate)
        {
            foreach (CancellationTokenSource awaits in _awaits.Skip(from))
            {
                _cancelled.Add(awaits.Token);

                // Not here: what waits behind a token goes on in the thread that cancels it.
                _ = awaits.CancelAsync();
            }
        }
    }
}
