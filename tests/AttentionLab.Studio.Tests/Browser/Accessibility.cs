using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>The rules of axe over a page of the book, everything unfolded: all of them in the light theme, contrast in the dark one too.</summary>
internal static class Accessibility
{
    /// <summary>Serious and critical violations, each with the rule and the element.</summary>
    /// <param name="page">A page of the book.</param>
    /// <param name="except">Selectors of what need not be looked at again.</param>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page, params string[] except)
    {
        // A sandboxed frame runs no script, that of axe neither: it would wait for an answer for ever.
        await page.EvaluateAsync(
            "document.querySelectorAll('iframe').forEach(frame => frame.remove()); document.querySelectorAll('details').forEach(fold => fold.open = true)");
        List<string> found = [];
        foreach (string theme in (string[])["light", "dark"])
        {
            await page.EvaluateAsync("theme => document.documentElement.dataset.theme = theme", theme);
            AxeRunOptions options = new() { ResultTypes = [ResultType.Violations] };
            if (theme == "dark")
            {
                options.RunOnly = RunOnlyOptions.Rules("color-contrast");
            }

            // Inside a chart and the glyphs of a formula is nothing for a reader of the page's structure: both are hidden from it
            // behind a label or MathML. Thousands of elements, most of the time.
            AxeRunContext context = new() { Exclude = [.. ((string[])[".main-svg", ".katex-html", .. except]).Select(selector => new AxeSelector(selector))] };
            AxeResult result = await page.RunAxe(context, options);
            found.AddRange(result.Violations.Where(violation => violation.Impact is "serious" or "critical")
                .SelectMany(violation => violation.Nodes.Select(node => $"{theme}: {violation.Id} {node.Html}")));
        }

        return [.. found.Distinct()];
    }
}
