using AttentionLab.Course.Exercises;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Book;

/// <summary>A small course that holds one of everything the book can show.</summary>
internal static class SampleCourse
{
    /// <summary>Charts in the first chapter.</summary>
    public const int Charts = 3;

    /// <summary>The page whose cell tries to run a script and to load a picture.</summary>
    public const string HostilePage = "02-other.html";

    public static CourseContent Content() => new(
        [First(), Second()],
        [new ExecutedNotebook("01-sample", [Markdown(1, "# Solutions"), Code(2, "// exercise 01.1\nstatic float Half(float x) => x / 2;")], 0)],
        [new CourseText("01-sample",
            "# Leading chapter 01\n\nGoal: $d_k$.\n\n| min | what |\n|---|---|\n| 0–10 | vote |\n\nBack to [the chapter](../01-sample.dib).")],
        new CourseText("README",
            "# Course\n\nWrite down a guess first. See [chapter 02](02-other.dib), [its sheet](leader/01-sample.md) and [a "
            + "kernel](../lib/AttentionLab/Kernels/Rows/Softmax.cs).\n\n| Chapter | Question | Library files to read beside it |\n|---|---|---|\n"
            + "| [02-other](02-other.dib) | How does context move “apple”? | [ScaledDotProductAttention](../lib/AttentionLab/Kernels/Rows/Softmax.cs) |\n"));

    public static ExecutedNotebook First() => new("01-sample",
    [
        Markdown(1, """
            # 01 · Where does the query look?

            Build the library once (`dotnet build`), then run the cells in order. An inline formula $\sqrt{d_k}$ and *query (查询)*.

            **In one minute.** A query compares itself with every key; the softmax of the scores says how much of each value it takes.

            $$
            \mathrm{Attention}(Q,K,V) = \mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{d_k}}\right)V
            $$
            """),
        Code(2, "#!import ./setup.dib"),
        Markdown(3, """
            ## 1.1 · How far does $\sqrt{d_k}$ move the largest weight?

            *core* · 8 min

            **Prediction.** Before you run the cell: does the largest weight grow or shrink with $d_k$?

            | scoring | apple | phone | formula |
            |---|---:|---:|---|
            | cosine | 0.71 | 0.50 | $\frac{q\cdot k}{\lVert q\rVert \lVert k\rVert}$ |
            | dot | 6 | 8 | $q \cdot k$ |

            <details><summary>Hint 1</summary>

            Think of the *variance* of $q \cdot k$.

            </details>
            """),
        Code(4, "var weights = new float[,] { { 0.7f, 0.2f }, { 0.1f, 0.9f } };   // rows: queries\nforeach (string word in new[] { \"apple\", \"phone\" "
            + "})\n{\n    Console.WriteLine($\"{word,-8} {weights.Length} <weights>\");\n}\nChart.Heatmap(weights, \"Each word looks at itself\", summary)",
            new CellOutput(CellOutput.Stream, "apple    4 <weights>\nphone    4 <weights>\n"),
            new CellOutput(CellOutput.Plotly, Heatmap)),
        Markdown(5, "**What you saw.** The largest weight is 0.90. Nothing else moved.\n\n**Source.** Vaswani et al. 2017, section 3.2.1."),
        Markdown(6, "## 1.2 · Does a slider tell more?\n\n*at home* · 10 min\n\nSee [1.1](#1-1-how-far-does-sqrt-d-k-move-the-largest-weight)."),
        Code(7, "Chart.Slider(\"d_k\", steps)", new CellOutput(CellOutput.Plotly, Slider)),
        Code(8, "lines", new CellOutput(CellOutput.Plotly, Lines)),
        Code(9, "table",
            new CellOutput(CellOutput.Html,
                "<table><thead><tr><th><i>index</i></th><th>word</th><th>weight</th></tr></thead><tbody><tr><td>0</td><td>apple</td><td><div "
                + "class=\"dni-plaintext\"><pre>0.7071</pre></div></td></tr></tbody></table><style>\r\n.dni-code-hint { color: red; }\r\n</style>")),
        Markdown(11, "## 1.3 · Exercises"),
        Code(12, "// exercise 01.1\nstatic float Half(float x) => throw new NotImplementedException();\n\nHalving.Check(Half)",
            new CellOutput(CellOutput.Html, Card().ToHtml())),
        Code(13, "Console.WriteLine(1 / zero);",
            []) with { Failure =
                new CellFailure("DivideByZeroException: Attempted to divide by zero.", 1,
                    "DivideByZeroException: Attempted to divide by zero.\n   at line 1") },
        Code(14, "2 + 2") with { NotRun = true },
    ], 1.5);

    public static ExecutedNotebook Second() =>
        new("02-other", [Markdown(1, "# 02 · And what then?\n\nBack to [chapter 01](01-sample.dib)."), Code(2, "1 + 1", new CellOutput(CellOutput.Plain, "2")),
        Code(3, "new HtmlString(\"<b id=x onclick=...>\")",
            new CellOutput(CellOutput.Html,
                "<b onclick=\"document.title='attacked'\">framed</b><script>document.title='attacked'</script><img src=\"http://203.0.113.1/x.png\">"))], 0.1);

    private const string Heatmap =
        """
        {"data":[{"type":"heatmap","z":[[0.7,0.2],[0.1,0.9]],"x":["apple","phone"],"y":["apple","phone"],"colorscale":"Cividis"}],
        "layout":{"title":{"text":"Each word looks at itself </script>"},
        "meta":{"summary":"The diagonal is largest: 0.7 and 0.9 <of 1>."},
        "xaxis":{"title":{"text":"key"}},"yaxis":{"title":{"text":"query"}}}}
        """;

    private const string Lines =
        """
        {"data":[{"type":"scatter","mode":"lines+markers","name":"none","x":[4,16,64],"y":[4.1,15.7,64.9]},
        {"type":"scatter","mode":"lines","name":"scaled","x":[4,16,64],"y":[1,1,1]}],
        "layout":{"title":{"text":"The variance grows as d<sub>k</sub>"},
        "xaxis":{"type":"log","title":{"text":"d_k"}},"yaxis":{"type":"log","title":{"text":"Var(q·k)"}}}}
        """;

    private const string Slider =
        """
        {"data":[{"type":"bar","x":["apple","phone"],"y":[1,2]}],
        "layout":{"title":{"text":"More dimensions, sharper weights"},
        "meta":{"summary":"The bars part as d_k grows.",
        "summaries":["The bars part as d_k grows.","At 64 the second bar is almost twice the first."]},
        "sliders":[{"active":0,"currentvalue":{"prefix":"d_k = "},
        "steps":[{"label":"4","method":"animate","args":[["4"],{"mode":"immediate","frame":{"duration":0,"redraw":true}}]},
        {"label":"64","method":"animate","args":[["64"],{"mode":"immediate","frame":{"duration":0,"redraw":true}}]}]}]},
        "frames":[{"name":"4","data":[{"y":[1,2]}]},{"name":"64","data":[{"y":[5,9]}]}]}
        """;

    private static Feedback Card() => new(
        new Exercise("01.1", "Half of it", Difficulty: 1, Minutes: 5, Hints: ["Divide.", "By two.", "`x / 2`"]),
        FeedbackState.NotYet, "This looks like the *double*: `x * 2`.", ["half of 2"])
    { Tried = "half of 3", Expected = "1.5", Got = "6" };

    private static ExecutedCell Markdown(int number, string text) => new(number, "markdown", text, [], null, 0);

    private static ExecutedCell Code(int number, string text, params CellOutput[] outputs) => new(number, "csharp", text, outputs, null, 0.1);
}
