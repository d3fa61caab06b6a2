using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AttentionLab.Kernels;

/// <summary>
/// Which registers the fast paths use. Each kernel has one fast source, written against <see cref="ILanes{V}"/>, and
/// the just-in-time compiler makes a copy for the widest registers this machine has.
/// </summary>
public static class Simd
{
    /// <summary>Register width in bits: 512, 256 or 128; 32 means one number at a time (no SIMD).</summary>
    public static int Width =>
        Vector512.IsHardwareAccelerated ? 512 :
        Vector256.IsHardwareAccelerated ? 256 :
        Vector128.IsHardwareAccelerated ? 128 : 32;

    /// <summary>float32 numbers that one register holds: 16, 8, 4 or 1.</summary>
    public static int Lanes => Width / 32;

    /// <summary>Runs work with the widest registers of this machine; the tests are constants for the just-in-time compiler.</summary>
    /// <param name="work">Operands; a result is left in it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Run<TWork>(ref TWork work)
        where TWork : struct, IWide, allows ref struct
    {
        if (Vector512.IsHardwareAccelerated)
        {
            work.Run<Lanes16>();
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            work.Run<Lanes8>();
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            work.Run<Lanes4>();
        }
        else
        {
            work.Run<Lanes1>();
        }
    }
}
