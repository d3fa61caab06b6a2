namespace AttentionLab.Studio.Tests.Browser;

/// <summary>A chapter that a group goes through, in six sections, and its leader's sheet.</summary>
internal static class SamplePresentation
{
    public const string Chapter = """
        #!markdown

        # 01 · Who wins?

        ## The claim that we test

        > “The phone always wins.”

        It stands in many notes. **Vote now: true, half true or false?** Write your vote down.

        #!csharp

        int a = 20;
        a

        #!markdown

        ## 1.1 · The race

        **Prediction.** Which word gets more?

        - [ ] apple
        - [ ] phone

        #!csharp

        Console.WriteLine("weights 0.10 and 0.90");
        Console.WriteLine("Measured answer: phone");

        #!markdown

        **What you saw.** The phone has nine tenths.

        One reason more.

        ## 1.2 · The exercise

        <details><summary>Hint</summary>

        Look twice.

        </details>

        **What you saw.** Nothing was predicted here.

        ## Vote again

        > “The phone always wins.”

        ## Questions

        None.

        """;

    public const string Sheet = """
        # Leader's sheet: 01 · Who wins?

        ## Plan: 30 minutes

        | Minute | What | How |
        |---|---|---|
        | 0–5 | Claim, first vote | Read it aloud. |
        | 5–19 | 1.1 the race | Run. |
        | 19–25 | 1.2 and exercise 01.1 | In pairs. |
        | 25–30 | Second vote, discussion | Vote again. |

        """;
}
