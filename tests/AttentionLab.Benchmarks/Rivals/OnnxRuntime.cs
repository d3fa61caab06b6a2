using System.Runtime.InteropServices;

namespace AttentionLab.Benchmarks.Rivals;

/// <summary>
/// ONNX Runtime through its plain C interface, in this process: no wrapper package, no marshalling inside a sample.
/// The library comes with the npm package onnxruntime-node; the interface is a table of functions whose order never changes.
/// </summary>
internal sealed unsafe class OnnxRuntime
{
    private const int GetErrorMessage = 2, CreateEnv = 3, CreateSession = 7, RunSession = 9, CreateSessionOptions = 10,
        SetSessionGraphOptimizationLevel = 23, SetIntraOpNumThreads = 24, SetInterOpNumThreads = 25,
        CreateTensorWithDataAsOrtValue = 49, CreateCpuMemoryInfo = 69;

    private readonly nint* _api;
    private readonly nint _environment, _memory;
    private readonly string _models;

    private OnnxRuntime(nint library, string models, string version)
    {
        _models = models;
        Name = $"ORT {version}";
        var getBase = (delegate* unmanaged<nint*>)NativeLibrary.GetExport(library, "OrtGetApiBase");
        _api = (nint*)((delegate* unmanaged<uint, nint>)getBase()[0])(17);
        nint environment, memory;
        Check(((delegate* unmanaged<int, byte*, nint*, nint>)_api[CreateEnv])(3, (byte*)Marshal.StringToCoTaskMemUTF8("duel"), &environment));
        Check(((delegate* unmanaged<int, int, nint*, nint>)_api[CreateCpuMemoryInfo])(0, 0, &memory));
        (_environment, _memory) = (environment, memory);
    }

    /// <summary>"ORT" and its version.</summary>
    public string Name { get; }

    /// <summary>Looks for the library and the models below a folder; null if either is missing.</summary>
    /// <param name="folder">As made by Rivals/setup.sh.</param>
    public static OnnxRuntime? Find(string? folder)
    {
        if (folder is null || !Directory.Exists(Path.Combine(folder, "models")))
        {
            return null;
        }

        string platform = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        string? path = Directory.EnumerateFiles(folder, "libonnxruntime.so.1", SearchOption.AllDirectories).FirstOrDefault(file => file.Contains($"/{platform}/", StringComparison.Ordinal));
        if (path is null || !NativeLibrary.TryLoad(path, out nint library))
        {
            return null;
        }

        nint* apiBase = ((delegate* unmanaged<nint*>)NativeLibrary.GetExport(library, "OrtGetApiBase"))();
        string version = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)apiBase[1])()) ?? "?";
        return new(library, Path.Combine(folder, "models"), version);
    }

    /// <summary>Loads a model and binds its inputs and output to pinned arrays.</summary>
    /// <param name="model">File name without ".onnx".</param>
    /// <param name="threads">Threads it may use.</param>
    /// <param name="inputs">Name, pinned values, shape.</param>
    /// <param name="output">Name, pinned values, shape.</param>
    /// <returns>Runs the model once; null if the model file is not there.</returns>
    public Action? Load(string model, int threads, (string Name, float[] Values, long[] Shape)[] inputs, (string Name, float[] Values, long[] Shape) output)
    {
        string path = Path.Combine(_models, model + ".onnx");
        if (!File.Exists(path))
        {
            return null;
        }

        nint options, loading;
        Check(((delegate* unmanaged<nint*, nint>)_api[CreateSessionOptions])(&options));
        Check(((delegate* unmanaged<nint, int, nint>)_api[SetIntraOpNumThreads])(options, threads));
        Check(((delegate* unmanaged<nint, int, nint>)_api[SetInterOpNumThreads])(options, 1));
        Check(((delegate* unmanaged<nint, int, nint>)_api[SetSessionGraphOptimizationLevel])(options, 99));
        Check(((delegate* unmanaged<nint, byte*, nint, nint*, nint>)_api[CreateSession])(_environment, (byte*)Marshal.StringToCoTaskMemUTF8(path), options, &loading));
        nint session = loading;

        nint[] inputNames = [.. inputs.Select(input => Marshal.StringToCoTaskMemUTF8(input.Name))];
        nint[] inputValues = [.. inputs.Select(input => Tensor(input.Values, input.Shape))];
        nint[] outputNames = [Marshal.StringToCoTaskMemUTF8(output.Name)];
        nint[] outputValues = [Tensor(output.Values, output.Shape)];
        var run = (delegate* unmanaged<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)_api[RunSession];
        return () =>
        {
            fixed (nint* names = inputNames, values = inputValues, outNames = outputNames, outValues = outputValues)
            {
                // The runtime holds only addresses: without this the collector frees the arrays.
                GC.KeepAlive(inputs);
                GC.KeepAlive(output.Values);
                Check(run(session, 0, names, values, (nuint)inputNames.Length, outNames, 1, outValues));
            }
        };
    }

    private nint Tensor(float[] values, long[] shape)
    {
        nint value;
        fixed (long* sizes = shape)
        {
            // The arrays are allocated pinned (see Inputs), so the address stays valid.
            nint data = Marshal.UnsafeAddrOfPinnedArrayElement(values, 0);
            Check(((delegate* unmanaged<nint, nint, nuint, long*, nuint, int, nint*, nint>)_api[CreateTensorWithDataAsOrtValue])(_memory, data, (nuint)values.Length * sizeof(float), sizes, (nuint)shape.Length, 1, &value));
        }

        return value;
    }

    private void Check(nint status)
    {
        if (status != 0)
        {
            string message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)_api[GetErrorMessage])(status)) ?? "unknown error";
            throw new InvalidOperationException($"ONNX Runtime: {message}");
        }
    }
}
