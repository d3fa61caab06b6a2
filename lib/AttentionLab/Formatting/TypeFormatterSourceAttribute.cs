namespace AttentionLab.Formatting;

/// <summary>
/// Says which type makes the formatters of a value. .NET Interactive and our own host look for an attribute of exactly
/// this <em>name</em> and for its property <see cref="FormatterSourceType"/>, so that no package of theirs is needed.
/// </summary>
/// <param name="formatterSourceType">A type with a public parameterless constructor
/// and a method <c>IEnumerable&lt;object&gt; CreateTypeFormatters()</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>The type that was given.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;
}
