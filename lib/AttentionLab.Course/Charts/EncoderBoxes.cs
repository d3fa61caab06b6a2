namespace AttentionLab.Course.Charts;

/// <summary>The way of a word through an encoder as the course draws it, and the boxes that each chapter opens: one table for all chapters.</summary>
internal static class EncoderBoxes
{
    /// <summary>A step of the way: its name in texts, the two lines inside its box.</summary>
    internal sealed record Box(string Name, string First, string Second);

    private static readonly Box
        Words = new("words", "words", "or patches"),
        Vectors = new("vectors", "vectors", "one row each"),
        Positions = new("positions", "+ positions", "the order"),
        Project = new("Q, K, V", "Q, K, V", "X·W_Q, …"),
        Scores = new("scores", "scores", "q·k"),
        Scale = new("scale", "scale", "1/√d_k"),
        Mask = new("mask", "mask", "who may look"),
        Softmax = new("softmax", "softmax", "→ weights"),
        Mix = new("weighted mean", "weights · V", "weighted mean"),
        Heads = new("heads and W_O", "heads, W_O", "side by side"),
        FirstNorm = new("add & norm after attention", "add & norm", "keeps x"),
        FeedForward = new("feed-forward", "feed-forward", "each row alone"),
        SecondNorm = new("add & norm after feed-forward", "add & norm", "× N blocks"),
        Answer = new("answer", "answer", "→ loss"),
        Backward = new("gradients", "gradients", "the way back");

    /// <summary>Made up, to be checked with a pencil: (technology, fruit).</summary>
    internal static IReadOnlyList<(string Word, double Technology, double Fruit)> Example { get; } =
        [("orange", 0, 3), ("banana", 0.5, 2.5), ("apple", 2, 2), ("phone", 4, 0), ("an", 0.5, 0.5), ("and", 0.5, 0.4)];

    /// <summary>In the order of the way.</summary>
    internal static IReadOnlyList<Box> All { get; } =
        [Words, Vectors, Positions, Project, Scores, Scale, Mask, Softmax, Mix, Heads, FirstNorm, FeedForward, SecondNorm, Answer, Backward];

    /// <summary>What chapter 00, 01, 02… opens.</summary>
    internal static IReadOnlyList<IReadOnlyList<Box>> Chapters { get; } =
    [
        [Words, Softmax],
        [Vectors],
        [Scores, Softmax, Mix],
        [Scale, Softmax],
        [Project, Scores],
        [Scores, Mix, FeedForward],
        [Backward, Softmax, Project],
        [Heads],
        [Mask],
        [Positions],
        [FirstNorm, FeedForward, SecondNorm],
        [Answer],
        [Words, Mix],
        [Scores, Scale, Mask, Softmax, Mix],
    ];

    /// <summary>The first chapter that opens a box.</summary>
    internal static int FirstChapter(Box box) => Chapters.Select((opened, chapter) => (opened, chapter)).First(entry => entry.opened.Contains(box)).chapter;
}
