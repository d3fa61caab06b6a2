using System.Globalization;
using AttentionLab.Course.Exercises;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Tests.Exercises;

public class ExerciseTests
{
    private static readonly Exercise Sums = new("99.1", "Sum < of a row", 2, 7, ["look at `0`", "add <up>", "use *a loop*"]);

    private static Feedback CheckSum(Func<float[], float> sum) => Sums.Check(trial =>
    {
        float[] none = [], row = [1, 2, 4];
        trial.Call("nothing", () => sum(none), none).Expect(0, "The sum of nothing is 0.");
        trial.Call("three numbers", () => sum(row), row).Refuse(8, "You multiplied `a * b`.").Expect(7, "1 + 2 + 4 is 7.");
    });

    [Fact]
    public void Check_SumExercise_TellsMutantsApart() => Mutants.Prove<Func<float[], float>>(Sums, CheckSum, row => row.Sum(),
        new("product", row => row.Aggregate(row.Length == 0 ? 0f : 1f, (a, b) => a * b), "multiplied"),
        new("count", row => row.Length, "1 + 2 + 4"),
        new("one too many", row => row.Sum() + 1, "sum of nothing"),
        new("sorts the input", row => { Array.Reverse(row); return row.Sum(); }, "changed one of its inputs"),
        new("not a number", row => row.Length == 0 ? 0 : float.NaN, "not finite"),
        new("needs two", row => row.Length == 0 ? 0 : row[9], "IndexOutOfRangeException"));

    [Fact]
    public void Check_WrongAnswer_ShowsTriedExpectedGotAndWhatWasSolved()
    {
        Feedback feedback = CheckSum(row => row.Length);
        Assert.Equal(("three numbers", "7", "3"), (feedback.Tried, feedback.Expected, feedback.Got));
        Assert.Equal(["nothing"], feedback.Solved);
    }

    /// <summary>Jupyter runs a notebook in the reader's own culture.</summary>
    [Fact]
    public void Check_WrongAnswerInACommaCulture_KeepsThePoint()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "−" } };
            Assert.Equal("-0.5", CheckSum(_ => -0.5f).Got);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Check_SecondPartNotImplemented_IsNotYetInsteadOfNotStarted()
    {
        Feedback feedback = CheckSum(row => row.Length == 0 ? 0 : throw new NotImplementedException());
        Assert.Equal(FeedbackState.NotYet, feedback.State);
        Assert.Contains("next part", feedback.Message);
    }

    [Fact]
    public void Check_CodeThrows_SaysWhere()
    {
        static float Broken(float[] row) => row.Length == 0 ? 0 : row[9];
        Assert.Contains($"in `{nameof(Broken)}`", CheckSum(Broken).Message);
    }

    [Fact]
    public void Check_CodeLeavesATensor_SaysWhereInTheReadersCode()
    {
        static float Outside(float[] row) => row.Length == 0 ? 0 : new Tensor(1, 2)[0, 5];
        Assert.Contains($"in `{nameof(Outside)}`", CheckSum(Outside).Message);
    }

    [Fact]
    public void Check_MistakeOfTheCheckItself_IsNotHidden() =>
        Assert.Throws<ArgumentException>(() => Sums.Check(trial => trial.Call("text", () => "seven").Expect("seven", "…")));

    [Fact]
    public void Expect_WithinTolerance_Passes_AndBeyond_IsRefusedWithMoreDigits()
    {
        Assert.Equal(FeedbackState.Passed, CheckOne(1000.001f).State);
        Feedback refused = CheckOne(1000.02f);
        Assert.Equal(FeedbackState.NotYet, refused.State);
        Assert.NotEqual(refused.Expected, refused.Got);

        static Feedback CheckOne(float answer) => Sums.Check(trial => trial.Call("a thousand", () => answer).Expect(1000, "no"));
    }

    [Theory]
    [InlineData(3, "1 number instead of 3 numbers")]
    [InlineData(1, "3 numbers instead of 1 number")]
    public void Expect_WrongLength_SaysBothLengths(int expected, string words) =>
        Assert.Contains(words, Sums.Check(trial => trial.Call("a row", () => new float[4 - expected]).Expect(new float[expected], "no")).Message);

    [Fact]
    public void Expect_LongAnswer_PointsToTheWorstNumber()
    {
        float[] right = new float[100], wrong = new float[100];
        wrong[42] = 1;
        wrong[43] = 0.5f;
        Feedback feedback = Sums.Check(trial => trial.Call("a long row", () => wrong).Expect(right, "no"));
        Assert.Equal("1 at index 42 (100 numbers)", feedback.Got);
        Assert.Equal("0 at index 42 (100 numbers)", feedback.Expected);
    }

    [Fact]
    public void Expect_TensorRowsAndMatrix_AreCompared()
    {
        float[,] matrix = { { 1, 2 }, { 3, 4 } };
        float[][] rows = [[1, 2], [3, 4]], ragged = [[1, 2], [3]], hole = [[1, 2], null!];
        Assert.Equal(FeedbackState.Passed, Try(() => Tensor.Matrix(matrix), Tensor.Matrix(matrix)).State);
        Assert.Equal(FeedbackState.Passed, Try(() => matrix, (float[,])matrix.Clone()).State);
        Assert.Equal(FeedbackState.Passed, Try(() => rows, [[1, 2], [3, 4]]).State);
        Assert.Contains("rows of 2, 1 numbers", Try(() => ragged, rows).Message);
        Assert.Contains("rows of 2, null numbers", Try(() => hole, rows).Message);
        Assert.Equal("(1, 2); (3, 4)", Try(() => Tensor.Matrix(matrix), new Tensor(2, 2)).Got);
        Assert.Contains("a tensor of shape (4) instead of a tensor of shape (2, 2)", Try(() => new Tensor(4), new Tensor(2, 2)).Message);

        static Feedback Try<T>(Func<T> run, T right) => Sums.Check(trial => trial.Call("numbers", run).Expect(right, "no"));
    }

    [Fact]
    public void Part_OfATuple_IsJudgedAlone()
    {
        Feedback feedback = Sums.Check(trial =>
        {
            Answer<(Tensor Query, Tensor? Key)> answer = trial.Call("two gradients", () => (new Tensor(1), (Tensor?)null));
            answer.Part(both => both.Query).Expect(new Tensor(1), "query");
            answer.Part(both => both.Key);
        });
        Assert.Contains("`null`", feedback.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Hint_UnknownLevel_SaysWhichThereAre(int level) =>
        Assert.Contains("hints 1 to 3", Assert.Throws<ArgumentOutOfRangeException>(() => Sums.Hint(level)).Message);

    [Fact]
    public void HintCard_ShowsOneHintAndEncodesIt()
    {
        string html = Sums.Hint(2).ToHtml();
        Assert.Contains("add &lt;up&gt;", html);
        Assert.DoesNotContain("use", html);
        Assert.Contains("hint 2 of 3", html);
    }

    [Fact]
    public void Card_NotYet_SaysTheStateInWordsEncodesTextAndKeepsHintsNested()
    {
        string html = CheckSum(row => 8 * Math.Sign(row.Length)).ToHtml();
        Assert.Contains("data-exercise=\"99.1\" data-state=\"not-yet\"", html);
        Assert.Contains("aria-label=\"Exercise 99.1: not yet\"", html);
        Assert.Contains("Sum &lt; of a row", html);
        Assert.Contains("<code>a * b</code>", html);
        Assert.Contains("<code>0</code>", html);
        Assert.Contains("use <em>a loop</em>", html);
        Assert.EndsWith("</details></details></details></div>", html);
        Assert.DoesNotContain("<script", html);
    }

    [Fact]
    public void Card_Passed_HasNoHints()
    {
        string html = CheckSum(row => row.Sum()).ToHtml();
        Assert.Contains("data-state=\"passed\"", html);
        Assert.DoesNotContain("<details", html);
        Assert.StartsWith("✓ Exercise 99.1", CheckSum(row => row.Sum()).ToString());
    }
}
