using System.Runtime.InteropServices;

namespace AttentionLab.Benchmarks.Rivals;

/// <summary>sgemm of a native library: oneDNN (<c>dnnl_sgemm</c>) or OpenBLAS (<c>cblas_sgemm</c>).</summary>
internal sealed unsafe class NativeBlas
{
    private readonly nint _function, _setThreads;
    private readonly bool _isOneDnn;

    private NativeBlas(nint function, nint setThreads, bool isOneDnn, string name) =>
        (_function, _setThreads, _isOneDnn, Name) = (function, setThreads, isOneDnn, name);

    /// <summary>Name and, where the library tells it, version and the CPU type it chose.</summary>
    public string Name { get; }

    /// <summary>oneDNN as Debian's libdnnl2 installs it; null if it is not there.</summary>
    public static NativeBlas? FindOneDnn()
    {
        if (!NativeLibrary.TryLoad("libdnnl.so.2", out nint library) || !NativeLibrary.TryGetExport(library, "dnnl_sgemm", out nint function))
        {
            return null;
        }

        int* version = ((delegate* unmanaged<int*>)NativeLibrary.GetExport(library, "dnnl_version"))();

        // Its threads are OpenMP's: the number is set in the OpenMP library that it has loaded.
        nint set = NativeLibrary.TryLoad("libgomp.so.1", out nint openMp)
            && NativeLibrary.TryGetExport(openMp, "omp_set_num_threads", out nint found) ? found : 0;
        return new(function, set, true, $"oneDNN {version[0]}.{version[1]}.{version[2]}");
    }

    /// <summary>OpenBLAS as Debian's libopenblas0-pthread installs it; null if it is not there.</summary>
    public static NativeBlas? FindOpenBlas()
    {
        if (!NativeLibrary.TryLoad("libopenblas.so.0", out nint library) || !NativeLibrary.TryGetExport(library, "cblas_sgemm", out nint function))
        {
            return null;
        }

        string Text(string name) =>
            NativeLibrary.TryGetExport(library, name, out nint text) ? Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)text)()) ?? "" : "";
        string version = Text("openblas_get_config").Split(' ').ElementAtOrDefault(1) ?? "";
        nint set = NativeLibrary.TryGetExport(library, "openblas_set_num_threads", out nint found) ? found : 0;
        return new(function, set, false, $"OpenBLAS {version} {Text("openblas_get_corename")}");
    }

    /// <summary>Threads it may use from now on.</summary>
    public void UseThreads(int threads)
    {
        if (_setThreads != 0)
        {
            ((delegate* unmanaged<int, void>)_setThreads)(threads);
        }
    }

    /// <summary>C = A·B (rows × inner, inner × columns), row-major; a transposed factor lies in memory the other way round.</summary>
    public void Multiply(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int rows, int inner, int columns, bool transposeA = false, bool transposeB = false)
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
                const int RowMajor = 101, NoTranspose = 111, Transpose = 112;
                var sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)_function;
                sgemm(
                    RowMajor, transposeA ? Transpose : NoTranspose, transposeB ? Transpose : NoTranspose, rows, columns, inner, 1, pa, lda, pb, ldb, 0, pc,
                    columns);
            }
        }
    }
}
