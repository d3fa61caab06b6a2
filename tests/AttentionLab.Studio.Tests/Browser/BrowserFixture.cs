using AttentionLab.Studio.Tests.Browser;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(BrowserFixture))]

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>
/// One headless Chromium for all browser tests: the machine's own, none is downloaded. The one without windows is looked for first: it draws the same
/// pages, and the tests take a quarter less time.
/// </summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] Names =
    [
        "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "chrome.exe", "msedge.exe",
    ];
    private readonly SemaphoreSlim _gate = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The browser's program: <c>CHROMIUM</c>, or the first on the path; null if there is none.</summary>
    public static string? Program { get; } = Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named
        ? named
        : Names.SelectMany(
            name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    /// <summary>Why browser tests are skipped where there is none.</summary>
    public const string Missing = "no browser: install Chromium (Debian: apt-get install chromium) or name one in CHROMIUM";

    /// <summary>A page in a window of its own; whatever it asks of another host is refused and noted.</summary>
    public async Task<WatchedPage> OpenAsync(int width = 1280, int height = 900, bool dark = false, bool scripts = true, Uri? proxy = null)
    {
        Assert.SkipWhen(Program is null, Missing);
        await _gate.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Program,
                Args =
                [
                    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
                ],
            });
        }
        finally
        {
            _gate.Release();
        }

        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            JavaScriptEnabled = scripts,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            Proxy = proxy is null ? null : new Proxy { Server = proxy.AbsoluteUri, Bypass = "<-loopback>" },
        });
        return await WatchedPage.OpenAsync(context);
    }

    public ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout((float)Patience.Limit.TotalMilliseconds);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _gate.Dispose();
    }
}
