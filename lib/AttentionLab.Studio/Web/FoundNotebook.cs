namespace AttentionLab.Studio.Web;

/// <summary>A notebook on disk that another program wrote.</summary>
/// <param name="Code">Its cells of code, in order.</param>
/// <param name="Texts">Pieces of text in which it differs from the chapter.</param>
/// <param name="Hash">By which it is known from now on.</param>
internal sealed record FoundNotebook(IReadOnlyList<string> Code, IReadOnlyList<OwnText> Texts, string Hash);
