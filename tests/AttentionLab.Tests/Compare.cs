using System.Globalization;
using System.Runtime.InteropServices;
using AttentionLab.Tensors;

namespace AttentionLab.Tests;

/// <summary>
/// The one comparer. Error of a tensor = max|a−b| / max|b|, b being the trusted side. NaN must meet NaN and an infinity the same
/// infinity. A failure names the worst index, both values, and how many elements are off.
/// </summary>
internal static class Compare
{
    /// <summary>Asserts error ≤ <paramref name="tolerance"/>; returns the error.</summary>
    public static double Close(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double tolerance, string what) =>
        Close(Widen(actual), Widen(expected), tolerance, what);

    /// <summary>Asserts error ≤ <paramref name="tolerance"/>; returns the error.</summary>
    public static double Close(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected, double tolerance, string what) =>
        Close(Widen(actual), expected, tolerance, what);

    /// <summary>Asserts the same shape and error ≤ <paramref name="tolerance"/>; returns the error.</summary>
    public static double Close(Tensor actual, Tensor expected, double tolerance, string what)
    {
        Assert.True(
            actual.Shape.SequenceEqual(expected.Shape),
            $"{what}: shape ({string.Join(", ", actual.Shape.ToArray())}) is not ({string.Join(", ", expected.Shape.ToArray())})");
        return Close(actual.Span, expected.Span, tolerance, what);
    }

    /// <summary>Asserts error ≤ <paramref name="tolerance"/>; returns the error.</summary>
    public static double Close(ReadOnlySpan<double> actual, ReadOnlySpan<double> expected, double tolerance, string what)
    {
        string? report = Difference(actual, expected, tolerance, out double error);
        Assert.True(report is null, $"{what}: {report}");
        return error;
    }

    /// <summary>Asserts the same bits, NaN included.</summary>
    public static void Same(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, string what)
    {
        Assert.True(actual.Length == expected.Length, $"{what}: {actual.Length} values instead of {expected.Length}");
        int first = MemoryMarshal.Cast<float, int>(actual).CommonPrefixLength(MemoryMarshal.Cast<float, int>(expected));
        if (first < actual.Length)
        {
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{what}: index {first} is {actual[first]:R}, expected exactly {expected[first]:R}"));
        }
    }

    /// <summary>null if close, else what is wrong.</summary>
    internal static string? Difference(ReadOnlySpan<double> actual, ReadOnlySpan<double> expected, double tolerance, out double error)
    {
        error = 0;
        if (actual.Length != expected.Length)
        {
            error = double.PositiveInfinity;
            return $"{actual.Length} values instead of {expected.Length}";
        }

        double scale = 0;
        foreach (double value in expected)
        {
            scale = double.IsFinite(value) ? Math.Max(scale, Math.Abs(value)) : scale;
        }

        // All zeros, or less than a float can hold: the error is absolute.
        scale = scale < 1e-37 ? 1 : scale;
        int worst = -1, off = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            bool same = actual[i].Equals(expected[i]);
            bool finite = double.IsFinite(actual[i]) && double.IsFinite(expected[i]);
            double e = same ? 0 : finite ? Math.Abs(actual[i] - expected[i]) / scale : double.PositiveInfinity;
            off += e > tolerance ? 1 : 0;
            if (e > error)
            {
                (error, worst) = (e, i);
            }
        }

        return off == 0 ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"worst at index {worst}: {actual[worst]:G9}, expected {expected[worst]:G9}, error {error:E2} > {tolerance:E2}; {off} of {actual.Length} are off");
    }

    private static double[] Widen(ReadOnlySpan<float> values)
    {
        double[] result = new double[values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = values[i];
        }

        return result;
    }
}
