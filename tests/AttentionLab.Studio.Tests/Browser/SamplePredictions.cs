using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>A chapter that asks twice: once the machine knows the answer, once only the reader.</summary>
internal static class SamplePredictions
{
    public const string First = "01-one.html";

    /// <summary>The chapter as a notebook's file.</summary>
    public static string Text(string name) => $"""
        #!markdown

        # {name[..2]} · Who wins?

        ## {name[..2]}.1 · The race

        **Prediction.** Which word gets *more*?

        - [ ] apple
        - [ ] $\sqrt d$ phones

        #!csharp

        measure

        #!markdown

        **What you saw.** The phones have 0.90<!-- weights ±0.01 --> of it.

        ## {name[..2]}.2 · The judge

        <details><summary>Hint</summary>

        Look twice.

        </details>

        **Prediction.** Is the picture calm?
        - [ ] yes
        - [ ] no

        #!csharp

        draw

        #!markdown

        **What you saw.** It is restless.

        """;

    /// <summary>What its two cells show.</summary>
    public static CellOutput Output(string name, int number) => number == 2
        ? new CellOutput(CellOutput.Stream, "weights 0.10 and 0.90\nMeasured answer: √ d phones\n")
        : new CellOutput(CellOutput.Plotly,
            """{"data":[{"type":"bar","x":["a","b"],"y":[1,2]}],"layout":{"title":{"text":"A restless picture"},"meta":{"summary":"b is twice a."}}}""");
}
