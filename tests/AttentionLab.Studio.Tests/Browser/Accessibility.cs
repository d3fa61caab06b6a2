using Deque.AxeCore.Commons;
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

    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    // By axe's own call: its wrapper for Playwright takes a page of its own for the last step of each run, and four times as long.
    private const string Run = """
        async ({ theme, exclude }) => {
          document.documentElement.dataset.theme = theme;
          const rules = theme === 'dark' ? { runOnly: ['color-contrast'] } : {};
          const result = await axe.run({ exclude: exclude.map(each => [each]) }, { resultTypes: ['violations'], ...rules });
          return result.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => ({ rule: id, html })));
        }
        """;

    /// <summary>Violations of whatever impact, each with the rule and the element.</summary>
    /// <param name="page">A page of the book.</param>
    /// <param name="except">Selectors of what need not be looked at again.</param>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page, params string[] except)
    {
        // A sandboxed frame runs no script, that of axe neither: it would wait for an answer for ever.
        await page.EvaluateAsync(
            "document.querySelectorAll('iframe').forEach(frame => frame.remove()); document.querySelectorAll('details').forEach(fold => fold.open = true)");
        await page.EvaluateAsync(Script);
        List<string> found = [];
        foreach (string theme in (string[])["light", "dark"])
        {
            // Inside a chart and the glyphs of a formula is nothing for a reader of the page's structure: both are hidden from it
            // behind a label or MathML. Thousands of elements, most of the time.
            Found[] violations = await page.EvaluateAsync<Found[]>(Run, new { theme, exclude = (string[])[".main-svg", ".katex-html", .. except] });
            found.AddRange(
                from violation in violations
                where !OnPurpose.Any(known => known.Rule == violation.Rule && violation.Html.Contains(known.Element, StringComparison.Ordinal))
                select $"{theme}: {violation.Rule} {violation.Html}");
        }

        return [.. found.Distinct()];
    }

    /// <summary>One element that breaks a rule.</summary>
    private sealed record Found
    {
        public string Rule { get; init; } = "";

        public string Html { get; init; } = "";
    }
}
