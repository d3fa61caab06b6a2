using System.Runtime.InteropServices;

namespace AttentionLab.Benchmarks.Rivals;

/// <summary>
/// ONNX Runtime through its plain C interface, in this process: no wrapper package, no marshalling inside a sample.
/// The library comes with the NuGet package Microsoft.ML.OnnxRuntime or the npm package onnxruntime-node; the interface is a table of functions whose order
/// never changes.
/// </summary>
internal sealed unsafe class OnnxRuntime
{
    private const int GetErrorMessage = 2, CreateEnv = 3, CreateSessionFromArray = 8, RunSession = 9, CreateSessionOptions = 10,
        SetSessionGraphOptimizationLevel = 23, SetIntraOpNumThreads = 24, SetInterOpNumThreads = 25,
        CreateTensorWithDataAsOrtValue = 49, CreateCpuMemoryInfo = 69, ReleaseStatus = 93, ReleaseSession = 95, ReleaseValue = 96, ReleaseSessionOptions = 100;

    private const int ErrorsOnly = 3, AllOptimizations = 99, InterfaceVersion = 17;

    private readonly nint* _api;
    private readonly nint _environment, _memory;

    private OnnxRuntime(nint library)
    {
        nint* apiBase = ((delegate* unmanaged<nint*>)NativeLibrary.GetExport(library, "OrtGetApiBase"))();
        Name = "ORT " + Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)apiBase[1])());
        _api = (nint*)((delegate* unmanaged<uint, nint>)apiBase[0])(InterfaceVersion);
        nint environment, memory;
        Check(((delegate* unmanaged<int, nint, nint*, nint>)_api[CreateEnv])(ErrorsOnly, Marshal.StringToCoTaskMemUTF8("duel"), &environment));
        Check(((delegate* unmanaged<int, int, nint*, nint>)_api[CreateCpuMemoryInfo])(0, 0, &memory));
        (_environment, _memory) = (environment, memory);
    }

    /// <summary>"ORT" and its version.</summary>
    public string Name { get; }

    /// <summary>Looks for the library below a folder; null if it is not there.</summary>
    /// <param name="folder">As made by Rivals/setup.sh.</param>
    public static OnnxRuntime? Find(string? folder)
    {
        if (folder is null || !Directory.Exists(folder))
        {
            return null;
        }

        string processor = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        (string npm, string nuget, string file) = OperatingSystem.IsWindows() ? ("win32", "win", "onnxruntime.dll")
            : OperatingSystem.IsMacOS() ? ("darwin", "osx", "libonnxruntime*.dylib") : ("linux", "linux", "libonnxruntime.so*");
        string[] places = [Path.Combine(npm, processor), Path.Combine($"{nuget}-{processor}", "native")];
        string? path = Directory.EnumerateFiles(folder, file, SearchOption.AllDirectories).Where(
            found => Array.Exists(places, place => Path.GetDirectoryName(found)!.EndsWith(place, StringComparison.Ordinal))).Order().FirstOrDefault();
        return path is not null && NativeLibrary.TryLoad(path, out nint library) ? new(library) : null;
    }

    /// <summary>Loads a model and binds its inputs and its output to pinned arrays.</summary>
    /// <param name="model">The model.</param>
    /// <param name="threads">Threads it may use.</param>
    /// <param name="inputs">Name, pinned values, shape.</param>
    /// <param name="output">Name, pinned values, shape.</param>
    /// <returns>What runs the model once, and what frees it.</returns>
    /// <exception cref="InvalidOperationException">The runtime refuses the model.</exception>
    public (Action Run, Action Release) Load(
        OnnxModel model, int threads, (string Name, float[] Values, long[] Shape)[] inputs, (string Name, float[] Values, long[] Shape) output)
    {
        OnnxSession session = Open(model.ToBytes(), threads);
        return (session.Bind([.. inputs.Select(input => (input.Name, (Array)input.Values, input.Shape))], output), session.Release);
    }

    /// <summary>Loads a model.</summary>
    /// <param name="bytes">The ONNX file.</param>
    /// <param name="threads">Threads it may use.</param>
    /// <exception cref="InvalidOperationException">The runtime refuses the model.</exception>
    public OnnxSession Open(byte[] bytes, int threads)
    {
        nint options, session;
        Check(((delegate* unmanaged<nint*, nint>)_api[CreateSessionOptions])(&options));
        Check(((delegate* unmanaged<nint, int, nint>)_api[SetIntraOpNumThreads])(options, threads));
        Check(((delegate* unmanaged<nint, int, nint>)_api[SetInterOpNumThreads])(options, 1));
        Check(((delegate* unmanaged<nint, int, nint>)_api[SetSessionGraphOptimizationLevel])(options, AllOptimizations));
        fixed (byte* start = bytes)
        {
            var create = (delegate* unmanaged<nint, byte*, nuint, nint, nint*, nint>)_api[CreateSessionFromArray];
            Check(create(_environment, start, (nuint)bytes.Length, options, &session));
        }

        return new(this, session, options);
    }

    private nint Tensor(Array values, long[] shape)
    {
        (int type, int size) = values switch
        {
            float[] => (OnnxModel.Float, sizeof(float)),
            int[] => (OnnxModel.Int32, sizeof(int)),
            _ => (OnnxModel.Int64, sizeof(long)),
        };
        nint value;
        fixed (long* sizes = shape)
        {
            // The arrays are allocated pinned (see Inputs), so the address stays valid.
            nint data = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(values));
            var create = (delegate* unmanaged<nint, nint, nuint, long*, nuint, int, nint*, nint>)_api[CreateTensorWithDataAsOrtValue];
            Check(create(_memory, data, (nuint)(values.Length * size), sizes, (nuint)shape.Length, type, &value));
        }

        return value;
    }

    private void Check(nint status)
    {
        if (status != 0)
        {
            string message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)_api[GetErrorMessage])(status)) ?? "unknown error";
            Free(ReleaseStatus, status);
            throw new InvalidOperationException($"ONNX Runtime: {message}");
        }
    }

    private void Free(int function, nint handle) => ((delegate* unmanaged<nint, void>)_api[function])(handle);

    /// <summary>A loaded model.</summary>
    /// <param name="owner">The runtime.</param>
    /// <param name="session">Its handle.</param>
    /// <param name="options">Handle of its options.</param>
    internal sealed class OnnxSession(OnnxRuntime owner, nint session, nint options)
    {
        private readonly List<Binding> _bindings = [];

        /// <summary>Binds inputs and output to pinned arrays.</summary>
        /// <param name="inputs">Name, pinned values (float, int or long), shape.</param>
        /// <param name="output">Name, pinned values, shape.</param>
        /// <returns>What runs the model once.</returns>
        public Action Bind((string Name, Array Values, long[] Shape)[] inputs, (string Name, float[] Values, long[] Shape) output)
        {
            _bindings.Add(new(owner, session, inputs, output));
            return _bindings[^1].Run;
        }

        /// <summary>Frees the model and all that was bound.</summary>
        public void Release()
        {
            _bindings.ForEach(binding => binding.Release());
            owner.Free(ReleaseSession, session);
            owner.Free(ReleaseSessionOptions, options);
        }
    }

    /// <summary>Inputs and output of a model. It keeps the arrays alive, of which the runtime holds only addresses.</summary>
    private sealed class Binding(
        OnnxRuntime owner, nint session, (string Name, Array Values, long[] Shape)[] inputs, (string Name, float[] Values, long[] Shape) output)
    {
        private readonly Array[] _arrays = [.. inputs.Select(input => input.Values), output.Values];
        private readonly nint[] _inputNames = [.. inputs.Select(input => Marshal.StringToCoTaskMemUTF8(input.Name))];
        private readonly nint[] _inputs = [.. inputs.Select(input => owner.Tensor(input.Values, input.Shape))];
        private readonly nint[] _outputNames = [Marshal.StringToCoTaskMemUTF8(output.Name)];
        private readonly nint[] _outputs = [owner.Tensor(output.Values, output.Shape)];

        public void Run()
        {
            fixed (nint* names = _inputNames, values = _inputs, outNames = _outputNames, outValues = _outputs)
            {
                var run = (delegate* unmanaged<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)owner._api[RunSession];
                owner.Check(run(session, 0, names, values, (nuint)_inputs.Length, outNames, 1, outValues));
            }

            GC.KeepAlive(_arrays);
        }

        public void Release()
        {
            Array.ForEach([.. _inputs, .. _outputs], value => owner.Free(ReleaseValue, value));
            Array.ForEach([.. _inputNames, .. _outputNames], Marshal.FreeCoTaskMem);
        }
    }
}
