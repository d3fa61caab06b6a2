using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using AttentionLab.Tensors;

namespace AttentionLab.Weights;

/// <summary>
/// A safetensors file, memory-mapped: names and shapes are known at once, values are read when asked for, as float32.
/// Layout: 8 bytes header length (little-endian), JSON header, then the tensors' bytes.
/// Source: https://github.com/huggingface/safetensors#format.
/// </summary>
/// <remarks>The whole header is checked by <see cref="Open"/>; do not let another program shorten the file while it is open.</remarks>
public sealed unsafe class SafeTensorsFile : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, StoredTensor> _tensors;
    private readonly byte* _data;
    private bool _closed;

    private SafeTensorsFile(string path, long fileLength, MemoryMappedFile map)
    {
        Path = path;
        _map = map;
        _view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        try
        {
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            start += _view.PointerOffset;
            ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(new(start, 8));
            if (headerLength > (ulong)(fileLength - 8))
            {
                throw new InvalidDataException(
                    $"{path}: the header claims {headerLength} bytes but the file has {fileLength - 8} after its first 8: it is truncated or no safetensors "
                    + "file; download or save it again.");
            }

            if (headerLength > SafeTensorsHeader.MaximalLength)
            {
                throw new InvalidDataException(
                    $"{path}: the header claims {headerLength} bytes but the format allows {SafeTensorsHeader.MaximalLength}: this is no safetensors file; "
                    + "download or save it again.");
            }

            SafeTensorsHeader header = SafeTensorsHeader.Parse(new(start + 8, (int)headerLength), fileLength - 8 - (long)headerLength, path);
            _data = start + 8 + headerLength;
            Tensors = header.Tensors;
            Metadata = header.Metadata;
            _tensors = header.ByName;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file's path, as it was given.</summary>
    public string Path { get; }

    /// <summary>Every stored tensor with type and shape, in the order of the file.</summary>
    public IReadOnlyList<StoredTensor> Tensors { get; }

    /// <summary>The texts that the file carries, for example "format" = "pt".</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header; no tensor is read yet.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not a sound safetensors file; the message names file, tensor and fix.</exception>
    public static SafeTensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ForeignFile.RequireFile(path, "check the path, or download or save the file first");
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException($"{path} holds little-endian numbers but this machine is big-endian: read it on another machine.");
        }

        try
        {
            return OpenHere(path);
        }
        catch (InvalidDataException e) when (ForeignFile.Describe(path) is string foreign)
        {
            throw new InvalidDataException($"{path} {foreign}.", e);
        }
    }

    private static SafeTensorsFile OpenHere(string path)
    {
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        long length = stream.Length;
        if (length < 8)
        {
            stream.Dispose();
            throw new InvalidDataException(
                $"{path}: the file holds {length} bytes but a safetensors file has at least 8: it is truncated; download or save it again.");
        }

        return new(path, length, MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false));
    }

    /// <summary>Is there a tensor of this name?</summary>
    /// <param name="name">The tensor's name.</param>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>Type and shape of one tensor, or null.</summary>
    internal StoredTensor? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>Type and shape of one tensor.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="InvalidDataException">The file has no tensor of this name.</exception>
    public StoredTensor Describe(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_tensors.TryGetValue(name, out StoredTensor? tensor))
        {
            return tensor;
        }

        string first = string.Join(", ", Tensors.Take(5).Select(t => $"\"{ForeignText.Shorten(t.Name)}\""));
        throw new InvalidDataException(
            $"{Path} has no tensor \"{ForeignText.Shorten(name)}\": it has {Tensors.Count} ({first}{(Tensors.Count > 5 ? ", …" : "")}); ask for one of "
            + "these, or take the file that belongs to the model.");
    }

    /// <summary>Reads one tensor as float32, with the shape of the file (a single number gets shape (1)).</summary>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="InvalidDataException">No such tensor, a type other than F32, F16 and BF16, or a rank above 4.</exception>
    public Tensor Read(string name)
    {
        StoredTensor stored = Describe(name);
        StoredValues.Require(stored, Path);
        if (!FitsTensor(stored.Shape))
        {
            throw new InvalidDataException(
                $"{Path}: tensor \"{ForeignText.Shorten(name)}\" has shape {StoredTensor.Describe(stored.Shape)} but a Tensor has rank 1 to 4 and at "
                + $"most {Array.MaxLength} values: reshape or split it before saving.");
        }

        Tensor result = stored.Shape.Count == 0 ? new Tensor(1) : Tensor.Uncleared([.. stored.Shape.Select(size => (int)size)]);
        Convert(stored, result.Span);
        return result;
    }

    /// <summary>Reads one tensor into existing memory of the same shape.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="target">Where the values go.</param>
    /// <exception cref="InvalidDataException">No such tensor, another shape (both are named), or a type other than F32, F16 and BF16.</exception>
    public void ReadInto(string name, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(target);
        StoredTensor stored = Describe(name);
        StoredValues.Require(stored, Path);
        if (ModelFit.Misfit(stored, target) is { } misfit)
        {
            throw new InvalidDataException($"{Path}: {misfit}: build the model with the sizes of the file, or take the file that belongs to the model.");
        }

        Convert(stored, target.Span);
    }

    /// <summary>
    /// Fills a whole model: every target from the tensor of its name, and every tensor of the file used.
    /// All names, shapes and types are compared first: when anything does not fit, nothing is changed.
    /// </summary>
    /// <param name="targets">Names and the tensors to fill.</param>
    /// <param name="ignoredPrefix">Tensors of the file whose name begins so need no target; null for none.</param>
    /// <exception cref="InvalidDataException">Names are missing or superfluous or shapes differ; the message names them with both shapes.</exception>
    public void ReadInto(IEnumerable<(string Name, Tensor Target)> targets, string? ignoredPrefix = null)
    {
        (string Name, Tensor Target)[] all = [.. targets];
        ModelFit.Require(this, all, ignoredPrefix);
        foreach ((string name, Tensor target) in all)
        {
            Convert(_tensors[name], target.Span);
        }
    }

    /// <summary>Writes tensors to a file, through a temporary file beside it: the old file stays whole until the new one is.</summary>
    /// <param name="path">The file; it is replaced.</param>
    /// <param name="tensors">Names and values; names must differ.</param>
    /// <param name="type">"F32" (exact) or "F16" (rounded to nearest even).</param>
    /// <param name="metadata">Texts to carry along.</param>
    /// <exception cref="ArgumentException">A name occurs twice or is reserved, the type is another one, or a finite value exceeds F16.</exception>
    public static void Write(
        string path, IEnumerable<(string Name, Tensor Value)> tensors, string type = "F32", IReadOnlyDictionary<string, string>? metadata = null) =>
        SafeTensorsWriter.Write(path, tensors, type, metadata);

    /// <summary>Unmaps the file.</summary>
    public void Dispose()
    {
        if (!_closed)
        {
            _closed = true;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _map.Dispose();
        }
    }

    /// <summary>Rank and every product of leading sizes within what <see cref="Tensor"/> allows (a later size may be 0).</summary>
    private static bool FitsTensor(IReadOnlyList<long> shape)
    {
        long count = 1;
        foreach (long size in shape)
        {
            if (size > Array.MaxLength || (count *= size) > Array.MaxLength)
            {
                return false;
            }
        }

        return shape.Count <= 4;
    }

    /// <summary>The header was checked: begin and end lie inside the map and hold exactly <paramref name="values"/>.Length values.</summary>
    private void Convert(StoredTensor stored, Span<float> values)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        StoredValues.Convert(stored.Type, _data + stored.Begin, values);
    }
}
