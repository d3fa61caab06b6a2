namespace AttentionLab.Trainer;

/// <summary>How much the report looks at.</summary>
/// <param name="Sequences">Held-out sequences for masked tokens.</param>
/// <param name="Alone">Places asked for one at a time.</param>
/// <param name="HeadSequences">Held-out sequences for each head switched off.</param>
/// <param name="TrainingSentences">Training sentences a word and side, on which the layer is chosen.</param>
internal sealed record ReportSize(int Sequences = 1200, int Alone = 4000, int HeadSequences = 250, int TrainingSentences = 150);
