namespace AttentionLab.Studio.Models;

/// <summary>How much of a file has come.</summary>
/// <param name="Have">Bytes that are here, those of an earlier call included.</param>
/// <param name="Total">Bytes of the whole file; null where the server does not say.</param>
internal readonly record struct FetchedBytes(long Have, long? Total);
