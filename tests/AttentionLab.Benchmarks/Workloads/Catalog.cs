using AttentionLab.Benchmarks.Rivals;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>Every contest of the duel.</summary>
internal static class Catalog
{
    /// <summary>What <c>--only</c> may select.</summary>
    public static IReadOnlyList<string> Groups { get; } =
    [
        "matmul", "packed", "attention", "causal", "masked", "backward", "cross", "peaked", "long", "short", "decode", "encoder", "rows", "training",
        "lightning", "tokens"
    ];

    /// <summary>All contests, in the order of the table; tokenizers, which use one thread, are there for one thread only.</summary>
    /// <param name="rivals">Who was found.</param>
    /// <param name="threads">Threads of everybody.</param>
    public static IEnumerable<Entry> All(RivalSet rivals, int threads) =>
    [
        .. MatMulContests.All(rivals, threads),
        .. PackedContests.All(rivals, threads),
        .. AttentionContests.All(rivals, threads),
        .. DecodeContests.All(rivals, threads),
        .. EncoderContests.All(rivals, threads),
        .. RowContests.All(rivals, threads),
        .. TrainingContests.All(rivals, threads),
        .. LightningContests.All(rivals, threads),
        .. threads == 1 ? TokenContests.All(rivals) : [],
    ];
}
