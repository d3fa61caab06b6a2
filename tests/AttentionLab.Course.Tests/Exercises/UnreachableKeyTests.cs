using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using Proof = System.Func<(int Key, float[] Weights)>;

namespace AttentionLab.Course.Tests.Exercises;

public class UnreachableKeyTests
{
    private static readonly int[] Quarters = [2, 0, 0, 1, 1];

    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Proof>(UnreachableKey.About, UnreachableKey.Check, () => (2, [0.5f, 0, 0, 0.25f, 0.25f]),
        new("a corner", () => (1, [0.5f, 0, 0, 0.25f, 0.25f]), "Key 1 can be selected"),
        new("counts from 1", () => (5, [0.5f, 0, 0, 0.25f, 0.25f]), "0 to 4"),
        new("explains itself", () => (2, [0, 0, 1, 0, 0]), "explain itself"),
        new("negative weight", () => (2, [0.5f, 0.5f, 0, -0.25f, 0.25f]), "below 0"),
        new("not an average", () => (2, [0.5f, 0, 0, 0.25f, 0.5f]), "do not sum to 1"),
        new("per cent", () => (2, [50, 0, 0, 25, 25]), "they sum to 100: divide"),
        new("parts, not shares", () => (2, [2, 0, 0, 1, 1]), "they sum to 4: divide"),
        new("another point", () => (2, [0.25f, 0, 0, 0.5f, 0.25f]), "another point"),
        new("leaves the key out", () => (2, [0.5f, 0, 0.25f, 0.25f]), "each of the five"),
        new("not a number", () => (2, [float.NaN, 0, 0, 0, 0]), "finite"),
        new("forgets the weights", () => (2, null!), "`null`"));

    [Fact]
    public void Check_UnusualAnswers_Pass() => Mutants.Accept<Proof>(UnreachableKey.Check,
        () => (2, [1 / 16f, 0.5f, 0, 0, 7 / 16f]),
        () => (2, [9 / 32f, 0.25f, 0, 0.125f, 11 / 32f]),
        () => (2, [.. Quarters.Select(part => part / 4f)]),
        () => (2, [.. Quarters.Select(part => (float)(part * 0.25))]),
        () => (Enumerable.Range(0, 5).Single(key => !ConvexHull.Outline([.. UnreachableKey.Keys.SelectMany(point => point)]).Contains(key)),
            [0.5f, 0, 0, 0.25f, 0.25f]));

    [Fact]
    public void Keys_AllButOne_AreCornersOfTheHull() =>
        Assert.Equal([0, 1, 3, 4], ConvexHull.Outline([.. UnreachableKey.Keys.SelectMany(key => key)]).Order());
}
