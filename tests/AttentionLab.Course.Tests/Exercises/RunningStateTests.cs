using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using Step = System.Func<float[], float[], float[], AttentionLab.Tensors.Tensor, float, float[]>;

namespace AttentionLab.Course.Tests.Exercises;

public class RunningStateTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Step>(RunningState.About, RunningState.Check, Loop,
        new("reads before it writes", (q, k, v, s, d) => { float[] o = Read(q, s, v.Length, d); Write(k, v, s, d); return o; }, "add first, then read"),
        new("returns the value", (q, k, v, s, d) => [.. v], "You returned the value"),
        new("scale", (q, k, v, s, d) => [.. Loop(q, k, v, s, d).Select(o => o / MathF.Sqrt(2))], "divided by √D"),
        new("reads with k", (q, k, v, s, d) => Loop(k, k, v, s, d), "You read with k"),
        new("writes with q", (q, k, v, s, d) => Loop(q, q, v, s, d), "You wrote q·v"),
        new("own token twice", (q, k, v, s, d) => { float[] o = Loop(q, k, v, s, d); return [.. o.Select((x, c) => x + Dot(q, k) * v[c])]; }, "counts twice"),
        new("transposed state", (q, k, v, s, d) =>
        {
            float[] o = new float[v.Length]; for (int a = 0; a < 2; a++)
            {
                for (int c =
            0; c < 3; c++) { s[c, a] += k[a] * v[c]; o[c] += q[a] * s[c, a]; }
            }
            return o;
        }, "lies outside shape (2, 3)"),
        new("overwrites the state", (q, k, v, s, d) => { s.Span.Clear(); return Loop(q, k, v, s, d); }, "sees only itself"),
        new("no decay", (q, k, v, s, d) => Loop(q, k, v, s, 1), "The decay had no effect"),
        new("the newest decays too", (q, k, v, s, d) =>
        {
            Write(k, v, s, 1); Multiply.Scale(s.Span, d, s.Span); return Read(q, s,
            v.Length);
        }, "The newest token decays, too"),
        new("decays twice", (q, k, v, s, d) => Loop(q, k, v, s, d * d), "decays twice"),
        new("decays what it reads only", (q, k, v, s, d) =>
        {
            float[] old = Read(q, s, v.Length, d);
            Write(k, v, s, 1);
            return [.. old.Select((o, c) => o + Dot(q, k) * v[c])];
        }, "not in what you keep"),
        new("divides by the decay", (q, k, v, s, d) => Loop(q, k, v, s, 1 / d), "The old grows"),
        new("decays the output", (q, k, v, s, d) => [.. Loop(q, k, v, s, 1).Select(o => o * d)], "multiplied the output or the new matrix"),
        new("running average", (q, k, v, s, d) => Loop(q, [.. k.Select(x => (1 - d) * x)], v, s, d), "by 1 − λ"),
        new("decays too late", (q, k, v, s, d) =>
        {
            float[] o = Read(q, s, v.Length); float own =
            Dot(q, k); Write(k, v, s, d); return [.. o.Select((x, c) => x + own * v[c])];
        }, "one token too late"),
        new("decays in each turn of a loop", (q, k, v, s, d) => Loop(q, k, v, s, MathF.Pow(d, 3)), "not once in each turn"),
        new("last a only", (q, k, v, s, d) => { Write(k, v, s, d); return [.. v.Select((_, c) => q[^1] * s[q.Length - 1, c])]; }, "Only the last a was kept"),
        new("diagonal only", (q, k, v, s, d) => [.. v.Select((x, c) => c < q.Length ? q[c] * k[c] * x : 0)], "for *every* a and c"),
        new("adds k and v", (q, k, v, s, d) => [.. v.Select((x, c) => q.Select((y, a) => y * (k[a] + x)).Sum())], "You added k and v"),
        new("power of q·k", (q, k, v, s, d) => [.. v.Select(x => MathF.Exp(Dot(q, k)) * x)], "There is no softmax"),
        new("keeps (q·k)·v", (q, k, v, s, d) => [.. v.Select((x, c) => s[0, c] = d * s[0, c] + Dot(q, k) * x)], "the answer to the first query"),
        new("as long as q", (q, k, v, s, d) => [.. q], "as long as v"),
        new("two by three", (q, k, v, s, d) => { float[] o = Loop(q, k, v, s, d); return v.Length == 3 ? o : [s[0, 2]]; }, "lies outside shape (5, 2)"),
        new("changes k", (q, k, v, s, d) => { float[] o = Loop(q, k, v, s, d); k[0] += 1; return o; }, "changed one of its inputs"),
        new("state outside", Outside(), "Two texts disturb each other"),
        new("rounds the decay to half", (q, k, v, s, d) => Loop(q, k, v, s, d is > 0 and < 1 ? 0.5f : d), "Three tokens were right"));

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Step[] all =
        [
            (q, k, v, s, d) => { float[] o = new float[v.Length]; LightningAttend.Step(q, k, v, s.Span, o, d); return o; },
            (q, k, v, s, d) => { Tensor next =
                s * d + Tensor.FromRows(k).TransposedMatMul(Tensor.FromRows(v)); next.Span.CopyTo(s.Span); return [.. Tensor.FromRows(q).MatMul(s).Values]; },
            (q, k, v, s, d) => { Write(k, v, s, d); return [.. Enumerable.Range(0, v.Length)
                .Select(c => (float)q.Select((x, a) => (double)x * s[a, c]).Sum())]; },
            (q, k, v, s, d) => { float[] old = Read(q, s, v.Length, d); Write(k, v, s, d); float own =
                q.Zip(k, (a, b) => a * b).Sum(); return [.. old.Select((o, c) => o + own * v[c])]; },
            (q, k, v, s, d) => { float[] o = Loop(q, k, v, s, 1); Multiply.Scale(s.Span, d, s.Span); return o; },
            (q, k, v, s, d) => { for (int i = s.Length - 1; i >= 0; i--) { s.Values[i] =
                d * s.Values[i] + k[i / v.Length] * v[i % v.Length]; } return Read(q, s, v.Length); },
        ];
        Assert.All(all, next => Assert.Equal(FeedbackState.Passed, RunningState.Check(next).State));
    }

    private static float[] Loop(float[] q, float[] k, float[] v, Tensor state, float decay)
    {
        Write(k, v, state, decay);
        return Read(q, state, v.Length);
    }

    private static void Write(float[] k, float[] v, Tensor state, float decay)
    {
        for (int a = 0; a < k.Length; a++)
        {
            for (int c = 0; c < v.Length; c++)
            {
                state[a, c] = decay * state[a, c] + k[a] * v[c];
            }
        }
    }

    private static float Dot(float[] a, float[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static float[] Read(float[] q, Tensor state, int width, float factor = 1) =>
        [.. Enumerable.Range(0, width).Select(c => q.Select((x, a) => factor * x * state[a, c]).Sum())];

    private static Step Outside()
    {
        Tensor mine = new(2, 3);
        return (q, k, v, s, d) =>
        {
            if (s.Values.All(x => x == 0))
            {
                mine = new(2, 3);
            }

            float[] o = Loop(q, k, v, mine, d);
            s.Values[0] = 1;
            return o;
        };
    }
}
