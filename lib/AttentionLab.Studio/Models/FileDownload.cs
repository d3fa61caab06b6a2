using System.Net;
using System.Net.Http.Headers;
using NuGet.Common;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;

namespace AttentionLab.Studio.Models;

/// <summary>
/// One file over HTTP that is kept while it comes: whoever was stopped goes on where the last byte was written (RFC 9110, section 14), also after a kill.
/// </summary>
internal static class FileDownload
{
    private const int Piece = 1 << 16;

    /// <summary>Fetches the file, or the rest of it.</summary>
    /// <param name="http">NuGet's client: it knows the user's proxy and credentials, and tries again what failed by chance.</param>
    /// <param name="address">The file.</param>
    /// <param name="part">Where it is kept; what is there already is not fetched again if the server can leave it out.</param>
    /// <param name="progress">Told how much is here.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>False if the server does not have it.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="HttpRequestException">The server refuses, or the line broke.</exception>
    public static async Task<bool> CopyAsync(
        HttpSource http, Uri address, string part, IProgress<FetchedBytes>? progress, CancellationToken cancellation)
    {
        await using FileStream file = new(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        HttpStatusCode answered = await AskAsync();
        if (answered == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // What is here is not the beginning of what the server has.
            file.SetLength(0);
            answered = await AskAsync();
        }

        return answered switch
        {
            HttpStatusCode.OK or HttpStatusCode.PartialContent => true,
            HttpStatusCode.NotFound => false,
            _ => throw new HttpRequestException($"{address.Host} answered {(int)answered} ({answered})", null, answered),
        };

        async Task<HttpStatusCode> AskAsync()
        {
            using SourceCacheContext cache = new() { NoCache = true };
            HttpSourceRequest request = new(() =>
            {
                HttpRequestMessage get = HttpRequestMessageFactory.Create(HttpMethod.Get, address, NullLogger.Instance);
                get.Headers.Range = file.Length > 0 ? new RangeHeaderValue(file.Length, null) : null;
                return get;
            });
            return await http.ProcessResponseAsync(request, TakeAsync, cache, NullLogger.Instance, cancellation);
        }

        async Task<HttpStatusCode> TakeAsync(HttpResponseMessage response)
        {
            ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && range?.Length == file.Length)
            {
                // All of it came before, and whoever asked was stopped then.
                return HttpStatusCode.OK;
            }

            if (!response.IsSuccessStatusCode)
            {
                return response.StatusCode;
            }

            if (response.StatusCode != HttpStatusCode.PartialContent)
            {
                file.SetLength(0);
            }
            else if (range?.From != file.Length)
            {
                return HttpStatusCode.RequestedRangeNotSatisfiable;
            }

            file.Position = file.Length;
            long? total = response.StatusCode == HttpStatusCode.PartialContent ? range?.Length : response.Content.Headers.ContentLength;
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
            byte[] piece = new byte[Piece];
            for (int read; (read = await ReadAsync(body, piece)) > 0;)
            {
                await file.WriteAsync(piece.AsMemory(0, read), cancellation);
                await file.FlushAsync(cancellation);
                progress?.Report(new FetchedBytes(file.Length, total));
            }

            return total is null || file.Length == total ? response.StatusCode
                : throw new HttpRequestException($"the line ended after {file.Length} of {total} bytes");
        }

        // A line that breaks is the server's fault, a disk that is full the reader's: whoever calls can tell them apart.
        async ValueTask<int> ReadAsync(Stream body, byte[] piece)
        {
            try
            {
                return await body.ReadAsync(piece, cancellation);
            }
            catch (IOException e)
            {
                throw new HttpRequestException($"the line broke after {file.Length} bytes ({e.Message.TrimEnd('.')})", e);
            }
        }
    }
}
