using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>Products with a weight that was packed before: what a layer does in inference. ONNX Runtime packs a constant, too.</summary>
internal static class PackedContests
{
    /// <summary>Square weights, and the shapes of a layer of 512 channels.</summary>
    public static IEnumerable<Entry> All(RivalSet rivals, int threads)
    {
        foreach (int n in new[] { 512, 1024, 2048 })
        {
            yield return Product(
                n, n, n, [Bar.AtLeast(1, "oneDNN"), Bar.AtLeast(1, "ORT"), Bar.PercentOfLimit(92), Bar.PercentOfLimit(95).AsMoonshot()],
                n > 512 ? [Bar.AtLeast(1.85, Lineup.OneThread)] : []);
        }

        Bar[] rivalsRate = [Bar.AtLeast(1, "oneDNN"), Bar.AtLeast(1, "ORT")];
        yield return Product(128, 512, 2048, [.. rivalsRate, Bar.PercentOfLimit(92)], rivalsRate);
        yield return Product(128, 2048, 512, rivalsRate, rivalsRate);
        yield return Product(4096, 512, 2048, rivalsRate, [Bar.AtLeast(1.85, Lineup.OneThread)]);

        foreach (int rows in new[] { 1, 4, 8 })
        {
            yield return Product(rows, 2048, 2048, [Bar.AtLeast(1, "oneDNN")], []);
        }

        Entry Product(int rows, int inner, int columns, Bar[] alone, Bar[] together)
        {
            string name = $"packed {rows}×{inner}×{columns}";
            return new("packed", name, () => Make(name, rivals, threads, rows, inner, columns, threads == 1 ? alone : together));
        }
    }

    private static Contest Make(string name, RivalSet rivals, int threads, int rows, int inner, int columns, Bar[] bars)
    {
        float[] a = Inputs.Gaussian(rows * inner, 1), b = Inputs.Gaussian(inner * columns, 2);
        PackedMatrix packed = new(b, inner, columns);
        Lineup lineup = new(rivals, threads, rows * columns);
        lineup.Ours(c => MatMul.Forward(a, packed, c, rows));
        OnnxModel Model() =>
            new OnnxModel().Input("a", rows, inner).Constant("b", b, inner, columns).Output("o", rows, columns).Node("MatMul", ["a", "b"], ["o"]);
        lineup.Ort("packed", Model, [("a", a, [rows, inner])], [rows, columns]);
        foreach ((NativeBlas? blas, string family) in new[] { (rivals.OneDnn, "oneDNN"), (rivals.OpenBlas, "OpenBLAS") })
        {
            if (blas is not null)
            {
                lineup.Add($"{blas.Name}, not packed", c => blas.Multiply(a, b, c, rows, inner, columns), isRival: true, family: family);
            }
        }

        if (rows <= 8)
        {
            lineup.Reading(b);
        }

        lineup.Add("ours, not packed", c => MatMul.Forward(a, b, c, rows, inner, columns));
        return lineup.Finish(
            name, 2.0 * rows * inner * columns, bars, c => MatMulContests.CheckRows(name, a, b, c, rows, inner, columns),
            "our reference: see the same product under matmul.");
    }
}
