using System.Text;

namespace AttentionLab.Weights;

/// <summary>
/// Recognises by its first bytes what often lies where another file should be: a pointer of git-lfs, a page that a server sent, a model in another form.
/// Only for files that were refused, or that any text would pass for: what is read well is never doubted.
/// </summary>
internal static class ForeignFile
{
    private const int Enough = 256;

    private static readonly (byte[] Start, string Name)[] Known =
    [
        ([.. "version https://git-lfs.github.com/spec/"u8], "is a pointer of git-lfs, not the file itself: run git lfs pull, or download the file"),
        ([.. "<!doctype html"u8], "is an HTML page, as a server sends it in place of a file: download the file itself"),
        ([.. "<html"u8], "is an HTML page, as a server sends it in place of a file: download the file itself"),
        ([.. "<?xml"u8], "is an XML text, as a server sends it in place of a file: download the file itself"),
        ([.. "PK\u0003\u0004"u8], "is a ZIP archive, as PyTorch writes its .bin and .pt files: save the model as safetensors"),
        ([0x80, 0x02], "is a Python pickle, as PyTorch wrote its .bin and .pt files: save the model as safetensors"),
        ([0x89, .. "HDF"u8], "is an HDF5 file, as TensorFlow writes its .h5 files: take the model as safetensors"),
        ([0x1f, 0x8b], "is a gzip file: unpack it first"),
    ];

    /// <summary>What the file is and what to do, to stand behind its path: "is … : …"; null if it is nothing that is known here.</summary>
    /// <param name="path">An existing file.</param>
    public static string? Describe(string path)
    {
        Span<byte> start = stackalloc byte[Enough];
        using (FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
        {
            start = start[..stream.ReadAtLeast(start, Enough, throwOnEndOfStream: false)];
        }

        return Describe(start);
    }

    /// <summary>The same from the first bytes.</summary>
    /// <param name="start">A few hundred are enough.</param>
    public static string? Describe(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> text = (start.StartsWith(Encoding.UTF8.Preamble) ? start[3..] : start).TrimStart(" \t\r\n"u8);
        foreach ((byte[] known, string name) in Known)
        {
            if (start.StartsWith(known) || (text.Length >= known.Length && Ascii.EqualsIgnoreCase(text[..known.Length], known)))
            {
                return name;
            }
        }

        // Letters, which may begin a list of words, and then the version: a small number in either order of bytes, which no text has there.
        if (start is [(byte)'G', (byte)'G', (byte)'U', (byte)'F', < 9, ..])
        {
            return "is a GGUF file: take the model as safetensors";
        }

        // A protobuf ModelProto: field 1, the version, a small number; then the producer's name or another field of bytes.
        return start is [0x08, > 0 and < 32, 0x12 or 0x1a or 0x22 or 0x32 or 0x3a or 0x42, ..] ? "is an ONNX file: take the model as safetensors" : null;
    }

    /// <summary>Refuses what is no file, in the words of the one who asks.</summary>
    /// <param name="path">The path.</param>
    /// <param name="fix">What to do if nothing is there.</param>
    /// <exception cref="InvalidDataException">It is a folder.</exception>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    public static void RequireFile(string path, string fix)
    {
        if (Directory.Exists(path))
        {
            throw new InvalidDataException($"{path} is a folder but a file is read: name the file in it.");
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path} does not exist: {fix}.", path);
        }
    }

    /// <summary>Refuses what is no folder.</summary>
    /// <param name="path">The path.</param>
    /// <param name="holds">What the folder should hold.</param>
    /// <exception cref="InvalidDataException">It is a file.</exception>
    /// <exception cref="DirectoryNotFoundException">Nothing is there.</exception>
    public static void RequireFolder(string path, string holds)
    {
        if (File.Exists(path))
        {
            throw new InvalidDataException($"{path} is a file but a folder is read: pass the folder that holds {holds}.");
        }

        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"{path} does not exist: pass the folder that holds {holds}.");
        }
    }
}
