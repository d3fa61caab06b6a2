using System.Runtime.InteropServices;

namespace AttentionLab.Benchmarks.Rivals;

/// <summary>sgemm of a native library: oneDNN (<c>dnnl_sgemm</c>) or OpenBLAS (<c>cblas_sgemm</c>).</summary>
internal sealed unsafe class NativeBlas
{
    private readonly nint _function;
    private readonly bool _isOneDnn;

    private NativeBlas(nint function, bool isOneDnn, string name) => (_function, _isOneDnn, Name) = (function, isOneDnn, name);

    /// <summary>Name and, where the library tells it, the CPU type it chose.</summary>
    public string Name { get; }

    /// <summary>oneDNN as Debian's libdnnl2 installs it; null if it is not there.</summary>
    public static NativeBlas? FindOneDnn() => Find("libdnnl.so.2", "dnnl_sgemm") is { } found ? new(found.Function, true, "oneDNN") : null;

    /// <summary>OpenBLAS as Debian's libopenblas0-pthread installs it; null if it is not there.</summary>
    /// <param name="threads">Threads it may use.</param>
    public static NativeBlas? FindOpenBlas(int threads)
    {
        if (Find("libopenblas.so.0", "cblas_sgemm") is not { } found)
        {
            return null;
        }

        string core = "";
        if (NativeLibrary.TryGetExport(found.Library, "openblas_get_corename", out nint name))
        {
            core = " " + Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)name)());
        }

        if (NativeLibrary.TryGetExport(found.Library, "openblas_set_num_threads", out nint set))
        {
            ((delegate* unmanaged<int, void>)set)(threads);
        }

        return new(found.Function, false, "OpenBLAS" + core);
    }

    /// <summary>C = A·B, row-major.</summary>
    public void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int rows, int inner, int columns, bool transposeA = false, bool transposeB = false)
    {
        fixed (float* pa = a, pb = b, pc = c)
        {
            int lda = transposeA ? rows : inner, ldb = transposeB ? inner : columns;
            if (_isOneDnn)
            {
                var sgemm = (delegate* unmanaged<byte, byte, long, long, long, float, float*, long, float*, long, float, float*, long, int>)_function;
                sgemm((byte)(transposeA ? 'T' : 'N'), (byte)(transposeB ? 'T' : 'N'), rows, columns, inner, 1, pa, lda, pb, ldb, 0, pc, columns);
            }
            else
            {
                var sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)_function;
                sgemm(101, transposeA ? 112 : 111, transposeB ? 112 : 111, rows, columns, inner, 1, pa, lda, pb, ldb, 0, pc, columns);
            }
        }
    }

    private static (nint Library, nint Function)? Find(string library, string function) =>
        NativeLibrary.TryLoad(library, out nint handle) && NativeLibrary.TryGetExport(handle, function, out nint found) ? (handle, found) : null;
}
