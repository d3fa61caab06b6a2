using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Kernel.Interactive;
using Microsoft.CodeAnalysis.CSharp;

namespace AttentionLab.Studio.Book;

/// <summary>
/// A name for everything that a notebook's outputs depend on: its bytes, what it imports, the libraries it refers to, the course's data,
/// the kernel, and the machine's width. Equal keys, equal outputs: nothing has to run again.
/// </summary>
/// <remarks>The path in <c>#r "…"</c> does not count, only what the file holds.</remarks>
public sealed class ExecutionKey
{
    private readonly CourseFolder _course;
    private readonly string _surroundings;
    private readonly Dictionary<string, string> _fileHashes = new(StringComparer.Ordinal);

    /// <summary>Reads what all notebooks of a course share; a key holds until something on disk changes.</summary>
    public ExecutionKey(CourseFolder course)
    {
        ArgumentNullException.ThrowIfNull(course);
        _course = course;
        var text = new StringBuilder("outputs 1\n");
        text.Append(KernelSources).Append('\n');
        text.Append(typeof(object).Module.ModuleVersionId).Append(typeof(CSharpCompilation).Module.ModuleVersionId).Append(CourseKernel.Version).Append('\n');
        text.Append(RuntimeInformation.RuntimeIdentifier).Append(Vector512.IsHardwareAccelerated).Append(Vector256.IsHardwareAccelerated)
            .Append(Vector128.IsHardwareAccelerated).Append(Environment.ProcessorCount).Append('\n');
        AppendData(text, Path.Combine(course.Root, "data"));
        _surroundings = text.ToString();
    }

    /// <summary>The sources of this program's kernel, hashed by the build: a change of the book's look runs nothing again.</summary>
    private static string KernelSources { get; } = typeof(ExecutionKey).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "KernelSources").Value!;

    /// <summary>The key of one notebook, 64 hexadecimal digits.</summary>
    /// <remarks>An import or a library that is missing or cannot be read is a failure of its cell, which says so when it runs.</remarks>
    /// <exception cref="DibException">The notebook is none.</exception>
    public string Of(string notebook)
    {
        var text = new StringBuilder(_surroundings).Append(Path.GetFileName(notebook)).Append('\n');
        AppendNotebook(text, Path.GetFullPath(notebook), []);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private void AppendNotebook(StringBuilder text, string path, HashSet<string> seen)
    {
        if (!seen.Add(path))
        {
            return;
        }

        foreach ((_, DibCell cell) in DibDocument.Read(path).NumberedCells)
        {
            text.Append(cell.Language).Append('\n');
            CellDirective[] directives =
                cell.Kind == DibCellKind.CSharp
                    ? [.. CellDirectives.In(cell.Text).Where(d => d.Kind is CellDirectiveKind.Import or CellDirectiveKind.Reference)]
                    : [];
            text.Append(CellDirectives.Replace(cell.Text, directives, _ => "")).Append('\n');
            AppendReads(text, cell.Text);
            foreach (CellDirective directive in directives)
            {
                AppendFile(text, directive.Kind, directive.FileFrom(Path.GetDirectoryName(path)!), seen);
            }
        }
    }

    private void AppendFile(StringBuilder text, CellDirectiveKind kind, string file, HashSet<string> seen)
    {
        text.Append(kind).Append(' ').Append(Path.GetFileName(file)).Append('\n');
        if (!File.Exists(file))
        {
            text.Append("missing\n");
            return;
        }

        try
        {
            if (kind == CellDirectiveKind.Import)
            {
                AppendNotebook(text, file, seen);
            }
            else
            {
                text.Append(HashOf(file)).Append('\n');
            }
        }
        catch (Exception e) when (e is DibException or IOException or UnauthorizedAccessException)
        {
            text.Append("unreadable\n");
        }
    }

    /// <summary>
    /// What some cells read beside the data: fetched models, which stand in work/, and the chapters' own text. For all others these do not count: a model that
    /// comes later runs nothing again that does not look at it.
    /// </summary>
    private void AppendReads(StringBuilder text, string code)
    {
        if (code.Contains("CourseData.Root", StringComparison.Ordinal))
        {
            AppendModels(text, Path.Combine(_course.Root, "work", "models"));
        }

        if (code.Contains("CourseSection", StringComparison.Ordinal))
        {
            foreach (string chapter in _course.Chapters)
            {
                text.Append(Path.GetFileName(chapter)).Append(' ').Append(HashOf(chapter)).Append('\n');
            }
        }
    }

    /// <summary>Sizes and times, since models are large; what begins with a dot is half of one.</summary>
    private static void AppendModels(StringBuilder text, string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateDirectories().Where(model => !model.Name.StartsWith('.'))
            .SelectMany(model => model.EnumerateFiles("*", SearchOption.AllDirectories)).OrderBy(file => file.FullName, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Path.GetRelativePath(folder, file.FullName)} {file.Length} {file.LastWriteTimeUtc.Ticks}\n");
        }
    }

    private void AppendData(StringBuilder text, string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (!file.EndsWith(".md", StringComparison.OrdinalIgnoreCase))
            {
                text.Append(Path.GetRelativePath(folder, file)).Append(' ').Append(HashOf(file)).Append('\n');
            }
        }
    }

    private string HashOf(string file)
    {
        if (!_fileHashes.TryGetValue(file, out string? hash))
        {
            using FileStream stream = File.OpenRead(file);
            _fileHashes[file] = hash = Convert.ToHexStringLower(SHA256.HashData(stream));
        }

        return hash;
    }
}
