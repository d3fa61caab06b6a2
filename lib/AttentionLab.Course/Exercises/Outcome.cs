namespace AttentionLab.Course.Exercises;

/// <summary>Which answer of a prediction the measurement gave, as one line that a page and a test can read.</summary>
public static class Outcome
{
    /// <summary>What the line begins with; after it stands one of the answers, word for word.</summary>
    public const string Label = "Measured answer: ";

    /// <summary>What the line says where not exactly one condition holds.</summary>
    public const string None = "none of them";

    /// <summary><c>Measured answer: phone</c>: the one answer whose condition holds, else <c>Measured answer: none of them</c>.</summary>
    /// <param name="answers">Each answer as the prediction's list has it, and whether the measurement gave it: two to four.</param>
    /// <exception cref="ArgumentException">Fewer than two or more than four answers, an empty one, or the same one twice.</exception>
    public static string Of(params (string Answer, bool Holds)[] answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        if (answers.Length is < 2 or > 4)
        {
            throw new ArgumentException($"{answers.Length} answers were given but a prediction offers two to four: give each with its condition.");
        }

        foreach ((string answer, _) in answers)
        {
            if (string.IsNullOrWhiteSpace(answer) || answers.Count(other => other.Answer == answer) > 1)
            {
                throw new ArgumentException($"the answer “{answer}” is empty or stands twice but a reader must choose between answers: word each differently.");
            }
        }

        string[] held = [.. answers.Where(answer => answer.Holds).Select(answer => answer.Answer)];
        return Label + (held.Length == 1 ? held[0] : None);
    }
}
