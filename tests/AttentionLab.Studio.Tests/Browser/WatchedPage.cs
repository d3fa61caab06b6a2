using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>A page whose console, errors and requests are noted; requests to any host but the one allowed are refused.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    /// <summary>The page tells of each press and release of the mouse: a click can be lost when what is under it moves meanwhile.</summary>
    private const string PressMark = "pointer:";

    private const int PressesKept = 12;

    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentQueue<string> _foreign = new();
    private readonly ConcurrentQueue<string> _unanswered = new();
    private readonly ConcurrentQueue<string> _pressed = new();

    private WatchedPage(IBrowserContext context, IPage page) => (Context, Page) = (context, page);

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    /// <summary>Errors of scripts and of the console.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Addresses on other hosts that the page asked for.</summary>
    public IReadOnlyCollection<string> Foreign => _foreign;

    public static async Task<WatchedPage> OpenAsync(IBrowserContext context)
    {
        WatchedPage watched = new(context, await context.NewPageAsync());
        watched.Page.SetDefaultTimeout((float)Patience.Limit.TotalMilliseconds);
        watched.Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                watched._errors.Enqueue($"{message.Type}: {message.Text}");
            }
            else if (message.Type == "debug" && message.Text.StartsWith(PressMark, StringComparison.Ordinal))
            {
                watched._pressed.Enqueue(message.Text);
                if (watched._pressed.Count > PressesKept)
                {
                    watched._pressed.TryDequeue(out string? _);
                }
            }
        };
        await context.AddInitScriptAsync($$"""
            for (const kind of ['mousedown', 'mouseup', 'click']) {
              addEventListener(kind, event => console.debug('{{PressMark}} ' + Math.round(performance.now()) + ' ms, ' + kind + ', '
                + event.target.tagName + ' "' + event.target.textContent.slice(0, 40) + '", y ' + event.clientY + ' of a page scrolled to ' + scrollY), true);
            }
            """);
        watched.Page.PageError += (_, error) => watched._errors.Enqueue(error);
        watched.Page.RequestFailed += (_, request) => watched._unanswered.Enqueue($"{request.Method} {request.Url}: {request.Failure}");
        watched.Page.Response += (_, response) =>
        {
            if (!response.Ok)
            {
                watched._unanswered.Enqueue($"{response.Request.Method} {response.Url}: {response.Status}");
            }
        };
        await context.RouteAsync(address => !IsNear(address), route =>
        {
            watched._foreign.Enqueue(route.Request.Url);
            return route.AbortAsync();
        });
        return watched;
    }

    /// <summary>Opens a page of a book in a folder.</summary>
    public Task OpenFileAsync(string folder, string page) => Page.GotoAsync(new Uri(Path.Combine(folder, page)).AbsoluteUri);

    /// <summary>Takes the covers off: asks every prediction to just show its outcome.</summary>
    public Task UncoverAsync() => Page.EvaluateAsync(
        "for (let next; (next = document.querySelector('.predict:not([hidden]) .just-show'));) next.click()");

    /// <summary>Uncovers everything, scrolls to every chart and waits until it is drawn. Returns how many charts the page has.</summary>
    public async Task<int> DrawChartsAsync()
    {
        await UncoverAsync();
        ILocator charts = Page.Locator("figure.chart");
        int count = await charts.CountAsync();
        for (int i = 0; i < count; i++)
        {
            await charts.Nth(i).ScrollIntoViewIfNeededAsync();
            await charts.Nth(i).And(Page.Locator("[data-state=drawn], [data-state=failed]")).WaitForAsync();
        }

        return count;
    }

    /// <summary>
    /// What plotly put into the page for each chart: "3/3" is three traces in the figure and as many in the drawing,
    /// each with something drawn in it.
    /// </summary>
    public async Task<string[]> DrawnTracesAsync() => await Page.EvaluateAsync<string[]>("""
        () => [...document.querySelectorAll('figure.chart, .attention-figure')].map(figure => {
          const plot = figure.querySelector('.js-plotly-plot');
          if (!plot) return 'not drawn';
          const wanted = plot._fullData.filter(trace => trace.visible === true).length;
          const seen = box => box.width > 0 || box.height > 0;   // an upright line has no width
          const drawn = [...plot.querySelectorAll('.cartesianlayer .trace, .cartesianlayer .hm')]
            .filter(trace => trace.querySelector('path, image, rect, text, use') && seen(trace.getBoundingClientRect()));
          return drawn.length + '/' + wanted;
        })
        """);

    /// <summary>Whoever looks for the reason of a failed test finds in its output what the page complained of, and what was pressed last.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (string line in (string[])[.. _errors, .. _unanswered, .. _pressed])
        {
            TestContext.Current.TestOutputHelper?.WriteLine(line);
        }

        await Context.DisposeAsync();
    }

    private static bool IsNear(string address) =>
        address.StartsWith("file:", StringComparison.Ordinal) || address.StartsWith("data:", StringComparison.Ordinal)
        || address.StartsWith("blob:", StringComparison.Ordinal) || address.StartsWith("about:", StringComparison.Ordinal)
        || new Uri(address).Host == "127.0.0.1";
}
