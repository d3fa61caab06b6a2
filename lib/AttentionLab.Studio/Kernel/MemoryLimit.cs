using System.Globalization;

namespace AttentionLab.Studio.Kernel;

/// <summary>
/// Notices, in the kernel process, that a cell comes near the memory limit. The runtime may end at any moment behind that, often without a word:
/// then the mark that is left here on standard error tells the host why. It looks at the heap from time to time and needs no memory for it; to listen to
/// exceptions would not do, since .NET makes an object for each that it tells, and dies where it has none. Some memory is kept back until the cell
/// is over, so that the reader can free the rest.
/// </summary>
internal sealed class MemoryLimit(Stream standardError)
{
    /// <summary>The mark: a line of its own on standard error.</summary>
    public const string Mark = "\u0001memory-limit";

    /// <summary>The setting of .NET that is the limit: bytes, hexadecimal.</summary>
    public const string Setting = "DOTNET_GCHeapHardLimit";

    /// <summary>What a small cell needs to be compiled and run.</summary>
    private const int ReserveBytes = 8 << 20;

    /// <summary>Made in time: near the limit there may be no memory for them.</summary>
    private readonly byte[] _mark = [.. Mark.Select(letter => (byte)letter), (byte)'\n'];

    /// <summary>From here on an allocation may fail: the heap has gaps, and pages of its own.</summary>
    private readonly long _near = Limit / 5 * 4;

    private byte[]? _reserve;
    private int _isTold;

    private static long Limit => long.TryParse(
        Environment.GetEnvironmentVariable(Setting)?.Replace("0x", "", StringComparison.Ordinal), NumberStyles.HexNumber, CultureInfo.InvariantCulture,
        out long limit) ? limit : long.MaxValue;

    /// <summary>A new cell: takes the reserve back if there is room again.</summary>
    public void Begin()
    {
        if (_reserve is null && GC.GetTotalMemory(false) + (2 * ReserveBytes) < _near)
        {
            try
            {
                // Pinned: what lies still is never touched, and costs addresses alone.
                _reserve = GC.AllocateUninitializedArray<byte>(ReserveBytes, pinned: true);
            }
            catch (OutOfMemoryException)
            {
                // The heap has no gap for it: the cell runs without.
            }
        }

        Volatile.Write(ref _isTold, 0);
    }

    /// <summary>Leaves the mark if the heap has grown near the limit, once in a cell.</summary>
    public void Look()
    {
        if (GC.GetTotalMemory(false) < _near || Interlocked.Exchange(ref _isTold, 1) != 0)
        {
            return;
        }

        try
        {
            standardError.Write(_mark);
        }
        catch (IOException)
        {
            // A cell has closed the stream.
        }
    }

    /// <summary>The cell's code is over: what it keeps leaves room to say why it failed, which takes memory, and for the next one.</summary>
    public void MakeRoom()
    {
        if (GC.GetTotalMemory(false) >= _near)
        {
            _reserve = null;
        }
    }
}
