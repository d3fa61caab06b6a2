namespace AttentionLab.Course.Experiments;

/// <summary>
/// How well a model does that looks at no key: it answers every question of a sequence with a value that stands there most often. The control behind the frozen
/// model of chapter 03.
/// </summary>
public static class FrequentAnswers
{
    /// <summary>The share of answers that stand in their own sequence as often as any other value does, 0 to 1.</summary>
    /// <param name="answers">Answers, sequence by sequence.</param>
    /// <param name="values">The values of these sequences, as many.</param>
    /// <param name="pairs">Values in one sequence.</param>
    /// <exception cref="ArgumentException">Answers and values differ in number, or are no whole number of sequences.</exception>
    public static double Share(IReadOnlyList<int> answers, IReadOnlyList<int> values, int pairs) =>
        Sequences(answers, values, pairs).Average(s =>
        {
            int most = Most(s.Values);
            return s.Answers.Count(answer => s.Values.Count(v => v == answer) == most) / (double)pairs;
        });

    /// <summary>The share of right answers, 0 to 1, of somebody who always says the most frequent value of the sequence.</summary>
    /// <param name="values">The values, sequence by sequence.</param>
    /// <param name="pairs">Values in one sequence.</param>
    /// <exception cref="ArgumentException">The values are no whole number of sequences.</exception>
    public static double Right(IReadOnlyList<int> values, int pairs) =>
        Sequences(values, values, pairs).Average(s => Most(s.Values) / (double)pairs);

    private static int Most(int[] values) => values.CountBy(v => v).Max(count => count.Value);

    private static IEnumerable<(int[] Answers, int[] Values)> Sequences(IReadOnlyList<int> answers, IReadOnlyList<int> values, int pairs)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs, 1);
        if (answers.Count != values.Count || values.Count == 0 || values.Count % pairs != 0)
        {
            throw new ArgumentException(
                $"{answers.Count} answers and {values.Count} values are no whole sequences of {pairs}: pass one answer for each value.", nameof(answers));
        }

        return answers.Chunk(pairs).Zip(values.Chunk(pairs));
    }
}
