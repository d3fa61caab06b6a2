namespace AttentionLab.Words;

public sealed partial class GapModel
{
    /// <summary>Chooses the weights by going through them one after the other, several times, and keeping each step that lowers the mean −log P.</summary>
    /// <param name="questions">Announced gaps and what stood there; from text that was not counted.</param>
    /// <param name="rounds">How often all are gone through; the step is halved each time.</param>
    /// <returns>The mean −log P with the weights chosen, in nats.</returns>
    /// <exception cref="ArgumentException">There are no questions, or one asks for a token that is not below V.</exception>
    public double Tune(IReadOnlyList<(Gap Gap, int Token)> questions, int rounds = 3)
    {
        ArgumentNullException.ThrowIfNull(questions);
        if (questions.Count == 0)
        {
            throw new ArgumentException("questions is empty but their mean −log P is to be lowered: pass at least one.", nameof(questions));
        }

        for (int i = 0; i < questions.Count; i++)
        {
            if ((uint)questions[i].Token >= (uint)Vocabulary)
            {
                throw new ArgumentException(
                    $"question {i} asks for token {questions[i].Token} but the model knows the ids 0 to {Vocabulary - 1}: build it with the size of the "
                    + "vocabulary.",
                    nameof(questions));
            }
        }

        double best = Loss(questions), step = 0.16;
        for (int round = 0; round < rounds; round++, step /= 2)
        {
            for (int which = 0; which < 5; which++)
            {
                foreach (int sign in new[] { 1, -1 })
                {
                    bool better = false;
                    for (GapWeights before = Weights; Move(before, which, sign * step) is { } moved; before = moved)
                    {
                        Weights = moved;
                        double loss = Loss(questions);
                        if (loss >= best)
                        {
                            Weights = before;
                            break;
                        }

                        (best, better) = (loss, true);
                    }

                    if (better)
                    {
                        break;
                    }
                }
            }
        }

        return best;
    }

    private double Loss(IReadOnlyList<(Gap Gap, int Token)> questions)
    {
        double[] losses = new double[questions.Count];
        Parallel.For(0, questions.Count, () => new double[Vocabulary], (i, _, p) =>
        {
            Predict(questions[i].Gap, p);
            losses[i] = -Math.Log(p[questions[i].Token]);
            return p;
        }, _ => { });
        return losses.Average();
    }

    private static GapWeights? Move(GapWeights w, int which, double by)
    {
        GapWeights moved = which switch
        {
            0 => w with { Left = w.Left + by },
            1 => w with { Right = w.Right + by },
            2 => w with { Prior = w.Prior + by },
            3 => w with { SideDiscount = w.SideDiscount + by },
            _ => w with { JointDiscount = w.JointDiscount + by },
        };
        return moved.SideDiscount is > 0 and < 1 && moved.JointDiscount is > 0 and < 1 ? moved : null;
    }
}
