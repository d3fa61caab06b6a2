namespace AttentionLab.Course.Experiments;

/// <summary>The task and the head of a <see cref="PointingHead"/>; the defaults are those of chapter 04.</summary>
public sealed record PointingSettings
{
    /// <summary>Whom each token has to look at.</summary>
    public PointingTask Task { get; init; } = PointingTask.Successor;

    /// <summary>n, tokens on the circle; even for <see cref="PointingTask.Partner"/>.</summary>
    public int Tokens { get; init; } = 6;

    /// <summary>d_k, length of a query and of a key.</summary>
    public int Size { get; init; } = 6;

    /// <summary>One matrix for both: W_K = W_Q.</summary>
    public bool Tied { get; init; }

    /// <summary>A token may not look at itself: the diagonal of the scores is masked.</summary>
    public bool HideSelf { get; init; }

    /// <summary>A token may look at itself and at earlier tokens only.</summary>
    public bool Causal { get; init; }

    /// <summary>The tokens stand on a line and not on a circle: token 0 has no predecessor. For <see cref="PointingTask.Predecessor"/> only.</summary>
    public bool Line { get; init; }

    /// <summary>Steps of Adam, each with all n tokens.</summary>
    public int Steps { get; init; } = 1500;

    /// <summary>Learning rate; it falls to 0 on a straight line over the second half of the steps.</summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>The token that each token has to look at; −1 for nobody.</summary>
    /// <exception cref="ArgumentException">The task cannot be done by such a head at all.</exception>
    public int[] Targets()
    {
        (int n, bool no) = (Tokens, Task == PointingTask.Self && HideSelf);
        if (no || n < 2 || (Task == PointingTask.Partner && n % 2 == 1) || (Causal && Task is PointingTask.Successor or PointingTask.Partner))
        {
            throw new ArgumentException(no ? "the task is Self but HideSelf is true: a token cannot look at itself there; drop one of the two."
                : Causal ? $"the task is {Task} but Causal is true: later tokens are hidden; take Predecessor or Self."
                : $"the task is {Task} but Tokens is {n}: take 2 or more, an even number for Partner.");
        }

        if (Line && Task != PointingTask.Predecessor)
        {
            throw new ArgumentException($"the task is {Task} but Line is true: a line has predecessors only; take Predecessor.");
        }

        return [.. Enumerable.Range(0, n).Select(i => Task switch
        {
            PointingTask.Successor => (i + 1) % n,
            PointingTask.Predecessor => Causal || Line ? i - 1 : (i + n - 1) % n,
            PointingTask.Partner => (i + n / 2) % n,
            _ => i,
        })];
    }
}
