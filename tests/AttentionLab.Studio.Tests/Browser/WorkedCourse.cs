using AttentionLab.Studio.Book;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;
using Microsoft.Playwright;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>A small course with real kernels that is worked on in a browser: 01-work (four cells of code), 02-more. Its book is never run.</summary>
internal sealed class WorkedCourse : IAsyncDisposable
{
    public const string First = "int a = 20;\na";

    private readonly TemporaryCourse _folder = new();

    /// <summary>The same after a restart: the reader's pages look for the course there.</summary>
    private readonly int _port = OwnPort.Next();
    private LiveCourse? _live;
    private CourseServer? _server;
    private IBrowserContext? _reader;

    public WorkedCourse(params string[] cells)
    {
        _folder.Write("01-work.dib", cells.Length > 0 ? cells : [First, "int b = a + 1;\nb", "a + b", "Console.WriteLine(\"last\");"]);
        _folder.Write("02-more.dib", "1 + 1");
    }

    /// <summary>A course whose first chapter is this text, with this leader's sheet.</summary>
    public static WorkedCourse Of(string chapter, string sheet)
    {
        WorkedCourse course = new();
        course._folder.WriteFile("notebooks/01-work.dib", chapter);
        course._folder.WriteFile("notebooks/leader/01-work.md", sheet);
        return course;
    }

    public string Root => _folder.Root;

    public string Notebook => Path.Combine(_folder.Notebooks, "01-work.dib");

    /// <summary>The reader's version of it on disk.</summary>
    public string Work => Path.Combine(_folder.Root, "work", "01-work.dib");

    public CourseServer Server => _server!;

    public Uri Address => _server!.Address;

    public Uri Entrance => _server!.Entrance();

    /// <summary>Where phones vote, once the leader has switched it on.</summary>
    public int VotePort => _server!.Votes.Server!.Port;

    public VoteRoom VoteRoom => _server!.Votes.Server!.Room;

    /// <summary>What the first chapter's session holds.</summary>
    public WorkSession Session => _live!.Session("01-work")!;

    public WorkOptions Options { get; set; } = new()
    {
        Kernel = new KernelOptions { StopLimit = Timeout.InfiniteTimeSpan, AbortLimit = Patience.Limit, WorkersLimit = Patience.Limit },
    };

    /// <summary>See <see cref="CourseSource.Beat"/>.</summary>
    public TimeSpan? Beat { get; set; }

    /// <summary>Starts the server, at the port of the one before if there was one.</summary>
    public async Task StartAsync()
    {
        var course = CourseFolder.Open(_folder.Notebooks);
        CourseSource source = new(
            course.Executed,
            chapters => CourseContent.Load(course.Notebooks, chapters),
            path => NotebookRunner.NotRun(path, DibDocument.Read(path)),
            (_, _, _) => throw new InvalidOperationException("everything is known"))
        {
            Work = Options with { Folder = Path.Combine(_folder.Root, "work") },
        };
        source = Beat is { } beat ? source with { Beat = beat } : source;
        _live = new LiveCourse(source, new Formulas(node: null));
        _server = await CourseServer.StartAsync(_live, _port);
        if (_reader is not null)
        {
            // As a reader does who opens the new address: the pages that are open go on.
            await _reader.APIRequest.GetAsync(_server.Entrance().AbsoluteUri);
        }
    }

    public async Task StopAsync()
    {
        await _server!.DisposeAsync();
        await _live!.DisposeAsync();
    }

    public async Task GotoAsync(WatchedPage page, string name = "01-work")
    {
        _reader = page.Context;
        await page.EnterAsync(_server!, name + ".html");
        await Assertions.Expect(page.Page.Locator(".cell[data-work]").First).ToBeVisibleAsync();
    }

    /// <summary>Starts the server and opens the first chapter.</summary>
    public async Task<WatchedPage> OpenAsync(BrowserFixture browser, int width = 1280)
    {
        await StartAsync();
        WatchedPage page = await browser.OpenAsync(width);
        await GotoAsync(page);
        return page;
    }

    /// <summary>Starts the server and opens the presenter of the first chapter.</summary>
    public async Task<WatchedPage> PresentAsync(BrowserFixture browser, int width = 1280, bool dark = false)
    {
        WatchedPage page = await browser.OpenAsync(width, dark: dark);
        await StartAsync();
        await GotoAsync(page);
        await page.Page.GotoAsync(new Uri(Address, "01-work.html?present").AbsoluteUri);
        await Assertions.Expect(page.Page.Locator(".present-bar [role=status]")).ToContainTextAsync("1 of");
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await StopAsync();
        }

        _folder.Dispose();
    }
}
