using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using Block = System.Func<AttentionLab.Tensors.Tensor, System.Func<AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor>,
    System.Func<AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor>, System.Func<AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor>,
        System.Func<AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor>, AttentionLab.Tensors.Tensor>;

namespace AttentionLab.Course.Tests.Exercises;

public class BlockFromPartsTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Block>(BlockFromParts.About, BlockFromParts.Check, Right,
        new("mean for the sum", (x, a, f, n1, n2) => { Tensor h = n1((x + a(x)) * 0.5f); return n2((h + f(h)) * 0.5f); }, "You took the mean"),
        new("norms on the branches", (x, a, f, n1, n2) => { Tensor h = x + n1(a(x)); return h + n2(f(h)); }, "Norm the *sum*"),
        new("no residual at all", (x, a, f, n1, n2) => n2(f(n1(a(x)))), "Nothing goes past the branches"),
        new("adds x again in the second half", (x, a, f, n1, n2) => { Tensor h = n1(x + a(x)); return n2(x + h + f(h)); }, "x is counted twice"),
        new("adds x twice in each half", (x, a, f, n1, n2) => { Tensor h = n1(x + x + a(x)); return n2(h + h + f(h)); }, "added twice in each half"),
        new("forgets the attention", (x, a, f, n1, n2) => { Tensor h = n1(x); return n2(h + f(h)); }, "attention gives gets lost"),
        new("no residual around attention", (x, a, f, n1, n2) => { Tensor h = n1(IsOff(x, a) ? x + a(x) : a(x)); return n2(h + f(h)); },
            "only what the attention gave"),
        new("x instead of h past the net when attention is on", (x, a, f, n1, n2) =>
        {
            Tensor h = n1(x + a(x)); return IsOff(x,
            a) ? n2(h + f(h)) : n2(h + x + f(h));
        }, "x was added twice"),
        new("attention twice", (x, a, f, n1, n2) => { Tensor h = n1(x + a(x)); return n2(h + a(h)); }, "called the attention twice"),
        new("net works on x", (x, a, f, n1, n2) => { Tensor h = n1(x + a(x)); return n2(h + f(x)); }, "The feed-forward net got x"),
        new("no residual around the net", (x, a, f, n1, n2) => { Tensor h = n1(x + a(x)); return n2(IsOff(x, f) ? h : f(h)); }, "h is missing"),
        new("x past the net", (x, a, f, n1, n2) => { Tensor h = n1(x + a(x)); return n2((IsOff(x, f) ? h : x) + f(h)); }, "Past the feed-forward net goes x"),
        new("net works on the branch", (x, a, f, n1, n2) => { Tensor b = a(x), h = n1(x + b); return n2(h + f(IsOff(x, a) ? h : b)); }, "without x"),
        new("one residual around both", (x, a, f, n1, n2) => { Tensor b = n1(a(x)); return n2(IsOff(x, f) ? x + b : x + f(IsOff(x, a) ? x : b)); },
            "one behind the other"),
        new("forgets the net", (x, a, f, n1, n2) => n2(n1(x + a(x))), "feed-forward net gives gets lost"),
        new("pre-norm", (x, a, f, n1, n2) => { Tensor h = x + a(n1(x)); return h + f(n2(h)); }, "This is pre-norm: x +"),
        new("no first norm", (x, a, f, n1, n2) => { Tensor h = x + a(x); return n2(h + f(h)); }, "has not passed `norm1`"),
        new("first norm twice", (x, a, f, n1, n2) => { Tensor h = n1(x + a(x)); return n1(h + f(h)); }, "`norm1` works twice"),
        new("first norm at the entrance", (x, a, f, n1, n2) => { Tensor z = n1(x), h = z + a(z); return n2(h + f(h)); }, "works on x before everything"),
        new("pre-norm in the second half", (x, a, f, n1, n2) => { Tensor h = n1(x + a(x)); return h + f(n2(h)); }, "pre-norm in the second half"),
        new("second norm before the half", (x, a, f, n1, n2) => { Tensor h = n2(n1(x + a(x))); return h + f(h); }, "works on h before the second half"),
        new("no second norm", (x, a, f, n1, n2) => { Tensor h = n1(x + a(x)); return h + f(h); }, "`norm2` has no effect"),
        new("second norm twice", (x, a, f, n1, n2) => { Tensor h = n1(x + a(x)); return n2(n2(h + f(h))); }, "`norm2` works twice"),
        new("net works on the sum before the norm", (x, a, f, n1, n2) => { Tensor s = x + a(x); return n2(n1(s) + f(s)); }, "got the sum before norm1"),
        new("writes into x", (x, a, f, n1, n2) =>
        {
            Tensor y = Right(x, a, f, n1, n2); Multiply.AddScaled(a(x).Span, 1, x.Span); return Right(y,
            t => new(t.Shape), t => new(t.Shape), t => t, t => t);
        }, "changed one of its inputs"));

    [Fact]
    public void Check_NormsExchanged_IsRefused() =>
        Assert.Contains("did you exchange the norms", BlockFromParts.Check((x, a, f, n1, n2) => Right(x, a, f, n2, n1)).Message);

    [Fact]
    public void Check_SumPastTheNet_IsRefused() =>
        Assert.Contains("has not passed `norm1`", BlockFromParts.Check((x, a, f, n1, n2) => { Tensor s = x + a(x); return n2(s + f(n1(s))); }).Message);

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Block[] all =
        [
            (x, a, f, n1, n2) => n2(n1(x + a(x)) + f(n1(x + a(x)))),
            (x, a, f, n1, n2) => new[] { (a, n1), (f, n2) }.Aggregate(x, (h, half) => half.Item2(half.Item1(h) + h)),
            (x, a, f, n1, n2) => { Tensor h = a(x).Copy(); Multiply.AddScaled(x.Span, 1,
                h.Span); h = n1(h); Tensor y = h.Copy(); Multiply.AddScaled(f(h).Span, 1, y.Span); return n2(y); },
            (x, a, f, n1, n2) => { Tensor Half(Tensor t, Func<Tensor, Tensor> branch, Func<Tensor, Tensor> norm) => norm(branch(t) + t); return Half(Half(x,
                a, n1), f, n2); },
            (x, a, f, n1, n2) => { Tensor y = x.Copy(), sum = new(x.Shape),
                b = a(y); for (int i = 0; i < sum.Length; i++) { sum.Values[i] = y.Values[i] + b.Values[i]; } Tensor h = n1(sum); return n2(h + f(h.Copy())); },
        ];
        Assert.All(all, block => Assert.Equal(FeedbackState.Passed, BlockFromParts.Check(block).State));
    }

    private static Tensor Right(
        Tensor x, Func<Tensor, Tensor> a, Func<Tensor, Tensor> f, Func<Tensor, Tensor> n1, Func<Tensor, Tensor> n2)
    {
        Tensor h = n1(x + a(x));
        return n2(h + f(h));
    }

    private static bool IsOff(Tensor x, Func<Tensor, Tensor> branch) => branch(x).Values.All(v => v == 0);
}
