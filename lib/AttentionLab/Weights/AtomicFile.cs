namespace AttentionLab.Weights;

/// <summary>Replaces a file as a whole: readers and a crash see the old content or the new one, never half of it.</summary>
public static class AtomicFile
{
    /// <summary>Writes to a temporary file beside <paramref name="path"/>, flushes it to the disk and renames it.</summary>
    /// <param name="path">The file to replace; its folder must exist.</param>
    /// <param name="write">Writes the content; when it throws, the old file stays and the temporary one is deleted.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string temporary = Temporary(path);
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>
    /// Replaces several files of a folder, all of them only when each is complete: they are written into a folder inside of it, and then renamed.
    /// Files of other names stay.
    /// </summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="write">Gets the folder to write into; when it throws, the old files stay and the new ones are deleted.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void WriteFolder(string folder, Action<string> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(write);
        string temporary = Temporary(Path.Combine(folder, "files"));
        Directory.CreateDirectory(temporary);
        try
        {
            write(temporary);
            string[] names = [.. Directory.EnumerateFiles(temporary).Select(file => Path.GetFileName(file))];
            foreach (string name in names)
            {
                RequireNoFolder(Path.Combine(folder, name));
            }

            foreach (string name in names)
            {
                File.Move(Path.Combine(temporary, name), Path.Combine(folder, name), overwrite: true);
            }
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>Before long work: makes the folder if it is missing, and a temporary file for a moment, as <see cref="Write"/> will.</summary>
    /// <exception cref="IOException">The path is a folder's, or no file can be made there.</exception>
    /// <exception cref="UnauthorizedAccessException">No file may be made there.</exception>
    internal static void Prepare(string path)
    {
        RequireNoFolder(path);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        new FileStream(Temporary(path), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
    }

    private static void RequireNoFolder(string path)
    {
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path))
        {
            throw new IOException($"{path} is a folder, but a file is to be written: rename it, or write elsewhere.");
        }
    }

    private static string Temporary(string path) => $"{path}.{Guid.NewGuid():N}.tmp";
}
