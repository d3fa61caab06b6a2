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
    private readonly string _python;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("duel");
    private Process _process;
    private int _threads = 1, _cases;

    private Torch(string python, Process process, string name) => (_python, _process, Name) = (python, process, name);

    /// <summary>"PyTorch" and its version.</summary>
    public string Name { get; }

    /// <summary>Starts the first Python that has torch; null if none has.</summary>
    /// <param name="python">Its path; null to try the usual ones.</param>
    public static Torch? Find(string? python)
    {
        foreach (string candidate in python is not null ? [python] : new[] { "python3", "/usr/bin/python3", "python" })
        {
            if (Start(candidate, 1) is var (process, version))
            {
                return new(candidate, process, $"PyTorch {version}");
            }
        }

        return null;
    }

    /// <summary>Starts the child anew: its libraries read the number of threads only once, and it stays on the cores of the thread that starts it.</summary>
    /// <param name="threads">Threads it may use.</param>
    public void UseThreads(int threads)
    {
        End();
        (_process, _) = Start(_python, threads) ?? throw new InvalidOperationException($"{Name} did not start again.");
        _threads = threads;
    }

    /// <summary>Opens a case in the child.</summary>
    /// <param name="kind">One of the worker's kinds, with its numbers.</param>
    /// <param name="arrays">Written to files that the child reads, in this order.</param>
    /// <param name="result">Where its result goes.</param>
    /// <returns>What runs it once, what reads its result, its own clock, and what ends it.</returns>
    public (Action Run, Action Read, Func<int, double> Clock, Action Release) Open(string kind, IEnumerable<ReadOnlyMemory<float>> arrays, float[] result)
    {
        string name = $"case{++_cases}", input = Path.Combine(_folder.FullName, name + ".in"), output = Path.Combine(_folder.FullName, name + ".out");
        using (FileStream file = File.Create(input))
        {
            foreach (ReadOnlyMemory<float> array in arrays)
            {
                file.Write(MemoryMarshal.AsBytes(array.Span));
            }
        }

        Ask($"open {name} {_threads} {input} {kind}");
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
        End();
        _folder.Delete(recursive: true);
    }

    private void End()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static (Process Process, string Version)? Start(string python, int threads)
    {
        ProcessStartInfo start = new(python, ["-u", Path.Combine(AppContext.BaseDirectory, "Rivals", "torch_worker.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
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
                return (process, hello[6..]);
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
