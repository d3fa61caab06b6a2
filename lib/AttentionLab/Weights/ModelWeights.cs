using System.Text.Json;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Weights;

/// <summary>
/// The tensors of a model's folder: <c>model.safetensors</c>, or, for a model split into several files (shards), those that
/// <c>model.safetensors.index.json</c> names. Every shard's header is read and compared with the index before a value is read.
/// </summary>
internal sealed class ModelWeights : IDisposable
{
    private const string Whole = "model.safetensors", Index = "model.safetensors.index.json";

    private readonly List<SafeTensorsFile> _files = [];
    private readonly Dictionary<string, SafeTensorsFile> _ofTensor = new(StringComparer.Ordinal);

    private ModelWeights(string path) => Path = path;

    /// <summary>The file, or the index: what messages name.</summary>
    public string Path { get; }

    /// <summary>Every tensor.</summary>
    public IEnumerable<StoredTensor> Tensors => _files.SelectMany(file => file.Tensors);

    /// <summary>Opens them.</summary>
    /// <exception cref="FileNotFoundException">There are none; the message names what was looked for.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the index and the shards contradict each other.</exception>
    public static ModelWeights Open(string folder)
    {
        string whole = System.IO.Path.Combine(folder, Whole), index = System.IO.Path.Combine(folder, Index);
        bool split = !File.Exists(whole) && !Directory.Exists(whole) && File.Exists(index);
        ModelWeights weights = new(split ? index : whole);
        try
        {
            if (split)
            {
                weights.OpenShards(folder);
            }
            else
            {
                weights.OpenWhole(folder);
            }

            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Is there a tensor of this name?</summary>
    public bool Contains(string name) => _ofTensor.ContainsKey(name);

    /// <summary>Type and shape of one.</summary>
    public StoredTensor Describe(string name) => FileOf(name).Describe(name);

    /// <summary>One tensor as it lies in the file.</summary>
    /// <exception cref="InvalidDataException">There is none, the type is not supported, or a value is no finite number.</exception>
    public Tensor Read(string name)
    {
        SafeTensorsFile file = FileOf(name);
        Tensor stored = file.Read(name);
        return Finite.All(stored.Span) ? stored
            : throw new InvalidDataException(
                $"tensor \"{ForeignText.Shorten(name)}\" of {file.Path} holds NaN or infinity: the file is damaged, or the training diverged; take "
                + "another one.");
    }

    /// <summary>Fills a target of the tensor's shape, or of the transposed one.</summary>
    /// <exception cref="InvalidDataException">As <see cref="Read"/>, or the shape differs.</exception>
    public void ReadInto(string name, Tensor target, bool transposed = false)
    {
        Tensor stored = Read(name);
        int[] wanted = transposed ? [.. target.Shape.ToArray().Reverse()] : target.Shape.ToArray();
        if (!stored.Shape.SequenceEqual(wanted))
        {
            throw new InvalidDataException(
                $"{FileOf(name).Path}: tensor \"{ForeignText.Shorten(name)}\" is {Tensor.Describe(stored.Shape)} but must be {Tensor.Describe(wanted)}: "
                + "take the file that belongs to the model.");
        }

        (transposed ? stored.Transpose() : stored).Span.CopyTo(target.Span);
    }

    /// <summary>Unmaps the files.</summary>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private SafeTensorsFile FileOf(string name) => _ofTensor.TryGetValue(name, out SafeTensorsFile? file) ? file
        : throw new InvalidDataException($"{Path} has no tensor \"{ForeignText.Shorten(name)}\": take the file that belongs to the model.");

    private void OpenWhole(string folder)
    {
        if (!File.Exists(Path) && !Directory.Exists(Path))
        {
            string why = File.Exists(System.IO.Path.Combine(folder, "pytorch_model.bin"))
                ? "pytorch_model.bin is not read: save the model as safetensors" : "put the model's file there";
            throw new FileNotFoundException($"{Path} does not exist: {why}.", Path);
        }

        Add(SafeTensorsFile.Open(Path));
    }

    private void OpenShards(string folder)
    {
        JsonFile index = JsonFile.ReadIfThere(Path)!;
        JsonFile map = index.Part("weight_map") ?? throw index.Fault("weight_map", "is missing", "an object of tensors and their files");
        Dictionary<string, string> places = new(StringComparer.Ordinal);
        foreach (JsonProperty entry in map.Root.EnumerateObject())
        {
            string? name = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
            places[entry.Name] = name is not null && name == System.IO.Path.GetFileName(name) && name.EndsWith(".safetensors", StringComparison.Ordinal) ? name
                : throw map.Fault(ForeignText.Shorten(entry.Name), $"is {JsonFile.Show(entry.Value)}", "the name of a .safetensors file beside it");
        }

        foreach (string name in places.Values.Distinct().Order(StringComparer.Ordinal))
        {
            string path = System.IO.Path.Combine(folder, name);
            ForeignFile.RequireFile(path, $"{Index} names it; take all files of the model");
            Add(SafeTensorsFile.Open(path));
        }

        foreach ((string tensor, string name) in places)
        {
            if (!_ofTensor.TryGetValue(tensor, out SafeTensorsFile? file) || System.IO.Path.GetFileName(file.Path) != name)
            {
                throw new InvalidDataException(
                    $"{Path}: weight_map says that \"{ForeignText.Shorten(tensor)}\" is in {name}, but it is "
                    + $"{(file is null ? "in none of the files" : $"in {System.IO.Path.GetFileName(file.Path)}")}: take all files of one state of the model.");
            }
        }
    }

    private void Add(SafeTensorsFile file)
    {
        _files.Add(file);
        foreach (StoredTensor tensor in file.Tensors)
        {
            if (!_ofTensor.TryAdd(tensor.Name, file))
            {
                throw new InvalidDataException(
                    $"{Path}: tensor \"{ForeignText.Shorten(tensor.Name)}\" is in {System.IO.Path.GetFileName(_ofTensor[tensor.Name].Path)} and in "
                    + $"{System.IO.Path.GetFileName(file.Path)}: take all files of one state of the model.");
            }
        }
    }
}
