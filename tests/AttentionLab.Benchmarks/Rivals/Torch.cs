using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace AttentionLab.Benchmarks.Rivals;

/// <summary>
/// PyTorch in a child process (<c>torch_worker.py</c>): a line goes in, a line comes back. Arrays travel by files; the child times itself,
/// so that the pipe is not part of a sample.
/// </summary>
internal sealed class Torch : IDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("duel");
    private int _cases;

    private Torch(Process process, string name) => (_process, Name) = (process, name);

    /// <summary>"PyTorch" and its version.</summary>
    public string Name { get; }

    /// <summary>Starts the first Python that has torch; null if none has.</summary>
    /// <param name="python">Its path; null to try the usual ones.</param>
    public static Torch? Find(string? python)
    {
        foreach (string candidate in python is not null ? [python] : new[] { "python3", "/usr/bin/python3", "python" })
        {
            if (Start(candidate) is { } torch)
            {
                return torch;
            }
        }

        return null;
    }

    /// <summary>Opens a case in the child.</summary>
    /// <param name="kind">One of the worker's kinds, with its numbers.</param>
    /// <param name="threads">Threads it may use.</param>
    /// <param name="arrays">Written to files that the child reads, in this order.</param>
    /// <param name="result">Where its result goes.</param>
    /// <returns>What runs it once, what reads its result, its own clock, and what ends it.</returns>
    public (Action Run, Action Read, Func<int, double> Clock, Action Release) Open(string kind, int threads, IEnumerable<ReadOnlyMemory<float>> arrays, float[] result)
    {
        string name = $"case{++_cases}", input = Path.Combine(_folder.FullName, name + ".in"), output = Path.Combine(_folder.FullName, name + ".out");
        using (FileStream file = File.Create(input))
        {
            foreach (ReadOnlyMemory<float> array in arrays)
            {
                file.Write(MemoryMarshal.AsBytes(array.Span));
            }
        }

        Ask($"open {name} {threads} {input} {kind}");
        double Clock(int times) => double.Parse(Ask($"run {name} {times}"), CultureInfo.InvariantCulture);
        void Read()
        {
            Ask($"result {name} {output}");
            byte[] bytes = File.ReadAllBytes(output);
            if (bytes.Length != result.Length * sizeof(float))
            {
                throw new WrongResultException($"PyTorch gave {bytes.Length / sizeof(float)} numbers for {kind}, ours has {result.Length}.");
            }

            MemoryMarshal.Cast<byte, float>(bytes).CopyTo(result);
        }

        return (() => Clock(1), Read, Clock, () => Ask($"close {name}"));
    }

    /// <summary>Ends the child.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
        {
            _process.Kill();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static Torch? Start(string python)
    {
        ProcessStartInfo start = new(python, ["-u", Path.Combine(AppContext.BaseDirectory, "Rivals", "torch_worker.py")]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (RivalSet.OpenBlasCore(Machine.HasAvx512, Machine.HasAvx2) is { } core)
        {
            // Both choose older kernels by themselves on some machines.
            start.Environment.TryAdd("OPENBLAS_CORETYPE", core);
            start.Environment.TryAdd("ATEN_CPU_CAPABILITY", Machine.HasAvx512 ? "avx512" : "avx2");
        }

        try
        {
            Process process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            if (process.StandardOutput.ReadLine() is { } hello && hello.StartsWith("torch ", StringComparison.Ordinal))
            {
                return new(process, $"PyTorch {hello[6..]} ({python})");
            }

            process.Kill();
            process.Dispose();
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private string Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        string? answer = _process.StandardOutput.ReadLine();
        return answer is not null && answer.StartsWith("ok", StringComparison.Ordinal)
            ? answer[2..].Trim()
            : throw new InvalidOperationException($"PyTorch: '{line}' was answered with '{answer ?? "the end of the process"}'.");
    }
}
