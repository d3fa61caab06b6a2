using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Book;

/// <summary>Hears how the running of notebooks goes; called from several threads.</summary>
public interface IRunProgress
{
    /// <summary>A notebook's outputs were known already.</summary>
    void Known(ExecutedNotebook notebook);

    /// <summary>A notebook will run.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cells">How many cells of code it has.</param>
    void Waiting(string name, int cells);

    /// <summary>A cell ended, or was passed over.</summary>
    void CellEnded(string name, ExecutedCell cell);

    /// <summary>A notebook ended.</summary>
    void Ended(ExecutedNotebook notebook);
}
