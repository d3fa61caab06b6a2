namespace AttentionLab.Studio.Kernel;

/// <summary>A cell while it runs.</summary>
internal sealed class RunningCell(int run, Action<CellOutput>? show)
{
    public int Run { get; } = run;

    public List<CellOutput> Outputs { get; } = [];

    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsStopAsked { get; set; }

    public bool IsStopOverdue { get; set; }

    /// <summary>Console text that follows console text continues it.</summary>
    public void Add(CellOutput output)
    {
        if (output.MimeType == CellOutput.Stream && Outputs.Count > 0 && Outputs[^1].MimeType == CellOutput.Stream)
        {
            Outputs[^1] = output with { Content = Outputs[^1].Content + output.Content };
        }
        else
        {
            Outputs.Add(output);
        }

        show?.Invoke(output);
    }
}
