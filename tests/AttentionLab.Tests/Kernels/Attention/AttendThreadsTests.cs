using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>Attention on one, two and three threads: the same bits, and nothing allocated.</summary>
[Collection(nameof(WorkersTests))]
public sealed class AttendThreadsTests : IDisposable
{
    private const int Batch = 2, Heads = 2, Tokens = 300, Dim = 20;
    private readonly int _before = Workers.Count;

    public void Dispose() => Workers.Count = _before;

    [Theory, InlineData(false), InlineData(true)]
    public void ForwardHeads_AnyNumberOfThreads_SameBits(bool causal)
    {
        float[][] results = [.. Enumerable.Range(1, 3).Select(threads =>
        {
            Workers.Count = threads;
            float[] output = new float[Batch * Heads * Tokens * Dim], statistics = new float[Batch * Heads * Tokens * 2];
            Run(output, statistics, causal);
            return (float[])[.. output, .. statistics];
        })];
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void BackwardHeads_AnyNumberOfThreads_SameBits(bool causal)
    {
        float[] output = new float[Batch * Heads * Tokens * Dim], statistics = new float[Batch * Heads * Tokens * 2];
        Run(output, statistics, causal);
        float[][] results = [.. Enumerable.Range(1, 3).Select(threads =>
        {
            Workers.Count = threads;
            float[] dq = new float[output.Length], dk = new float[output.Length], dv = new float[output.Length];
            HeadLayout at = HeadLayout.Split(Heads, Tokens, Dim);
            FlashAttend.Backward(
                new AttendInput<float>
                {
                    Q = new(_q, at),
                    K = new(_k, at),
                    V = new(_v, at),
                    Sizes = new AttendSizes(Batch, Heads, Tokens, Tokens, Dim, Dim),
                    Scale = 0.2f,
                    Mask = new AttendMask { Causal = causal },
                },
                new HeadSpan<float>(output, at), statistics, _v, new AttendGradients<float> { Q = dq, K = dk, V = dv });
            return (float[])[.. dq, .. dk, .. dv];
        })];
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    [Fact]
    public void LightningHeads_AnyNumberOfThreads_BitEqualToHeadByHead()
    {
        float[] decays = [1, 0.9f, 0.5f, 0.99f], expected = new float[_q.Length], dq = new float[_q.Length], dk = new float[_q.Length];
        float[] dv = new float[_q.Length];
        const int size = Tokens * Dim;
        for (int h = 0; h < decays.Length; h++)
        {
            Range head = (h * size)..((h + 1) * size);
            AttendInput<float> input = AttendInput.Linear<float>(
                _q.AsSpan(head), _k.AsSpan(head), _v.AsSpan(head), new(1, 1, Tokens, Tokens, Dim, Dim), causal: true);
            LightningAttend.Forward(input, expected.AsSpan(head), [decays[h]]);
            LightningAttend.Backward(input, _k.AsSpan(head), new() { Q = dq.AsSpan(head), K = dk.AsSpan(head), V = dv.AsSpan(head) }, [decays[h]]);
        }

        for (int threads = 1; threads <= 3; threads++)
        {
            Workers.Count = threads;
            float[] output = new float[expected.Length], tq = new float[dq.Length], tk = new float[dk.Length], tv = new float[dv.Length];
            AttendInput<float> input = AttendInput.Linear<float>(_q, _k, _v, new(1, decays.Length, Tokens, Tokens, Dim, Dim), causal: true);
            LightningAttend.Forward(input, output, decays);
            LightningAttend.Backward(input, _k, new() { Q = tq, K = tk, V = tv }, decays);
            Assert.Equal(expected, output);
            Assert.Equal(dq, tq);
            Assert.Equal(dk, tk);
            Assert.Equal(dv, tv);
        }
    }

    [Fact]
    public void ForwardHeads_AfterWarmUpOnWorkers_AllocatesNothing()
    {
        Workers.Count = 2;
        float[] output = new float[Batch * Heads * Tokens * Dim], statistics = new float[Batch * Heads * Tokens * 2];
        for (int i = 0; i < 20; i++)
        {
            Run(output, statistics, false);
        }

        // All threads together: a worker that had no part yet may still make its scratch memory once.
        long least = long.MaxValue;
        for (int i = 0; i < 20; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Run(output, statistics, false);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.Equal(0, least);
    }

    private readonly float[] _q = Inputs.Gaussian(1, Batch * Heads * Tokens * Dim), _k = Inputs.Gaussian(2, Batch * Heads * Tokens * Dim);
    private readonly float[] _v = Inputs.Gaussian(3, Batch * Heads * Tokens * Dim);

    private void Run(float[] output, float[] statistics, bool causal)
    {
        HeadLayout at = HeadLayout.Split(Heads, Tokens, Dim);
        FlashAttend.Forward(
            new AttendInput<float>
            {
                Q = new(_q, at),
                K = new(_k, at),
                V = new(_v, at),
                Sizes = new AttendSizes(Batch, Heads, Tokens, Tokens, Dim, Dim),
                Scale = 0.2f,
                Mask = new AttendMask { Causal = causal },
            },
            output, at, statistics);
    }
}
