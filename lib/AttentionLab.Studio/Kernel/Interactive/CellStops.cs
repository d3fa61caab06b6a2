using System.Reflection;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// Says which cells have to stop. Their own code asks: <see cref="StopChecks"/> writes calls of <see cref="Class"/> into it, which the first cell of a
/// kernel declares, so that cells need no reference to this program. Cells are numbered in the order in which they run.
/// </summary>
internal sealed class CellStops : IDisposable
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

            [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
            public static void Check(int cell) { if (cell >= From) Throw(); }

            [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
            public static void Enter(int cell) { Check(cell); System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack(); }

            public static T Passed<T>(int cell, T value) { Check(cell); return value; }
            public static T Awaited<T>(int cell, T other) where T : allows ref struct { Check(cell); return other; }
            public static System.Threading.Tasks.Task Awaited(int cell, System.Threading.Tasks.Task task) => task.WaitAsync(Token(cell));
            public static System.Threading.Tasks.Task<T> Awaited<T>(int cell, System.Threading.Tasks.Task<T> task) => task.WaitAsync(Token(cell));

            static void Throw() => throw new OperationCanceledException();
        }
        """;

    private readonly object _gate = new();
    private FieldInfo? _from;
    private CancellationTokenSource _newest = new();
    private CancellationTokenSource _earlier = new();
    private int _cell;

    /// <summary>Connects with the class that the first cell has declared.</summary>
    public void Connect()
    {
        Type asked = AppDomain.CurrentDomain.GetAssemblies().Where(Submission.IsCell).SelectMany(cell => cell.GetTypes()).Single(type => type.Name == Class);
        asked.GetField("Token")!.SetValue(null, (Func<int, CancellationToken>)(cell =>
        {
            lock (_gate)
            {
                return (cell < _cell ? _earlier : _newest).Token;
            }
        }));
        _from = asked.GetField("From");
    }

    /// <summary>The number of a cell that is about to run.</summary>
    public int Next()
    {
        lock (_gate)
        {
            return ++_cell;
        }
    }

    /// <summary>Stops the newest cell's code, and no worker that an earlier cell has started.</summary>
    public void StopNewest() => Stop(_cell, _newest);

    /// <summary>Stops the code of all cells: the newest one may be inside a function of an earlier one.</summary>
    public void StopAll() => Stop(0, _earlier);

    /// <summary>What was stopped is gone: code of cells runs again.</summary>
    public void Reset()
    {
        _from!.SetValue(null, int.MaxValue);
        lock (_gate)
        {
            (_newest, _earlier) = (new CancellationTokenSource(), new CancellationTokenSource());
        }
    }

    public void Dispose()
    {
        _newest.Dispose();
        _earlier.Dispose();
    }

    private void Stop(int from, CancellationTokenSource awaits)
    {
        _from?.SetValue(null, from);

        // Not here: what waits behind a token goes on in the thread that cancels it.
        _ = awaits.CancelAsync();
    }
}
