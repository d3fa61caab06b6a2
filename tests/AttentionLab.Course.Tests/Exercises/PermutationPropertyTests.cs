using AttentionLab.Course.Exercises;
using Test = System.Func<AttentionLab.Course.Exercises.AttendFunction, float[], float[][], float[][], bool>;

namespace AttentionLab.Course.Tests.Exercises;

public class PermutationPropertyTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Test>(PermutationProperty.About, PermutationProperty.Check, (attend, q, k, v) => Rotations(attend, q, k, v),
        new("shuffles the keys only", (attend, q, k, v) => Close(attend(q, k, v), attend(q, Rotate(k, 1), v)), "both in the same way"),
        new("compares by ==", (attend, q, k, v) => Rotations(attend, q, k, v, tolerance: 0), "rounding"),
        new("never shuffles", (attend, q, k, v) => Close(attend(q, k, v), attend(q, k, v)), "did not notice"),
        new("only reverses", (attend, q, k, v) => Close(attend(q, k, v), attend(q, [.. k.Reverse()], [.. v.Reverse()])), "middle stays the middle"),
        new("compares the first number", (attend, q, k, v) => Rotations(attend, q, k, v, numbers: 1), "every number"),
        new("reverses in place", (attend, q, k, v) => { float[] before = attend(q, k, v); Array.Reverse(k); Array.Reverse(v); return Close(before, attend(q, k, v)); }, "changed one of its inputs"));

    private static bool Rotations(AttendFunction attend, float[] q, float[][] k, float[][] v, float tolerance = 1e-4f, int numbers = 3) =>
        Enumerable.Range(1, k.Length - 1).All(shift => Close(attend(q, k, v), attend(q, Rotate(k, shift), Rotate(v, shift)), tolerance, numbers));

    private static float[][] Rotate(float[][] rows, int shift) => [.. rows.Skip(shift), .. rows.Take(shift)];

    private static bool Close(float[] a, float[] b, float tolerance = 1e-4f, int numbers = 3) =>
        a.Zip(b).Take(numbers).All(pair => MathF.Abs(pair.First - pair.Second) <= tolerance);
}
