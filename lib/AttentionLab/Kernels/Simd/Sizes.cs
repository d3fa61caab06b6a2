namespace AttentionLab.Kernels;

/// <summary>The check at the door of a kernel: a span holds what its sizes say.</summary>
internal static class Sizes
{
    /// <summary>Throws unless <paramref name="length"/> = <paramref name="first"/> × <paramref name="second"/>, both 0 or more.</summary>
    /// <param name="length">What the caller's span holds.</param>
    /// <param name="first">First size, for example rows.</param>
    /// <param name="second">Second size, for example columns.</param>
    /// <param name="name">The caller's parameter.</param>
    /// <param name="firstName">Name of the first size.</param>
    /// <param name="secondName">Name of the second size.</param>
    public static void Require(int length, int first, int second, string name, string firstName = "rows", string secondName = "columns")
    {
        if (first < 0 || second < 0)
        {
            throw new ArgumentException($"{firstName} is {first} and {secondName} is {second}, but a size is never negative: pass 0 or more.");
        }

        if (length != (long)first * second)
        {
            throw new ArgumentException($"{name} holds {length} numbers but ({firstName}, {secondName}) = ({first}, {second}) needs {(long)first * second}: pass a span of that length, or correct the sizes.");
        }
    }

    /// <summary>Throws unless two spans that run side by side are of one length.</summary>
    /// <param name="length">Length of the span <paramref name="name"/>.</param>
    /// <param name="expected">Length of the span <paramref name="other"/>.</param>
    /// <param name="name">The caller's parameter.</param>
    /// <param name="other">The parameter it must match.</param>
    public static void RequireSame(int length, int expected, string name, string other)
    {
        if (length != expected)
        {
            throw new ArgumentException($"{name} holds {length} numbers but {other} holds {expected}: pass two of the same length.");
        }
    }
}
