using System.Runtime.CompilerServices;

namespace AttentionLab.Models;

/// <content>A stream of texts to a stream of vectors.</content>
public sealed partial class Bert
{
    /// <summary>Texts of a stream that are embedded together: enough to sort by length.</summary>
    private const int TextsInAdvance = 256;

    /// <summary>
    /// One vector a text of a stream, in its order. Texts are taken and embedded 256 at a time, on a thread of the pool: while the caller takes the vectors of
    /// some, the next ones are worked on.
    /// </summary>
    /// <remarks>
    /// A vector comes when 256 texts are there, or the stream has ended: where texts come slowly, call <see cref="Embed(string[])"/> for each. The vectors of
    /// 256 texts share one array, so one that is kept keeps them all: copy it if few are kept. A caller who leaves early cancels what is under way and
    /// waits for it, also for the stream's next text.
    /// </remarks>
    /// <param name="texts">The texts.</param>
    /// <param name="options">null for the usual.</param>
    /// <param name="cancellationToken">Ends it before the next batch, and is handed to the stream.</param>
    /// <exception cref="ArgumentException">A text has more than <see cref="MaximumLength"/> pieces and may not be truncated, or is null: thrown before any
    /// vector of the texts that were taken with it. Or the prompt has an unknown name: thrown at once.</exception>
    /// <exception cref="InvalidOperationException">The pooler is asked for but the file has none; thrown at once.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<float>> EmbedAsync(
        IAsyncEnumerable<string> texts, TextOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        RequirePooler();
        Prompt(options);
        return EmbedAheadAsync(texts, options, cancellationToken);
    }

    private async IAsyncEnumerable<ReadOnlyMemory<float>> EmbedAheadAsync(
        IAsyncEnumerable<string> texts, TextOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource leaves = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IAsyncEnumerator<string[]> chunks = texts.Chunk(TextsInAdvance).GetAsyncEnumerator(leaves.Token);
        Progress? progress = options?.Progress is { } told ? new(told) : null;
        options = options is null ? null : options with { Progress = progress };
        int before = 0;
        Task<float[]?> next = Task.Run(NextAsync, CancellationToken.None);
        try
        {
            while (await next.ConfigureAwait(false) is { } vectors)
            {
                next = Task.Run(NextAsync, CancellationToken.None);
                for (int at = 0; at < vectors.Length; at += Width)
                {
                    yield return vectors.AsMemory(at, Width);
                }
            }
        }
        finally
        {
            // An enumerator may not be disposed of while it moves.
            await leaves.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await chunks.DisposeAsync().ConfigureAwait(false);
        }

        async Task<float[]?> NextAsync()
        {
            try
            {
                if (!await chunks.MoveNextAsync().ConfigureAwait(false))
                {
                    return null;
                }

                string[] some = chunks.Current;
                float[] vectors = new float[some.Length * Width];
                progress?.Before = before;
                Embed(some, vectors, options, before, leaves.Token);
                before += some.Length;
                return vectors;
            }
            catch (OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw;
            }
        }
    }

    /// <summary>Adds the texts of earlier parts of a stream.</summary>
    private sealed class Progress(IProgress<int> told) : IProgress<int>
    {
        public int Before { get; set; }

        public void Report(int value) => told.Report(Before + value);
    }
}
