using AttentionLab.Course.Exercises;
using Answer = System.Func<(float[] A, float[] B)>;

namespace AttentionLab.Course.Tests.Exercises;

public class DisagreementTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Answer>(Disagreement.About, Disagreement.Check, () => ([2, 1], [4, 0]),
        new("exchanged", () => ([4, 0], [2, 1]), "You exchanged A and B"),
        new("exchanged, and close", () => ([4, 1], [2, 1]), "A. And the differences are too small"),
        new("same direction", () => ([2, 1], [4, 2]), "point the same way"),
        new("both prefer B", () => ([0, 1], [4, 2]), "Both judges prefer B"),
        new("both prefer A", () => ([4, 2], [1, 0]), "changes its dot product, not its cosine"),
        new("B points away", () => ([2, 1], [-4, 0]), "B points away"),
        new("cosines too close", () => ([2, 1], [9, 4]), "too close to convince"),
        new("dot products too close", () => ([2, 1], [2.6f, 0]), "the dot products are too close"),
        new("zeros", () => ([2, 1], [0, 0]), "has no direction"),
        new("three numbers", () => ([2, 1, 0], [4, 0, 0]), "two numbers each"),
        new("not a number", () => ([float.NaN, 1], [4, 0]), "A holds"),
        new("infinite", () => ([2, 1], [float.PositiveInfinity, 0]), "B holds"));

    [Fact]
    public void Check_UnusualAnswers_Pass()
    {
        Pass(() => ([0.002f, 0.001f], [100, 0]));
        Pass(() => ([2, 1], [0, 9]));
        Pass(() => ([-1, 2], [-10, 21]), passes: false);
        Pass(() => ([1, 1], [1, 8]));
        Pass(() => ([0, -1], [-1, -1]), passes: false);
        Pass(() => ([1, 0], [20, -20]));
        Pass(() => ([-4, 0], [-0.2f, -0.1f]));

        static void Pass(Answer words, bool passes = true)
        {
            Feedback feedback = Disagreement.Check(words);
            Assert.True((feedback.State == FeedbackState.Passed) == passes, feedback.ToString());
        }
    }
}
