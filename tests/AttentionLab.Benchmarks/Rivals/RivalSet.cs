using System.Runtime.InteropServices;

namespace AttentionLab.Benchmarks.Rivals;

/// <summary>The rivals that this machine has.</summary>
/// <param name="OneDnn">Debian's libdnnl2; null if not found.</param>
/// <param name="OpenBlas">Debian's libopenblas0-pthread; null if not found.</param>
/// <param name="Ort">ONNX Runtime below the rivals folder; null if not found.</param>
/// <param name="Torch">PyTorch in another process; null if not found.</param>
internal sealed record RivalSet(NativeBlas? OneDnn, NativeBlas? OpenBlas, OnnxRuntime? Ort, Torch? Torch) : IDisposable
{
    /// <summary>Nobody.</summary>
    public static RivalSet None { get; } = new(null, null, null, null);

    /// <summary>For every rival one line: what was found, or how to get it.</summary>
    public IReadOnlyList<string> Lines =>
    [
        Line("ONNX Runtime", Ort?.Name, "run tests/AttentionLab.Benchmarks/Rivals/setup.sh DIR and pass --rivals DIR"),
        Line("oneDNN", OneDnn?.Name, "apt-get install libdnnl2"),
        Line(
            "OpenBLAS", OpenBlas is null ? null : $"{OpenBlas.Name}{(CoreType is null ? "" : $" (OPENBLAS_CORETYPE={CoreType})")}",
            "apt-get install libopenblas0-pthread"),
        WithTorch ? Line("PyTorch", Torch?.Name, "apt-get install python3-torch, or pass --python PATH of a Python that has it") : "PyTorch: not asked for",
        $"TensorPrimitives: found: System.Numerics.Tensors {Version(typeof(System.Numerics.Tensors.TensorPrimitives))}",
        $"MathNet: found: MathNet.Numerics {Version(typeof(global::MathNet.Numerics.Control))}, managed provider",
    ];

    /// <summary>Whether PyTorch was looked for.</summary>
    public bool WithTorch { get; init; }

    /// <summary>CPU type told to OpenBLAS, or null where it may choose.</summary>
    private static string? CoreType { get; set; }

    /// <summary>Looks for the native libraries and for PyTorch.</summary>
    /// <param name="folder">Folder made by Rivals/setup.sh, or null.</param>
    /// <param name="python">Python that has torch; null to look for one.</param>
    /// <param name="withTorch">Whether to look for PyTorch, which takes seconds.</param>
    public static RivalSet Find(string? folder, string? python, bool withTorch)
    {
        // OpenBLAS takes some virtual machines for an old CPU, and any AVX-512 machine it does not know for one with half the registers:
        // the rival gets its best kernels. A type set by hand stays.
        CoreType = Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE") ?? OpenBlasCore(Machine.HasAvx512, Machine.HasAvx2);
        if (CoreType is not null)
        {
            SetNativeVariable("OPENBLAS_CORETYPE", CoreType);
        }

        return new(
            NativeBlas.FindOneDnn(), NativeBlas.FindOpenBlas(), OnnxRuntime.Find(folder), withTorch ? Torch.Find(python) : null)
        { WithTorch = withTorch };
    }

    /// <summary>The best kernels that OpenBLAS has for a CPU.</summary>
    public static string? OpenBlasCore(bool hasAvx512, bool hasAvx2) => hasAvx512 ? "SkylakeX" : hasAvx2 ? "Haswell" : null;

    /// <summary>Threads that every rival may use from now on; ONNX Runtime is told with each model.</summary>
    public void UseThreads(int threads)
    {
        OneDnn?.UseThreads(threads);
        OpenBlas?.UseThreads(threads);
        global::MathNet.Numerics.Control.MaxDegreeOfParallelism = threads;
        Torch?.UseThreads(threads);
    }

    /// <inheritdoc/>
    public void Dispose() => Torch?.Dispose();

    private static string Line(string system, string? found, string fix) => found is null ? $"{system}: not found ({fix})" : $"{system}: found: {found}";

    private static string Version(Type type) => type.Assembly.GetName().Version?.ToString(3) ?? "";

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
    private static extern int SetEnvironment(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}
