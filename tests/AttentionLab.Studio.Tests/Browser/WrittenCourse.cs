using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>The course's own book in a folder, written once for all tests that open its pages, and served by one server.</summary>
public sealed class WrittenCourse : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("course");
    private readonly Lazy<Task<IReadOnlyList<ExecutedNotebook>>> _written;
    private readonly Lazy<Task<(LiveCourse Live, CourseServer Server)>> _served;

    /// <summary>Nothing is written before it is asked for.</summary>
    /// <param name="course">The chapters with their outputs.</param>
    public WrittenCourse(ExecutedCourse course)
    {
        _written = new(() => WriteAsync(course));
        _served = new(ServeAsync);
    }

    /// <summary>The formulas that it holds, set.</summary>
    private Formulas Formulas { get; } = new();

    /// <summary>Where the book lies.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Writes the book if nobody has, and returns the chapters that it shows.</summary>
    public Task<IReadOnlyList<ExecutedNotebook>> GetAsync() => _written.Value;

    /// <summary>The server of the same chapters.</summary>
    public async Task<CourseServer> GetServerAsync() => (await _served.Value).Server;

    public async ValueTask DisposeAsync()
    {
        if (_served.IsValueCreated)
        {
            (LiveCourse live, CourseServer server) = await _served.Value;
            await server.DisposeAsync();
            await live.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task<(LiveCourse Live, CourseServer Server)> ServeAsync()
    {
        IReadOnlyList<ExecutedNotebook> notebooks = await GetAsync();
        LiveCourse live = new(
            new CourseSource(
                ExecutedCourse.Folder.Executed,
                chapters => CourseContent.Load(ExecutedCourse.Folder.Notebooks, chapters),
                path => notebooks.Single(notebook => notebook.Name == Path.GetFileNameWithoutExtension(path)),
                (_, _, _) => throw new InvalidOperationException("all outputs are known")),
            Formulas);
        live.Start();
        await Patience.UntilAsync(() => live.Finished == live.Order.Count);
        return (live, await CourseServer.StartAsync(live));
    }

    private async Task<IReadOnlyList<ExecutedNotebook>> WriteAsync(ExecutedCourse course)
    {
        IReadOnlyList<ExecutedNotebook> notebooks = await course.GetAsync();
        BookWriter.Write(Folder, CourseContent.Load(ExecutedCourse.Folder.Notebooks, notebooks), Formulas);
        Assert.Empty(Formulas.Problems);
        return notebooks;
    }
}
