using AttentionLab.Course.Data;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Ipynb;

/// <summary>
/// The folder that .ipynb files are written to. What else lies there stays; a file that is not as the course wrote it is a reader's
/// work and is never replaced: then nothing is written at all.
/// </summary>
public sealed class IpynbFolder
{
    private readonly string _name;
    private readonly string _folder;

    private IpynbFolder(string name, string folder) => (this._name, this._folder) = (name, folder);

    /// <summary>Makes the folder if it is not there, and looks whether the files may be written.</summary>
    /// <param name="goal">The folder.</param>
    /// <param name="notebooks">Names of the notebooks to come, for example <c>02-context</c>.</param>
    /// <exception cref="CourseException">A reader's file has one of the names, or the folder cannot be written.</exception>
    public static IpynbFolder Open(string goal, IEnumerable<string> notebooks)
    {
        ArgumentNullException.ThrowIfNull(notebooks);
        var opened = new IpynbFolder(goal, Path.GetFullPath(goal));
        opened.Guard(() =>
        {
            Directory.CreateDirectory(opened._folder);
            string probe = opened.DraftOf("probe");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            opened.CheckReplaceable(notebooks);
        });
        return opened;
    }

    /// <summary>Writes the files: each is whole at every moment, and none is touched before all are ready beside their places.</summary>
    /// <param name="executed">The notebooks with their outputs.</param>
    /// <param name="notebooks">Folder of the .dib files.</param>
    /// <exception cref="CourseException">A file was changed since the folder was opened, or cannot be written.</exception>
    public void Write(IReadOnlyList<ExecutedNotebook> executed, string notebooks)
    {
        ArgumentNullException.ThrowIfNull(executed);
        Guard(() =>
        {
            try
            {
                foreach (ExecutedNotebook notebook in executed)
                {
                    File.WriteAllText(DraftOf(notebook.Name), IpynbNotebook.Write(notebook, notebooks, _folder));
                }

                CheckReplaceable(executed.Select(notebook => notebook.Name));
                foreach (ExecutedNotebook notebook in executed)
                {
                    File.Move(DraftOf(notebook.Name), PathOf(notebook.Name), overwrite: true);
                }
            }
            finally
            {
                foreach (ExecutedNotebook notebook in executed)
                {
                    File.Delete(DraftOf(notebook.Name));
                }
            }
        });
    }

    private void CheckReplaceable(IEnumerable<string> notebooks)
    {
        string[] changed = [.. notebooks.Where(notebook => File.Exists(PathOf(notebook)) && !IpynbSeal.IsIntact(File.ReadAllText(PathOf(notebook))))];
        if (changed.Length > 0)
        {
            string files = string.Join(", ", changed.Select(notebook => notebook + IpynbNotebook.Extension));
            throw new CourseException(
                $"--ipynb {_name}: not as the course wrote it: {files}. Nothing was written: rename what you keep, delete what you do not, or name another "
                + "folder.");
        }
    }

    private void Guard(Action act)
    {
        try
        {
            act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CourseException($"--ipynb {_name}: cannot be written: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private string PathOf(string notebook) => Path.Combine(_folder, notebook + IpynbNotebook.Extension);

    /// <summary>One name a notebook: what a killed build left behind is overwritten by the next.</summary>
    private string DraftOf(string notebook) => Path.Combine(_folder, $".{notebook}{IpynbNotebook.Extension}.new");
}
