using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Tests.Kernels;

/// <summary>
/// Calls that are large enough for several threads, each a pure function of what is put among its inputs (nothing, or NaN and ∞): everything that
/// it writes, in a row.
/// </summary>
internal static class ThreadCases
{
    /// <summary>What is put among the inputs: position i·step becomes one of the numbers in turn.</summary>
    public sealed record Spoiled(int Step, params float[] By)
    {
        public static readonly Spoiled Not = new(0);

        public float[] Gaussian(ulong seed, int count)
        {
            float[] values = Inputs.Gaussian(seed, count);
            for (int i = 0; Step > 0 && i * Step < count; i++)
            {
                values[i * Step] = By[i % By.Length];
            }

            return values;
        }
    }

    private const int Rows = 515, Columns = 513, Square = 131;

    public static readonly Dictionary<string, Func<Spoiled, float[]>> All = new()
    {
        ["MatMul"] = s => Product(s, Square, Square, Square, (a, b, c) => MatMul.Forward(a, b, c, Square, Square, Square)),
        ["MatMul add"] = s => Product(s, Square, Square, Square, (a, b, c) => MatMul.Forward(a, b, c, Square, Square, Square, add: true)),
        ["MatMul A·Bᵀ"] = s => Product(s, 37, 600, 129, (a, b, c) => MatMul.ForwardNT(a, b, c, 37, 600, 129)),
        ["MatMul Aᵀ·B"] = s => Product(s, 200, 97, 150, (a, b, c) => MatMul.ForwardTN(a, b, c, 200, 97, 150)),
        ["MatMul long sum"] = s => Product(s, 13, 4001, 67, (a, b, c) => MatMul.Forward(a, b, c, 13, 4001, 67)),
        ["MatMul few rows"] = s => Product(s, 3, 171, 4099, (a, b, c) => MatMul.Forward(a, b, c, 3, 171, 4099)),
        ["MatMul few rows A·Bᵀ"] = s => Product(s, 3, 171, 4099, (a, b, c) => MatMul.ForwardNT(a, b, c, 3, 171, 4099)),
        ["MatMul many rows"] = s => Product(s, 1001, 67, 65, (a, b, c) => MatMul.Forward(a, b, c, 1001, 67, 65)),
        ["MatMul packed with epilogue"] = s => Product(s, 97, 200, 140, (a, b, c) =>
        {
            float[] bias = s.Gaussian(4, 140), residual = s.Gaussian(5, c.Length);
            MatMul.Forward(a, new PackedMatrix(b, 200, 140), c, 97, new() { Bias = bias, Activation = Nonlinearity.Gelu, Residual = residual });
        }),
        ["MatMul backward"] = s =>
        {
            float[] da = new float[200 * 97], db = s.Gaussian(4, 97 * 150);
            MatMul.Backward(s.Gaussian(1, 200 * 97), s.Gaussian(2, 97 * 150), s.Gaussian(3, 200 * 150), da, db, 200, 97, 150);
            return [.. da, .. db];
        },
        ["Softmax"] = s => Map(s, (x, y) => Softmax.Forward(x, y, Rows, Columns)),
        ["Softmax backward"] = s => Map(s, (x, y) => Softmax.Backward(x, s.Gaussian(2, x.Length), y, Rows, Columns)),
        ["MaskedSoftmax"] = s => Map(s, (x, y) => MaskedSoftmax.Forward(x, y, Rows, Columns, 0.3f, new() { Causal = true })),
        ["LogSumExp"] = s =>
        {
            float[] x = s.Gaussian(1, Rows * Columns), y = new float[Rows], dx = new float[x.Length];
            LogSumExp.Forward(x, y, Rows, Columns);
            LogSumExp.Backward(x, y, s.Gaussian(2, Rows), dx, Rows, Columns);
            return [.. y, .. dx];
        },
        ["Normalize"] = s =>
        {
            float[] x = s.Gaussian(1, Rows * Columns), gamma = s.Gaussian(2, Columns), y = new float[x.Length], mean = new float[Rows];
            float[] inverse = new float[Rows];
            float[] dx = new float[x.Length], dGamma = s.Gaussian(3, Columns), dBeta = s.Gaussian(4, Columns);
            Normalize.Forward(x, gamma, s.Gaussian(5, Columns), y, mean, inverse, Columns);
            Normalize.Backward(x, gamma, mean, inverse, s.Gaussian(6, x.Length), dx, dGamma, dBeta);
            return [.. y, .. mean, .. inverse, .. dx, .. dGamma, .. dBeta];
        },
        ["RmsNormalize"] = s =>
        {
            float[] x = s.Gaussian(1, Rows * Columns), gamma = s.Gaussian(2, Columns), y = new float[x.Length], inverse = new float[Rows];
            float[] dx = new float[x.Length], dGamma = s.Gaussian(3, Columns);
            RmsNormalize.Forward(x, gamma, y, inverse, Rows, Columns);
            RmsNormalize.Backward(x, gamma, inverse, s.Gaussian(6, x.Length), dx, dGamma, Rows, Columns);
            return [.. y, .. inverse, .. dx, .. dGamma];
        },
        ["CrossEntropy"] = s =>
        {
            int[] targets = [.. Enumerable.Range(0, Rows).Select(i => i % 7 == 0 ? CrossEntropy.Ignored : i * 31 % Columns)];
            float[] logits = s.Gaussian(1, Rows * Columns), losses = new float[Rows], dLogits = new float[logits.Length];
            float mean = CrossEntropy.Forward(logits, targets, losses, Rows, Columns, 0.1f);
            CrossEntropy.Backward(logits, targets, 0.7f, dLogits, Rows, Columns, 0.1f);
            return [mean, .. losses, .. dLogits];
        },
        ["Gelu"] = s => Map(s, (x, y) => { Gelu.Forward(x, y); Gelu.Backward(x, [.. y], y); }),
        ["Gelu tanh"] = s => Map(s, (x, y) => { Gelu.Forward(x, y, tanh: true); Gelu.Backward(x, [.. y], y, tanh: true); }),
        ["Relu"] = s => Map(s, (x, y) => { Relu.Forward(x, y); Relu.Backward(x, [.. y], y); }),
        ["Exp"] = s => Map(s, (x, y) => Exp.Forward(x, y)),
        ["Drop"] = s => Map(s, (x, y) => Drop.Forward(x, y, 0.3, new CounterRandom(5) { Position = 3 })),
        ["Multiply"] = s => Map(s, (x, y) =>
        {
            Multiply.Scale(x, 0.3f, y);
            Multiply.AddScaled(s.Gaussian(2, x.Length), 0.5f, y);
            Multiply.Forward(x, [.. y], y);
        }),
        ["Reduce"] = s =>
        {
            float[] x = s.Gaussian(1, Rows * Columns), y = s.Gaussian(2, Columns);
            Reduce.AddRows(x, y, Rows, Columns);
            return [Reduce.Sum(x), .. y];
        },
        ["Gather"] = s =>
        {
            int[] ids = [.. Enumerable.Range(0, Rows).Select(i => i * i % 50)];
            float[] y = new float[Rows * Columns], dTable = s.Gaussian(2, 50 * Columns);
            Gather.Forward(s.Gaussian(1, 50 * Columns), ids, y, Columns);
            Gather.Backward(y, ids, dTable, Columns);
            return [.. y, .. dTable];
        },
        ["Attend"] = s => Attention(s, 150, 160, 48, 47, (q, k, v, output, dq, dk, dv) =>
        {
            float[] weights = new float[150 * 160];
            Attend.Forward(AttendInput.Split<float>(q, k, v, new(1, 1, 150, 160, 48, 47), 0.14f), output, weights);
            Attend.Backward(
                AttendInput.Split<float>(q, k, v, new(1, 1, 150, 160, 48, 47), 0.14f), weights, s.Gaussian(4, output.Length),
                new AttendGradients<float> { Q = dq, K = dk, V = dv });
        }),
        ["Attend, heads"] = s => HeadCases.Run(s, new(2, 4, 60, 70, 33, 34), biasMatrices: 8),
        ["Attend, heads that share a bias"] = s => HeadCases.Run(s, new(2, 4, 60, 70, 33, 34), biasMatrices: 1),
        ["Attend, sequences that share a bias"] = s => HeadCases.Run(s, new(2, 4, 60, 70, 33, 34), biasMatrices: 4),
        ["Attend, one query"] = s => HeadCases.Run(s, new(1, 8, 1, 1030, 64, 64), biasMatrices: 0),
        ["FlashAttend"] = s => Flash(s, default),
        ["FlashAttend causal"] = s => Flash(s, new() { Causal = true }),
        ["FlashAttend masked"] = s => Flash(s, new() { Keys = Enumerable.Range(0, 160).Select(j => j % 5 != 1 && j < 151).ToArray() }),
        ["LinearAttend"] = s => Attention(s, 150, 160, 48, 47, (q, k, v, output, dq, dk, dv) =>
        {
            AttendInput<float> input = AttendInput.Linear<float>(q, k, v, new(1, 1, 150, 160, 48, 47));
            LinearAttend.Forward(input, output);
            LinearAttend.Backward(input, s.Gaussian(4, output.Length), new() { Q = dq, K = dk, V = dv });
        }),
        ["LightningAttend"] = s => Attention(s, 500, 500, 48, 47, (q, k, v, output, dq, dk, dv) =>
        {
            AttendInput<float> input = AttendInput.Linear<float>(q, k, v, new(1, 1, 500, 500, 48, 47), causal: true);
            LightningAttend.Forward(input, output, [0.97f]);
            LightningAttend.Backward(input, s.Gaussian(4, output.Length), new() { Q = dq, K = dk, V = dv }, [0.97f]);
        }),
        ["EncoderLayer"] = s =>
        {
            EncoderLayer layer = new(new(64, 4) { Hidden = 130, Activation = Activation.Gelu, Dropout = 0.1 }, new CounterRandom(1));
            Tensor x = new(s.Gaussian(1, 3 * 101 * 64), 3, 101, 64), dy = new(s.Gaussian(2, x.Length), 3, 101, 64);
            (Tensor y, EncoderLayer.Saved saved) = layer.Forward(x, AttentionMask.Causal, new CounterRandom(3));
            Tensor dx = layer.Backward(dy, saved);
            return [.. y.Values, .. dx.Values, .. layer.Parameters.SelectMany(p => p.Gradient.Values)];
        },
        ["EncoderLayer inference"] = s =>
        {
            EncoderLayer layer = new(new(64, 4) { Hidden = 130, PreNorm = true, Activation = Activation.Gelu }, new CounterRandom(1));
            return layer.Infer(
                new(s.Gaussian(1, 3 * 101 * 64), 3, 101, 64), AttentionMask.Keys([.. Enumerable.Range(0, 101).Select(j => j % 7 != 3)])).Values.ToArray();
        },
        ["PackedEncoderLayer"] = s =>
        {
            PackedEncoderLayer layer = new(new EncoderLayer(new(64, 4) { Hidden = 130, PreNorm = true, Activation = Activation.Gelu }, new CounterRandom(1)));
            Tensor x = new(s.Gaussian(1, 7 * 101 * 64), 7, 101, 64);
            layer.Infer(x, x, AttentionMask.Keys([.. Enumerable.Range(0, 101).Select(j => j % 7 != 3)]));
            return x.Values.ToArray();
        },
        ["Adam and clipping"] = s =>
        {
            Parameter weight = new("w", new Tensor(Inputs.Gaussian(1, Rows * Columns), Rows, Columns));
            Parameter bias = new("b", new Tensor(Inputs.Gaussian(2, 5000), 5000));
            Adam adam = new([weight, bias], decay: 0.01);
            double norm = 0;
            for (ulong step = 1; step <= 3; step++)
            {
                s.Gaussian(step + 10, weight.Length).CopyTo(weight.Gradient.Span);
                s.Gaussian(step + 20, bias.Length).CopyTo(bias.Gradient.Span);
                norm += Gradients.Clip(adam.Parameters, 1);
                adam.Step();
            }

            return [(float)norm, .. weight.Value.Values, .. bias.Value.Values];
        },
        ["a training step"] = _ =>
        {
            Encoder encoder = new(new() { Vocabulary = 300, Capacity = 40, Channels = 48, Heads = 4, Layers = 2, Dropout = 0.1 }, new CounterRandom(1));
            MaskedWordHead head = new(encoder, new CounterRandom(2));
            Parameter[] parameters = [.. encoder.Parameters.Concat(head.Parameters).Distinct()];
            double loss = 0;
            new TrainingLoop(new Adam(parameters), new CounterRandom(3), r =>
            {
                int[,] ids = new int[24, 40];
                int[] targets = new int[ids.Length];
                for (int i = 0; i < targets.Length; i++)
                {
                    (ids[i / 40, i % 40], targets[i]) = (r.NextInt(300), r.NextInt(4) == 0 ? r.NextInt(300) : CrossEntropy.Ignored);
                }

                (Tensor h, Encoder.Saved saved) = encoder.Forward(ids, random: r);
                (Tensor logits, MaskedWordHead.Saved kept) = head.Forward(h);
                (float lost, CrossEntropyLoss.Saved toBackward) = CrossEntropyLoss.Forward(logits, targets);
                encoder.Backward(head.Backward(CrossEntropyLoss.Backward(toBackward), kept), saved);
                loss += lost;
                return new Batch(lost, ids.Length);
            })
            { Steps = 2 }.Run(TestContext.Current.CancellationToken);
            return [(float)loss, .. parameters.SelectMany(p => p.Value.Values)];
        },
    };

    private delegate void AttendCall(float[] q, float[] k, float[] v, float[] output, float[] dq, float[] dk, float[] dv);

    private static float[] Product(Spoiled s, int rows, int inner, int columns, Action<float[], float[], float[]> call)
    {
        float[] c = s.Gaussian(3, rows * columns);
        call(s.Gaussian(1, rows * inner), s.Gaussian(2, inner * columns), c);
        return c;
    }

    private static float[] Map(Spoiled s, Action<float[], float[]> call)
    {
        float[] x = s.Gaussian(1, Rows * Columns), y = new float[x.Length];
        call(x, y);
        return y;
    }

    private static float[] Flash(Spoiled s, AttendMask mask)
    {
        (int queries, int keys, int dim, int valueDim) = (150, 160, 48, 47);
        float[] q = s.Gaussian(1, queries * dim), k = s.Gaussian(2, keys * dim), v = s.Gaussian(3, keys * valueDim);
        float[] output = new float[queries * valueDim], statistics = new float[2 * queries], dq = new float[q.Length], dk = new float[k.Length];
        float[] dv = new float[v.Length];
        FlashAttend.Forward(AttendInput.Split<float>(q, k, v, new(1, 1, queries, keys, dim, valueDim), 0.14f, mask), output, statistics);
        FlashAttend.Backward(
            AttendInput.Split<float>(q, k, v, new(1, 1, queries, keys, dim, valueDim), 0.14f, mask), output, statistics, s.Gaussian(4, output.Length),
            new AttendGradients<float> { Q = dq, K = dk, V = dv });
        return [.. output, .. statistics, .. dq, .. dk, .. dv];
    }

    private static float[] Attention(Spoiled s, int queries, int keys, int dim, int valueDim, AttendCall call)
    {
        float[] q = s.Gaussian(1, queries * dim), k = s.Gaussian(2, keys * dim), v = s.Gaussian(3, keys * valueDim);
        float[] output = new float[queries * valueDim], dq = new float[q.Length], dk = new float[k.Length], dv = new float[v.Length];
        call(q, k, v, output, dq, dk, dv);
        return [.. output, .. dq, .. dk, .. dv];
    }
}
