using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AttentionLab.Benchmarks.Rivals;

/// <summary>The rivals that this machine has.</summary>
/// <param name="OneDnn">Debian's libdnnl2.</param>
/// <param name="OpenBlas">Debian's libopenblas0-pthread.</param>
/// <param name="Ort">ONNX Runtime below the rivals folder.</param>
internal sealed record RivalSet(NativeBlas? OneDnn, NativeBlas? OpenBlas, OnnxRuntime? Ort)
{
    /// <summary>Looks for all of them and says plainly which are missing.</summary>
    /// <param name="folder">Folder made by Rivals/setup.sh, or null.</param>
    /// <param name="threads">Threads each may use.</param>
    public static RivalSet Find(string? folder, int threads)
    {
        SetNativeVariable("OMP_NUM_THREADS", threads.ToString());
        SetNativeVariable("OPENBLAS_NUM_THREADS", threads.ToString());
        if (Vector512.IsHardwareAccelerated && Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE") is null)
        {
            // On virtual machines OpenBLAS may mistake the CPU for an old one: the rival gets its best kernels.
            SetNativeVariable("OPENBLAS_CORETYPE", "SkylakeX");
        }

        RivalSet found = new(NativeBlas.FindOneDnn(), NativeBlas.FindOpenBlas(threads), OnnxRuntime.Find(folder));
        Say("oneDNN", found.OneDnn?.Name, "apt-get install libdnnl2");
        Say("OpenBLAS", found.OpenBlas?.Name, "apt-get install libopenblas0-pthread");
        Say("ONNX Runtime", found.Ort?.Name, "run tests/AttentionLab.Benchmarks/Rivals/setup.sh DIR and pass --rivals DIR");
        return found;
    }

    /// <summary>MathNet's managed product, the floor in .NET.</summary>
    public static void MathNet(float[] a, float[] b, float[] c, int rows, int inner, int columns) =>
        global::MathNet.Numerics.Providers.LinearAlgebra.ManagedLinearAlgebraProvider.Instance.MatrixMultiplyWithUpdate(
            global::MathNet.Numerics.Providers.LinearAlgebra.Transpose.DontTranspose, global::MathNet.Numerics.Providers.LinearAlgebra.Transpose.DontTranspose,
            1f, b, columns, inner, a, inner, rows, 0f, c);

    /// <summary>Native libraries read the environment of the C library, which .NET copies but does not write.</summary>
    private static void SetNativeVariable(string name, string value)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            _ = SetEnvironment(name, value, 1);
        }
    }

    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetEnvironment([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);

    private static void Say(string system, string? found, string fix) =>
        Console.Error.WriteLine(found is null ? $"not found: {system} ({fix})" : $"found: {found}");
}
