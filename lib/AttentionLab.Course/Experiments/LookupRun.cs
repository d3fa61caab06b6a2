namespace AttentionLab.Course.Experiments;

/// <summary>One training run of a <see cref="KeyValueLookup"/>.</summary>
/// <param name="Accuracy">After each step: share of right answers, 0 to 1, over the last
/// five batches. Each batch is new and is answered before it is learned from.</param>
/// <param name="StepsToGoal">First step at which the accuracy reached the goal; null if it never did.</param>
/// <param name="Factors">At the end: what each head multiplies its scores by.</param>
public sealed record LookupRun(IReadOnlyList<double> Accuracy, int? StepsToGoal, IReadOnlyList<double> Factors);
