using System.Globalization;
using AttentionLab.Course.Data;

namespace AttentionLab.Studio.Web;

/// <summary>
/// One course at a time works in a folder: it holds <c>work/live/.lock</c> open, and <c>work/live/.course</c> says where it is and which process it is.
/// A course keeps the reader's version in memory and replaces the files as a whole: of two, each would undo what the other wrote.
/// </summary>
internal sealed class WorkLock : IDisposable
{
    private readonly FileStream _held;
    private readonly string _holder;

    private WorkLock(FileStream held, string holder) => (_held, _holder) = (held, holder);

    /// <summary>Holds the folder until it is disposed; the system lets go of what a killed process held.</summary>
    /// <param name="folder">The folder <c>work</c>.</param>
    /// <returns>Null where nothing can be written: then nothing can be undone, and each change says that it is not saved.</returns>
    /// <exception cref="CourseException">Another course works there.</exception>
    public static WorkLock? Take(string folder)
    {
        string live = Path.Combine(folder, "live"), file = Path.Combine(live, ".lock"), holder = Path.Combine(live, ".course");
        try
        {
            Directory.CreateDirectory(live);
            FileStream held = new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.Delete(holder);
            return new WorkLock(held, holder);
        }
        catch (IOException exception) when (File.Exists(file))
        {
            throw new CourseException(Holder(holder) is not var (address, process)
                ? $"another program holds the reader's version of the course ({exception.Message}): end it first, or wait until it says its address."
                : $"the course runs already, at {address}, and keeps what you write in {folder}: open that address, or end that course (process {process}) "
                + "first; of two, each would undo what the other keeps.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes down where the course is.</summary>
    public void Say(Uri address) => File.WriteAllText(_holder, $"{address}\n{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}\n");

    public void Dispose()
    {
        File.Delete(_holder);
        _held.Dispose();
    }

    private static (string Address, string Process)? Holder(string file)
    {
        try
        {
            return File.ReadAllLines(file) is [{ } address, { } process] ? (address, process) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is just starting.
            return null;
        }
    }
}
