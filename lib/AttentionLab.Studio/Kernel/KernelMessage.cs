using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AttentionLab.Studio.Kernel;

/// <summary>One line of JSON between host and kernel process.</summary>
/// <param name="Kind">To the kernel: <c>run</c>. To the host: <c>ready</c>, <c>output</c>, <c>done</c>, <c>exit</c> (managed code asked the process to end).</param>
internal sealed record KernelMessage(string Kind)
{
    /// <summary>Number of the cell to run.</summary>
    public int Cell { get; init; }

    /// <summary>Code of the cell to run.</summary>
    public string? Source { get; init; }

    /// <summary>What the cell showed.</summary>
    public CellOutput? Output { get; init; }

    /// <summary>Why the cell stopped, with <c>done</c>.</summary>
    public CellFailure? Failure { get; init; }

    /// <summary>Time the cell took, with <c>done</c>.</summary>
    public double Seconds { get; init; }

    public string ToLine() => JsonSerializer.Serialize(this, KernelMessageJson.Relaxed.KernelMessage);

    public static KernelMessage FromLine(string line) =>
        JsonSerializer.Deserialize(line, KernelMessageJson.Relaxed.KernelMessage) ?? throw new JsonException("An empty message.");
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(KernelMessage))]
internal sealed partial class KernelMessageJson : JsonSerializerContext
{
    /// <summary>A private channel between two processes needs no HTML escapes.</summary>
    public static KernelMessageJson Relaxed { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    });
}
