using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;
using Spectre.Console;

namespace AttentionLab.Studio.Commands;

/// <summary>Shows how notebooks run and how far: bars on a terminal, one line for each notebook elsewhere.</summary>
internal static class RunProgress
{
    public static async Task<T> ShowAsync<T>(Func<IRunProgress, Task<T>> work)
    {
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
        {
            return await work(new Lines());
        }

        return await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context => work(new Bars(context)));
    }

    private static string Words(ExecutedNotebook notebook) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{notebook.Name}: {notebook.Cells.Count(cell => cell.Language == "csharp")} cells in {notebook.Seconds:0.0} "
        + $"s{(notebook.Failed.Any() ? ", failed" : "")}");

    private sealed class Lines : IRunProgress
    {
        private readonly Lock _gate = new();
        private int _waiting, _ended;

        public void Known(ExecutedNotebook notebook) => Say($"{notebook.Name}: up to date");

        public void Waiting(string name, int cells)
        {
            lock (_gate)
            {
                _waiting++;
            }
        }

        public void CellEnded(string name, ExecutedCell cell)
        {
        }

        public void Ended(ExecutedNotebook notebook)
        {
            lock (_gate)
            {
                Console.WriteLine($"{Words(notebook)} · {++_ended} of {_waiting}");
            }
        }

        private void Say(string line)
        {
            lock (_gate)
            {
                Console.WriteLine(line);
            }
        }
    }

    private sealed class Bars(ProgressContext context) : IRunProgress
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, ProgressTask> _tasks = [];

        public void Known(ExecutedNotebook notebook)
        {
            lock (_gate)
            {
                ProgressTask task = context.AddTask(Markup.Escape(notebook.Name + ": up to date"));
                task.Value = task.MaxValue;
                task.StopTask();
            }
        }

        public void Waiting(string name, int cells)
        {
            lock (_gate)
            {
                _tasks[name] = context.AddTask(Markup.Escape(name), autoStart: false, maxValue: Math.Max(1, cells));
            }
        }

        public void CellEnded(string name, ExecutedCell cell)
        {
            lock (_gate)
            {
                ProgressTask task = _tasks[name];
                if (!task.IsStarted)
                {
                    task.StartTask();
                }

                task.Increment(cell.Language == "csharp" ? 1 : 0);
            }
        }

        public void Ended(ExecutedNotebook notebook)
        {
            lock (_gate)
            {
                ProgressTask task = _tasks[notebook.Name];
                task.Description = Markup.Escape(Words(notebook));
                task.Value = task.MaxValue;
                task.StopTask();
            }
        }
    }
}
