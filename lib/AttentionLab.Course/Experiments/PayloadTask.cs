namespace AttentionLab.Course.Experiments;

/// <summary>What a token has to bring home from its partner.</summary>
public enum PayloadTask
{
    /// <summary>The partner's vector.</summary>
    Copy,

    /// <summary>The partner's vector with the other sign.</summary>
    Negate,

    /// <summary>The partner's name in another alphabet: a unit vector that no token has.</summary>
    Relabel,
}
