using System.Globalization;
using AttentionLab.Formatting;

namespace AttentionLab.Course.Charts;

/// <summary>
/// Where a chapter is on the way of a word through an encoder: the six words of the course's example with their vectors, and the chain of
/// boxes from words to the answer. The boxes that the chapter opens are filled, those of earlier chapters bear their number, later ones are dashed.
/// Drawn as SVG in the colour that the page writes with, so that it suits every theme and needs no script.
/// </summary>
[TypeFormatterSource(typeof(SelfFormatterSource))]
public sealed class DataFlow : IShowsItself
{
    private readonly int _chapter;

    private DataFlow(int chapter) => _chapter = chapter;

    /// <summary>What the chapter opens, in a sentence.</summary>
    public string Title => $"Chapter {Number(_chapter)} opens: {Names(Opened)}";

    /// <summary>The same and what was opened before and comes later: for someone who cannot see it.</summary>
    public string Summary
    {
        get
        {
            EncoderBoxes.Box[] before = [.. EncoderBoxes.All.Where(box => !Opened.Contains(box) && EncoderBoxes.FirstChapter(box) < _chapter)];
            EncoderBoxes.Box[] later = [.. EncoderBoxes.All.Where(box => EncoderBoxes.FirstChapter(box) > _chapter)];
            return $"The way of a word: {string.Join(" → ", EncoderBoxes.All.Select(box => box.Name))}."
                + (before.Length > 0
                    ? $" Opened before: {string.Join(", ", before.Select(box => $"{box.Name} ({Number(EncoderBoxes.FirstChapter(box))})"))}."
                    : "")
                + (later.Length > 0 ? $" Later: {Names(later)}." : "");
        }
    }

    private DataFlowDrawing.Look Look(EncoderBoxes.Box box)
    {
        int first = EncoderBoxes.FirstChapter(box);
        bool now = Opened.Contains(box), later = !now && first > _chapter;
        return new DataFlowDrawing.Look(now, later, now || later ? "" : Number(first));
    }

    private IReadOnlyList<EncoderBoxes.Box> Opened => EncoderBoxes.Chapters[_chapter];

    /// <summary>The figure at the start of a chapter.</summary>
    /// <param name="chapter">0 to 13.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such chapter.</exception>
    public static DataFlow OfChapter(int chapter) => chapter >= 0 && chapter < EncoderBoxes.Chapters.Count
        ? new DataFlow(chapter)
        : throw new ArgumentOutOfRangeException(nameof(chapter), chapter,
            $"chapter {chapter} was asked for but the course has 0 to {EncoderBoxes.Chapters.Count - 1}: give one of these.");

    /// <summary>The whole way as one drawing (SVG), each box with the number of the chapter that opens it first.</summary>
    public static string OfCourse() => DataFlowDrawing.Chain(
        "The way of a word through an encoder",
        string.Join(", ", EncoderBoxes.All.Select(box => $"{box.Name}: chapter {Number(EncoderBoxes.FirstChapter(box))}")) + ".",
        box => new(Mark: Number(EncoderBoxes.FirstChapter(box))));

    /// <summary>Two drawings, side by side where there is room, and a line of text below.</summary>
    public string ToHtml() =>
        $"""
        <div role="group" aria-label="{HtmlText.Encode(Title)}" class="data-flow" style="margin: 0.5em 0">
        <p style="margin: 0 0 0.4em; font-weight: 600">{HtmlText.Encode(Title)}</p>
        {DataFlowDrawing.Words()}
        {DataFlowDrawing.Chain(Title, Summary, Look)}
        <p style="margin: 0.2em 0 0.8em; font-size: 0.9em; max-width: 48em">Filled: this chapter. Thin line: an earlier chapter, with its number. Dashed: later.
        The vectors are made up, so that you can check them with a pencil.</p>
        </div>
        """;

    /// <summary>The title, the words with their vectors, and the summary.</summary>
    public string ToPlainText() => $"{Title}\n{Summary}\n{DataFlowDrawing.WordsAsText}";

    /// <summary>The same.</summary>
    public override string ToString() => ToPlainText();

    internal static string Number(int chapter) => chapter.ToString("00", CultureInfo.InvariantCulture);

    private static string Names(IReadOnlyList<EncoderBoxes.Box> boxes) => string.Join(", ", boxes.Select(box => box.Name));
}
