using AttentionLab.Course.Exercises;

namespace AttentionLab.Course.Tests.Exercises;

public class StartWithoutScaleTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Func<int, int, double>>(StartWithoutScale.About, StartWithoutScale.Check, Right,
        new("zero", (c, d) => 0, "With a single number each"),
        new("whole numbers", (c, d) => Math.Sqrt(1 / c / Math.Sqrt(d)), "Write `1.0 / dModel`"),
        new("Glorot", (c, d) => Math.Sqrt(2.0 / (c + d)), "Glorot's start"),
        new("negative", (c, d) => -Right(c, d), "The sign is wrong"),
        new("1/d_model", (c, d) => 1.0 / c, "1/d_model. Variances add"),
        new("forgets d_model", (c, d) => 1 / Math.Pow(d, 0.25), "does not depend on d_model"),
        new("root of d_model twice", (c, d) => 1 / Math.Pow((double)c * d, 0.25), "taken twice"),
        new("usual start", (c, d) => 1 / Math.Sqrt(c), "the usual 1/√d_model"),
        new("whole factor in both", (c, d) => 1 / Math.Sqrt((double)c * d), "*both* matrices"),
        new("d_head without root", (c, d) => 1 / Math.Sqrt(c) / d, "fourth power"),
        new("returns the variance", (c, d) => d == 1 ? 1 / Math.Sqrt(c) : 1 / (c * Math.Sqrt(d)), "asked for the standard deviation"),
        new("third root", (c, d) => 1 / Math.Sqrt(c) / Math.Cbrt(d), "another variance"),
        new("fixed for 256", (c, d) => d == 1 ? 1 / Math.Sqrt(c) : Right(256, 64), "not fixed numbers"),
        new("a little off", (c, d) => d == 1 ? Right(c, d) : Right(c, d) * 1.05, "Var(score) = d_head"),
        new("throws for large widths", (c, d) => c > 500 ? throw new ArgumentException("too wide") : Right(c, d), "too wide"));

    [Fact]
    public void Check_UnusualAnswers_Pass() => Mutants.Accept<Func<int, int, double>>(StartWithoutScale.Check,
        (c, d) => Math.Pow(c, -0.5) * Math.Pow(d, -0.25),
        (c, d) => Math.Sqrt(1 / (c * Math.Sqrt(d))),
        (c, d) => 1 / Math.Sqrt(c) / Math.Sqrt(Math.Sqrt(d)),
        (c, d) => MathF.Pow(c, -0.5f) * MathF.Pow(d, -0.25f),
        (c, d) => Math.Exp(-Math.Log(c) / 2 - Math.Log(d) / 4));

    [Fact]
    public void Variance_OfTheRightStart_IsNearOneForManySeeds()
    {
        for (ulong seed = 1; seed <= 50; seed++)
        {
            Assert.InRange(StartWithoutScale.Variance(64, 16, Right(64, 16), seed), 0.7, 1.4);
        }
    }

    private static double Right(int width, int size) => 1 / (Math.Sqrt(width) * Math.Pow(size, 0.25));
}
