using System.Globalization;
using System.Numerics;

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
    public static void Require(int length, long first, int second, string name, string firstName = "rows", string secondName = "columns")
    {
        if (first < 0 || second < 0)
        {
            throw new ArgumentException($"{firstName} is {first} and {secondName} is {second}, but a size is never negative: pass 0 or more.");
        }

        if (length != (Int128)first * second)
        {
            throw new ArgumentException(
                $"{name} holds {length} numbers but ({firstName}, {secondName}) = ({first}, {second}) needs {(Int128)first * second}: pass a span of that "
                + "length, or correct the sizes.");
        }
    }

    /// <summary>
    /// How many numbers sizes make together, multiplied without loss: 2³² in 32 bits would be 0, and an error about something else, or none, would follow.
    /// </summary>
    /// <param name="what">Who needs them.</param>
    /// <param name="sizes">Sizes with their names, each 0 or more.</param>
    /// <exception cref="ArgumentException">A size is negative, or an array cannot hold as many.</exception>
    public static int Product(string what, params ReadOnlySpan<(string Name, int Size)> sizes)
    {
        Span<int> counts = stackalloc int[sizes.Length];
        for (int i = 0; i < counts.Length; i++)
        {
            (string name, counts[i]) = sizes[i];
            if (counts[i] < 0)
            {
                throw new ArgumentException($"{name} is {counts[i]} but {what} needs 0 or more: a size is never negative.");
            }
        }

        return Count(counts) ?? throw new ArgumentException(TooMany(what, sizes));
    }

    /// <summary>The product of sizes, each 0 or more; null if an array cannot hold as many. One 0 makes 0, whatever stands beside it.</summary>
    public static int? Count(ReadOnlySpan<int> sizes)
    {
        if (sizes.Contains(0))
        {
            return 0;
        }

        long product = 1;
        for (int i = 0; i < sizes.Length && product <= Array.MaxLength; i++)
        {
            product *= sizes[i];
        }

        return product <= Array.MaxLength ? (int)product : null;
    }

    private static string TooMany(string what, ReadOnlySpan<(string Name, int Size)> sizes)
    {
        (string[] names, string[] values) = (new string[sizes.Length], new string[sizes.Length]);
        BigInteger product = BigInteger.One;
        for (int i = 0; i < sizes.Length; i++)
        {
            (names[i], values[i]) = (sizes[i].Name, sizes[i].Size.ToString(CultureInfo.InvariantCulture));
            product *= sizes[i].Size;
        }

        return $"{what} needs {string.Join(" × ", names)} = {string.Join(" × ", values)} = {product} numbers "
            + $"but an array holds at most {Array.MaxLength}: make one of them smaller.";
    }

    /// <summary>Throws if what a kernel writes shares memory with what it reads meanwhile.</summary>
    /// <param name="written">Overwritten or added to.</param>
    /// <param name="read">Read, or written as well.</param>
    /// <param name="name">The caller's parameter that is written.</param>
    /// <param name="other">The other parameter.</param>
    public static void RequireApart<T>(ReadOnlySpan<T> written, ReadOnlySpan<T> read, string name, string other)
    {
        if (written.Overlaps(read))
        {
            throw new ArgumentException($"{name} and {other} share memory, but {name} is written while {other} is still in use: pass two arrays.");
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
