namespace AttentionLab.Studio.Tests.Browser;

/// <summary>That the rules of axe find what they are there for, in both themes: a check that finds nothing proves nothing.</summary>
public sealed class AccessibilityTests(BrowserFixture browser)
{
    [Fact]
    public async Task Violations_OfABadPage_AreNamedWithTheirThemeAndElement()
    {
        await using WatchedPage page = await browser.OpenAsync();
        await page.Page.SetContentAsync("""
            <!doctype html><html lang="en"><head><title>Bad</title>
            <style>body { background: white; color: black } [data-theme=dark] .pale { color: #eee }</style></head>
            <body><main><h1>Bad</h1><p class="pale">Seen in one theme only.</p><img src="data:,">
            <p class="known" style="color: #eee">Left out.</p></main></body></html>
            """);
        string[] found = [.. await Accessibility.ViolationsAsync(page.Page, ".known")];
        Assert.Equal(2, found.Length);
        Assert.StartsWith("light: image-alt <img", found[0]);
        Assert.StartsWith("dark: color-contrast <p class=\"pale\"", found[1]);
    }
}
