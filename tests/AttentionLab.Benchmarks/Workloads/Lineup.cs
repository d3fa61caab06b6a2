using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>Collects the contenders of one contest.</summary>
/// <param name="rivals">Who was found.</param>
/// <param name="threads">Threads of everybody.</param>
/// <param name="size">Numbers in a result.</param>
internal sealed class Lineup(RivalSet rivals, int threads, int size)
{
    private readonly List<Contender> _contenders = [];
    private readonly List<Action> _release = [];
    /// <summary>Family of our own single thread in a contest of several.</summary>
    public const string OneThread = "ours on one thread";

    /// <summary>Everybody so far.</summary>
    public IReadOnlyList<Contender> Contenders => _contenders;

    /// <summary>Ours, and in a contest of several threads ours on one, too.</summary>
    public void Ours(Action<float[]> run)
    {
        Add("ours", run);
        if (threads > 1)
        {
            float[] result = Inputs.Zeros(size);
            void Alone()
            {
                Workers.Count = 1;
                run(result);
                Workers.Count = threads;
            }

            _contenders.Add(new(OneThread, Alone, result) { Threads = 1 });
        }
    }

    /// <summary>A system in this process.</summary>
    public void Add(
        string system, Action<float[]> run, bool isRival = false, bool isSlow = false, string? family = null, bool isSingle = false, double? flops = null)
    {
        float[] result = Inputs.Zeros(size);
        _contenders.Add(
            new(system, () => run(result), result)
            {
                IsRival = isRival,
                IsSlow = isSlow,
                Family = family ?? system,
                Threads = isSingle ? 1 : null,
                Flops = flops,
            });
    }

    /// <summary>A tokenizer, on one thread: its ids are brought into a result after the samples.</summary>
    public void AddIds(string system, Action run, Action<float[]> read)
    {
        float[] result = Inputs.Zeros(size);
        _contenders.Add(new(system, run, result) { IsRival = system != "ours", Threads = 1, BeforeComparison = () => read(result) });
    }

    /// <summary>Ours on other inputs, whose right result is known.</summary>
    public void AddExpecting(string system, Action<float[]> run, float[] expected, double? flops = null)
    {
        float[] result = Inputs.Zeros(size);
        _contenders.Add(new(system, () => run(result), result) { Expected = expected, Flops = flops });
    }

    /// <summary>Our plain loops: one thread, three samples.</summary>
    public void Reference(Action<float[]> run) => Add("our reference", run, isSlow: true, isSingle: true);

    /// <summary>The least there is to do: the same memory read once and written once.</summary>
    public void Floor(float[] from)
    {
        float[] to = Inputs.Zeros(from.Length);
        _contenders.Add(new("copy of the same memory", () => from.AsSpan().CopyTo(to), to) { IsFloor = true, Expected = from, Threads = 1 });
    }

    /// <summary>The least there is to do where a result is small: the same memory read once, in four places at once.</summary>
    public void Reading(params float[][] arrays) => _contenders.Add(
        new("reading the same memory", () => Array.ForEach(arrays, array => ReadLimit.Read(array, apart: true)), [])
        {
            IsFloor = true,
            Expected = [],
            Threads = 1,
        });

    /// <summary>ONNX Runtime, if it is there.</summary>
    /// <param name="label">Which of its operators.</param>
    /// <param name="model">The model.</param>
    /// <param name="inputs">Name, pinned values, shape.</param>
    /// <param name="shape">Shape of the output, whose name is "o".</param>
    /// <param name="family">"ORT", or a finer one.</param>
    /// <param name="arrange">From its layout into ours; null if they are the same.</param>
    /// <param name="expected">What it must compute, if not what ours does.</param>
    /// <param name="isRival">Whether it does the same work.</param>
    /// <param name="flops">Its work, if not the contest's.</param>
    public void Ort(
        string label, Func<OnnxModel> model, (string Name, float[] Values, long[] Shape)[] inputs, long[] shape, string family = "ORT",
        Action<float[], float[]>? arrange = null, float[]? expected = null, bool isRival = true, double? flops = null)
    {
        if (rivals.Ort is not { } ort)
        {
            return;
        }

        float[] output = Inputs.Zeros(size), result = arrange is null ? output : Inputs.Zeros(size);
        (Action run, Action release) = ort.Load(model(), threads, inputs, ("o", output, shape));
        _release.Add(release);
        _contenders.Add(new($"{ort.Name} {label}".TrimEnd(), run, result)
        {
            Family = family,
            IsRival = isRival,
            Expected = expected,
            Flops = flops,
            BeforeComparison = arrange is null ? null : () => arrange(output, result),
        });
    }

    /// <summary>A loaded model of ONNX Runtime that writes its result elsewhere.</summary>
    /// <param name="system">Name in the table.</param>
    /// <param name="run">One repetition.</param>
    /// <param name="arrange">Brings what it wrote into our layout.</param>
    /// <param name="release">Frees it.</param>
    public void Ort(string system, Action run, Action<float[]> arrange, Action release)
    {
        float[] result = Inputs.Zeros(size);
        _release.Add(release);
        _contenders.Add(new(system, run, result) { Family = "ORT", IsRival = true, BeforeComparison = () => arrange(result) });
    }

    /// <summary>PyTorch, if it is there.</summary>
    /// <param name="label">Which of its ways.</param>
    /// <param name="kind">What its worker is told.</param>
    /// <param name="arrays">What its worker is given.</param>
    /// <param name="family">"torch", or a finer one.</param>
    /// <param name="flops">Its work, if not the contest's.</param>
    public void Torch(string label, string kind, IEnumerable<ReadOnlyMemory<float>> arrays, string family = "torch", double? flops = null)
    {
        if (rivals.Torch is { } torch)
        {
            float[] result = Inputs.Zeros(size);
            (Action run, Action read, Func<int, double> clock, Action release) = torch.Open(kind, arrays, result);
            _release.Add(release);
            _contenders.Add(
                new($"{torch.Name} {label}".TrimEnd(), run, result)
                {
                    Family = family,
                    IsRival = true,
                    BeforeComparison = read,
                    OwnClock = clock,
                    Flops = flops,
                });
        }
    }

    /// <summary>The contest.</summary>
    public Contest Finish(string workload, double flops, IReadOnlyList<Bar> bars, Action<float[]> check, params string[] notes) =>
        new(workload, flops, _contenders, bars, check) { Notes = notes, Release = () => _release.ForEach(release => release()) };
}
