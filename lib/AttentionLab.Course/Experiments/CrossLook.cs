namespace AttentionLab.Course.Experiments;

/// <summary>
/// How a trained model with cross-attention (<see cref="DateReader"/>, <see cref="WordInImage"/>) may look: as it learned, or not, to see what that costs.
/// </summary>
public enum CrossLook
{
    /// <summary>As it learned.</summary>
    Learned,

    /// <summary>The query is 0: every word or patch gets the same weight. What is there is still known, where is not.</summary>
    Uniform,

    /// <summary>Nothing of what was looked at gets through.</summary>
    Off,
}
