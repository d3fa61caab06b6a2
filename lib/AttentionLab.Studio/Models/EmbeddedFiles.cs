using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace AttentionLab.Studio.Models;

/// <summary>The files that a .NET library carries, read without loading it: none of its code runs.</summary>
internal sealed class EmbeddedFiles : IDisposable
{
    private readonly PEReader _file;
    private readonly Dictionary<string, int> _offsets;

    /// <summary>Opens a library.</summary>
    /// <param name="path">The .dll.</param>
    /// <exception cref="BadImageFormatException">It is no .NET library, or damaged.</exception>
    public EmbeddedFiles(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        try
        {
            MetadataReader metadata = _file.GetMetadataReader();
            _offsets = metadata.ManifestResources.Select(metadata.GetManifestResource).Where(file => file.Implementation.IsNil)
                .ToDictionary(file => metadata.GetString(file.Name), file => (int)file.Offset);
        }
        catch (InvalidOperationException e)
        {
            _file.Dispose();
            throw new BadImageFormatException("there is no .NET metadata in it", path, e);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Names of the files.</summary>
    public IEnumerable<string> Names => _offsets.Keys;

    /// <summary>The bytes of a file.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="BadImageFormatException">It ends beyond the library.</exception>
    public byte[] Read(string name)
    {
        int start = _file.PEHeaders.CorHeader?.ResourcesDirectory.RelativeVirtualAddress ?? 0;
        BlobReader bytes = _file.GetSectionData(start).GetReader();
        try
        {
            // Each file lies behind its length.
            bytes.Offset = _offsets[name];
            return bytes.ReadBytes(bytes.ReadInt32());
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new BadImageFormatException($"the file {name} in it is cut off", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
