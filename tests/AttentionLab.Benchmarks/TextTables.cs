using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks;

/// <summary>What <c>texts</c> tells besides its contests.</summary>
internal static class TextTables
{
    /// <summary>The tables, each made when it is asked for.</summary>
    /// <param name="only">"first" or "difference"; null for both.</param>
    /// <param name="folder">The model.</param>
    /// <param name="rivals">Folder of ONNX Runtime.</param>
    /// <param name="ahead">The program of the first vector, compiled ahead of time, or null.</param>
    /// <param name="ort">What was found there.</param>
    /// <param name="counts">Numbers of threads.</param>
    public static IEnumerable<string> All(string? only, string folder, string rivals, string? ahead, OnnxRuntime ort, IReadOnlyList<int> counts)
    {
        foreach (int threads in only is null or "first" ? counts : [])
        {
            Use(threads);
            yield return FirstVector.Run(folder, rivals, ahead, threads, Console.Error);
        }

        if (only is null or "difference")
        {
            Use(counts[^1]);
            yield return EmbeddingDifference.Run(folder, ort, counts[^1]);
        }
    }

    private static void Use(int threads)
    {
        Machine.Pin(threads == 1);
        Workers.Count = threads;
    }
}
