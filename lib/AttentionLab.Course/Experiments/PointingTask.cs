namespace AttentionLab.Course.Experiments;

/// <summary>Whom each of n tokens on a circle has to look at.</summary>
public enum PointingTask
{
    /// <summary>i → i + 1, and the last one → 0.</summary>
    Successor,

    /// <summary>i → i − 1, and 0 → the last one; under a causal mask token 0 has nobody to look at and does not count.</summary>
    Predecessor,

    /// <summary>i → i + n/2, the token across the circle: whoever is looked at looks back.</summary>
    Partner,

    /// <summary>i → i.</summary>
    Self,
}
