using System.Globalization;
using System.Numerics;
using AttentionLab.Tensors;
using AttentionLab.Weights;

namespace AttentionLab.Training;

/// <summary>
/// A run as one safetensors file: the parameters under their own names, the optimiser's averages and the best values
/// under "training/…", step counts, random position and evaluations in the metadata. A run that continues from it
/// takes the same steps as one that was never stopped, bit for bit on the same machine.
/// </summary>
public static class Checkpoint
{
    private const string Prefix = "training/";
    private const string NoteKey = "note";

    /// <summary>Writes the parameters alone, for use.</summary>
    /// <param name="path">The file; replaced as a whole.</param>
    /// <param name="parameters">A shared one may occur twice.</param>
    /// <exception cref="ArgumentException">Two parameters have one name.</exception>
    public static void Save(string path, IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameter[] all = [.. parameters.Distinct()];
        if (SameName(all) is string same)
        {
            throw new ArgumentException(same, nameof(parameters));
        }

        SafeTensorsFile.Write(path, all.Select(p => (p.Name, p.Current)));
    }

    /// <summary>Reads parameters from a file that holds exactly these, or from a checkpoint of a run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parameters">Filled.</param>
    /// <exception cref="InvalidDataException">Names or shapes differ, or a number is NaN or ∞;
    /// the message names both, or the tensor and the index. Nothing is changed then.</exception>
    public static void Load(string path, IEnumerable<Parameter> parameters)
    {
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        Read(file, [.. parameters.Distinct().Select(p => (p.Name, p.Value))], ignoredPrefix: Prefix);
    }

    /// <summary>Writes a run.</summary>
    /// <param name="path">The file; replaced as a whole, so that a crash while writing leaves the old one.</param>
    /// <param name="loop">The run.</param>
    /// <exception cref="ArgumentException">Two parameters have one name.</exception>
    public static void Save(string path, TrainingLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        if (SameName(loop.Optimizer.Parameters) is string same)
        {
            throw new ArgumentException(same, nameof(loop));
        }

        Dictionary<string, string> metadata = new()
        {
            ["step"] = Text(loop.Done),
            ["optimizer.step"] = Text(loop.Optimizer.StepCount),
            ["optimizer.rate"] = Text(loop.Optimizer.LearningRate),
            ["random.seed"] = Text(loop.Random.Seed),
            ["random.stream"] = Text(loop.Random.Stream),
            ["random.position"] = Text(loop.Random.Position),
            ["evaluation.best"] = Text(loop.BestEvaluation),
            ["evaluation.stale"] = Text(loop.Stale),
        };
        if (loop.LastEvaluation is double last)
        {
            metadata["evaluation.last"] = Text(last);
        }

        if (loop.Note is not null)
        {
            metadata[NoteKey] = loop.Note();
        }

        SafeTensorsFile.Write(
            path, [.. loop.Optimizer.Parameters.Select(p => (p.Name, p.Current)), .. State(loop.Optimizer), .. BestOf(loop)], metadata: metadata);
    }

    /// <summary>The text that <see cref="TrainingLoop.Note"/> gave when the file was written.</summary>
    /// <param name="path">From <see cref="Save(string, TrainingLoop)"/>.</param>
    /// <returns>The text; null if there was none.</returns>
    /// <exception cref="InvalidDataException">The file is no sound safetensors file.</exception>
    public static string? Note(string path)
    {
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        return file.Metadata.GetValueOrDefault(NoteKey);
    }

    /// <summary>
    /// Puts a run back where the file was written; then <see cref="TrainingLoop.Run"/> continues it. Where the run that wrote it had no patience but this one
    /// has, nobody kept the values of its best evaluation: the best is looked for anew from here.
    /// </summary>
    /// <param name="path">From <see cref="Save(string, TrainingLoop)"/>.</param>
    /// <param name="loop">Built as the one that was saved: same model, optimiser and seed.</param>
    /// <exception cref="InvalidDataException">The file is no checkpoint of a run, is of another
    /// model, was drawn from another seed, or holds NaN, ∞ or a count or rate that cannot be. Nothing is changed then.</exception>
    public static void Resume(string path, TrainingLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        (ulong seed, ulong stream) = (Number<ulong>(file, "random.seed"), Number<ulong>(file, "random.stream"));
        if (seed != loop.Random.Seed || stream != loop.Random.Stream)
        {
            throw new InvalidDataException(
                $"{path} was drawn from seed {seed}, stream {stream} but this run from {loop.Random.Seed}, {loop.Random.Stream}: build it with new "
                + $"CounterRandom({seed}, {stream}).");
        }

        long done = Count<long>(file, "step"), steps = Count<long>(file, "optimizer.step");
        double rate = Number<double>(file, "optimizer.rate", value => !(value >= 0 && float.IsFinite((float)value)));
        double best = Number<double>(file, "evaluation.best", double.IsNaN);
        int stale = Count<int>(file, "evaluation.stale");
        ulong position = Number<ulong>(file, "random.position");
        double? last = file.Metadata.ContainsKey("evaluation.last") ? Number<double>(file, "evaluation.last", double.IsNaN) : null;
        (string, Tensor)[] kept = file.Tensors.Any(t => t.Name.StartsWith(Prefix + "best.", StringComparison.Ordinal))
            ? [.. loop.Optimizer.Parameters.Select(p => ($"{Prefix}best.{p.Name}", new Tensor(p.Value.Shape)))]
            : [];
        Read(file, [.. loop.Optimizer.Parameters.Select(p => (p.Name, p.Value)), .. State(loop.Optimizer), .. kept]);
        bool isLost = loop.Patience > 0 && kept.Length == 0 && best < double.PositiveInfinity;
        (loop.Done, loop.LastEvaluation) = (done, last);
        (loop.BestEvaluation, loop.Stale) = isLost ? (double.PositiveInfinity, 0) : (best, stale);

        // Without patience the next better evaluation would leave them behind.
        loop.Best = loop.Patience == 0 || kept.Length == 0 ? null : [.. kept.Select(k => k.Item2.Values)];
        (loop.Optimizer.StepCount, loop.Optimizer.LearningRate, loop.Random.Position) = (steps, rate, position);
    }

    /// <summary>Before the first step: whether the run can be written when the time comes. Makes the folder.</summary>
    /// <exception cref="InvalidOperationException">Two parameters have one name.</exception>
    /// <exception cref="IOException">There can be no such file.</exception>
    internal static void Prepare(string path, TrainingLoop loop)
    {
        if (SameName(loop.Optimizer.Parameters) is string same)
        {
            throw new InvalidOperationException(same);
        }

        try
        {
            AtomicFile.Prepare(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the checkpoint {path} cannot be written: {e.Message} Set CheckpointPath to a file in a folder that you may write to.", e);
        }
    }

    private static string? SameName(IReadOnlyList<Parameter> parameters)
    {
        HashSet<string> names = [];
        return parameters.FirstOrDefault(p => !names.Add(p.Name)) is Parameter second
            ? $"two parameters are called \"{second.Name}\" but a checkpoint tells them apart by name: pass name: to the layers that hold them."
            : null;
    }

    /// <summary>Reads beside the targets first: a file that ends training would be noticed steps later, as a loss that is NaN.</summary>
    private static void Read(SafeTensorsFile file, IReadOnlyList<(string Name, Tensor Target)> targets, string? ignoredPrefix = null)
    {
        (string Name, Tensor Value)[] read = [.. targets.Select(t => (t.Name, new Tensor(t.Target.Shape)))];
        file.ReadInto(read, ignoredPrefix);
        foreach ((string name, Tensor value) in read)
        {
            RequireFinite(file, name, value);
        }

        for (int i = 0; i < read.Length; i++)
        {
            read[i].Value.Span.CopyTo(targets[i].Target.Span);
        }
    }

    private static void RequireFinite(SafeTensorsFile file, string name, Tensor value)
    {
        int first = Array.FindIndex(value.Values, v => !float.IsFinite(v));
        if (first < 0)
        {
            return;
        }

        int[] index = new int[value.Rank];
        for (int d = value.Rank - 1, rest = first; d >= 0; rest /= value.Shape[d], d--)
        {
            index[d] = rest % value.Shape[d];
        }

        throw new InvalidDataException(
            $"{file.Path}: tensor \"{name}\" holds {Text(value.Values[first])} at {Tensor.Describe(index)}, {value.Values.Count(v => !float.IsFinite(v))} of "
            + $"{value.Length} numbers are not finite: "
            + "the training that wrote it had diverged; take an earlier checkpoint, or train again with a smaller learning rate.");
    }

    private static IEnumerable<(string Name, Tensor Value)> State(IOptimizer optimizer) => optimizer.State.Select(s => ($"{Prefix}{s.Name}", s.Value));

    private static IEnumerable<(string Name, Tensor Value)> BestOf(TrainingLoop loop) => loop.Best is null
        ? []
        : loop.Optimizer.Parameters.Zip(loop.Best, (p, values) => ($"{Prefix}best.{p.Name}", new Tensor(values, p.Value.Shape)));

    private static string Text(IFormattable value) => value.ToString(value is double or float ? "R" : null, CultureInfo.InvariantCulture);

    /// <summary>A count that is not negative and can go on.</summary>
    private static T Count<T>(SafeTensorsFile file, string key)
        where T : IBinaryInteger<T>, IMinMaxValue<T> => Number<T>(file, key, value => T.IsNegative(value) || value == T.MaxValue);

    private static T Number<T>(SafeTensorsFile file, string key, Func<T, bool>? isImpossible = null)
        where T : INumber<T> =>
        file.Metadata.TryGetValue(key, out string? text) && T.TryParse(text, CultureInfo.InvariantCulture, out T? value) && isImpossible?.Invoke(value) != true
            ? value
            : throw new InvalidDataException(
                $"{file.Path} says {(text is null ? "nothing" : $"\"{text}\"")} about {key}, so it is no checkpoint of a run: take one that TrainingLoop "
                + "wrote, or use Checkpoint.Load for weights alone.");
}
