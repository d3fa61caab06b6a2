using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>The rules of axe over a page of the book, everything unfolded: all of them in the light theme, contrast in the dark one too.</summary>
internal static class Accessibility
{
    /// <summary>What pages do on purpose: the rule, and what the element has in its HTML.</summary>
    private static readonly (string Rule, string Element)[] OnPurpose =
    [
        // The presenter shows one section at a time: the page's heading stands in the first.
        ("page-has-heading-one", "presenting"),
    ];

    /// <summary>Violations of whatever impact, each with the rule and the element.</summary>
    /// <param name="page">A page of the book.</param>
    /// <param name="except">Selectors of what need not be looked at again.</param>
    public static Task<IReadOnlyList<string>> ViolationsAsync(IPage page, params string[] except) => FindAsync(page, _ => true, except);

    /// <summary>The serious and critical ones of them, for the course's own texts.</summary>
    /// <param name="page">A page of the book.</param>
    /// <param name="except">Selectors of what need not be looked at again.</param>
    public static Task<IReadOnlyList<string>> SeriousAsync(IPage page, params string[] except) =>
        FindAsync(page, impact => impact is "serious" or "critical", except);

    private static async Task<IReadOnlyList<string>> FindAsync(IPage page, Func<string, bool> counts, string[] except)
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
            found.AddRange(
                from violation in result.Violations
                where counts(violation.Impact)
                from node in violation.Nodes
                where !OnPurpose.Any(known => known.Rule == violation.Id && node.Html.Contains(known.Element, StringComparison.Ordinal))
                select $"{theme}: {violation.Id} {node.Html}");
        }

        return [.. found.Distinct()];
    }
}
