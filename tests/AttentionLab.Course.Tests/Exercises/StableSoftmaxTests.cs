using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using SoftmaxCode = System.Func<float[], float[]>;

namespace AttentionLab.Course.Tests.Exercises;

public class StableSoftmaxTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<SoftmaxCode>(StableSoftmax.About, StableSoftmax.Check, s => Weights(s, s.Max()),
        new("never divides by the sum", s => [.. s.Select(MathF.Exp)], "do not sum to 1"),
        new("log-softmax", s => [.. s.Select(x => x - s.Max())], "the exponential is missing: exp(0)"),
        new("shares without exponential", s => [.. s.Select(x => x / s.Sum())], "divided the scores by their sum"),
        new("softmin", s => Weights([.. s.Select(x => -x)], -s.Min()), "a minus too much"),
        new("powers of 2", s => Shares(s.Select(x => MathF.Pow(2, x - s.Max()))), "powers of 2"),
        new("divides by the largest", s => Weights([.. s.Select(x => x / s.Max())], 0), "divided the scores by the largest"),
        new("scales by √n", s => Weights([.. s.Select(x => x / MathF.Sqrt(s.Length))], s.Max() / MathF.Sqrt(s.Length)), "by √n"),
        new("rounds", s => [.. Weights(s, s.Max()).Select(w => MathF.Round(w, 2))], "rounded to 2 decimals"),
        new("guards the sum", s => [.. s.Select(x => MathF.Exp(x - s.Max()) / (s.Sum(y => MathF.Exp(y - s.Max())) + 1e-3f))], "add a small number to the sum"),
        new("naive", s => Weights(s, 0), "too large for a float"),
        new("cuts large scores off", s => Weights([.. s.Select(x => MathF.Min(x, 80))], 0), "Do you cut large scores off"),
        new("largest starts at 0", s => Weights(s, MathF.Max(0, s.Max())), "start at 0"),
        new("guards 0/0", s => s.Max() < -100 ? new float[s.Length] : Weights(s, s.Max()), "avoided 0/0"),
        new("cuts small scores off", s => Weights([.. s.Select(x => MathF.Max(x, -80))], s.Select(x => MathF.Max(x, -80)).Max()), "cut small scores off"),
        new("subtracts the mean", s => Weights(s, s.Average()), "Subtract the *largest* score"),
        new("subtracts the last", s => Weights(s, s[^1]), "one exponential is still ∞."),
        new("sorts", s => [.. Weights(s, s.Max()).Order()], "do not sort"),
        new(
            "subtracts in place", s => { float top = s.Max(); for (int i = 0; i < s.Length; i++) { s[i] -= top; } return Weights(s, 0); },
            "changed one of its inputs"));

    [Fact]
    public void Check_UnusualAnswers_Pass() => Mutants.Accept<SoftmaxCode>(StableSoftmax.Check,
        s => Tensor.FromRows(s).Softmax().Values,
        s => { float[] weights = [.. s]; Softmax.Forward(weights, weights, 1, weights.Length); return weights; },
        s => [.. s.Select(x => (float)(Math.Exp(x - (double)s.Max()) / s.Sum(y => Math.Exp(y - (double)s.Max()))))],
        s => [.. s.Select(x => 1 / s.Sum(y => MathF.Exp(y - x)))],
        s => [.. Weights([.. s.Reverse()], s.Max()).Reverse()]);

    private static float[] Weights(float[] scores, float shift) => Shares(scores.Select(x => MathF.Exp(x - shift)));

    private static float[] Shares(IEnumerable<float> powers) => [.. powers.Select(x => x / powers.Sum())];
}
