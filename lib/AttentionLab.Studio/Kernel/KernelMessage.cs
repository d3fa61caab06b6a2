using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AttentionLab.Studio.Kernel;

/// <summary>A message between host and kernel process: the whole protocol, in one place.</summary>
/// <remarks>
/// <para>A message travels as a frame (<see cref="MessageFrame"/>) over one of two private pipes. The kernel's standard output and error
/// belong to the notebook.</para>
/// <para>To the kernel:</para>
/// <list type="table">
/// <item><term><c>open</c></term><description><see cref="Source"/>: from now on it is the kernel of the notebook at that path.</description></item>
/// <item><term><c>run</c></term><description><see cref="Id"/>, <see cref="Cell"/>, <see cref="Source"/>: run a cell behind those that came
/// before.</description></item>
/// <item><term><c>stop</c></term><description><see cref="Id"/> of a run: stop it if it runs; its <c>done</c> says whether the state is
/// kept.</description></item>
/// <item><term><c>complete</c>, <c>hover</c>, <c>signature</c></term><description><see cref="Id"/>, <see cref="Source"/>, <see cref="Position"/>:
/// what a reader may type at that character, what the word there is, which arguments its call takes.</description></item>
/// <item><term><c>describe</c></term><description><see cref="Id"/>, <see cref="Source"/>, <see cref="Position"/>, <see cref="Completion"/>: the
/// documentation of one of the completions at that character.</description></item>
/// <item><term><c>diagnose</c></term><description><see cref="Id"/>, <see cref="Source"/>: what the compiler says about the cell.</description></item>
/// <item><term><c>variables</c></term><description><see cref="Id"/>: what the cells so far have declared.</description></item>
/// </list>
/// <para>To the host:</para>
/// <list type="table">
/// <item><term><c>ready</c></term><description>cells can run.</description></item>
/// <item><term><c>output</c></term><description><see cref="Output"/>: what the running cell showed.</description></item>
/// <item><term><c>done</c></term><description><see cref="Id"/> of the run, <see cref="Seconds"/>, <see cref="Failure"/>; with <see cref="StateLost"/> the
/// process is of no more use.</description></item>
/// <item><term><c>exit</c></term><description>managed code asked the process to end.</description></item>
/// <item><term><c>answer</c></term><description><see cref="Id"/> of the question, and the field that was asked for, or <see cref="Busy"/>.</description></item>
/// </list>
/// <para>Cells run one at a time, in order. Questions about code are answered one at a time too, also while a cell runs, and without waiting
/// for an answer to <c>variables</c>, which may take its time. When the host's end of the pipe closes, the kernel ends at once and takes with
/// it what its cells started.</para>
/// </remarks>
/// <param name="Kind">One of the words above.</param>
internal sealed record KernelMessage(string Kind)
{
    /// <summary>Number of the cell, for messages and stacks.</summary>
    public int Cell { get; init; }

    /// <summary>Code of the cell.</summary>
    public string? Source { get; init; }

    /// <summary>Number of a run or a question, given back with its end or its answer.</summary>
    public int Id { get; init; }

    /// <summary>A place in <see cref="Source"/>, in characters from 0.</summary>
    public int Position { get; init; }

    /// <summary>One of the answers to <c>complete</c>.</summary>
    public Completion? Completion { get; init; }

    /// <summary>What the cell showed.</summary>
    public CellOutput? Output { get; init; }

    /// <summary>Why the cell stopped.</summary>
    public CellFailure? Failure { get; init; }

    /// <summary>Time the cell took.</summary>
    public double Seconds { get; init; }

    /// <summary>The cell was stopped, but not cleanly: something of it still runs, or the state is broken.</summary>
    public bool StateLost { get; init; }

    /// <summary>The question cannot be answered now.</summary>
    public bool Busy { get; init; }

    /// <summary>Answer to <c>complete</c>.</summary>
    public CompletionList? Completions { get; init; }

    /// <summary>Answer to <c>describe</c>.</summary>
    public string? Description { get; init; }

    /// <summary>Answer to <c>hover</c>.</summary>
    public Hover? Hover { get; init; }

    /// <summary>Answer to <c>signature</c>.</summary>
    public SignatureHelp? Signature { get; init; }

    /// <summary>Answer to <c>diagnose</c>.</summary>
    public IReadOnlyList<CellDiagnostic>? Diagnostics { get; init; }

    /// <summary>Answer to <c>variables</c>.</summary>
    public IReadOnlyList<Variable>? Variables { get; init; }

    /// <summary>Every word that a message may begin with.</summary>
    private static readonly string[] Kinds =
        ["open", "run", "stop", "complete", "describe", "hover", "signature", "diagnose", "variables", "ready", "output", "done", "exit", "answer"];

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, KernelMessageJson.Relaxed.KernelMessage);

    /// <exception cref="JsonException">The bytes are no message: with an inner exception they are no JSON at all.</exception>
    public static KernelMessage FromBytes(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, KernelMessageJson.Relaxed.KernelMessage) is KernelMessage message && Kinds.Contains(message.Kind)
            && (message.Kind != "output" || message.Output is not null)
            ? message
            : throw new JsonException("No message of this protocol.");
}

[JsonSerializable(typeof(KernelMessage))]
internal sealed partial class KernelMessageJson : JsonSerializerContext
{
    /// <summary>A private channel between two processes needs no HTML escapes. The kernel runs the reader's code: what it sends has to make sense.</summary>
    public static KernelMessageJson Relaxed { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    });
}
