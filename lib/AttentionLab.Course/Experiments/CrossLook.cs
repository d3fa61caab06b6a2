namespace AttentionLab.Course.Experiments;

/// <summary>How a trained <see cref="DateReader"/> may look at the words: as it learned, or not, to see what that costs.</summary>
public enum CrossLook
{
    /// <summary>As it learned.</summary>
    Learned,

    /// <summary>W_Q and its bias are 0: every word gets the same weight. What was said is still known, where is not.</summary>
    Uniform,

    /// <summary>W_O and its bias are 0: nothing of the words reaches the decoder.</summary>
    Off,
}
