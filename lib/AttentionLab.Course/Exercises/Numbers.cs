using System.Globalization;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>A copy of the numbers in an answer or an input, whatever array they came in, with their form in words.</summary>
/// <param name="Values">Row by row.</param>
/// <param name="Form">"3 numbers", "2 rows of 3 numbers", "a tensor of shape (2, 3)".</param>
/// <param name="Columns">Length of a row; 0 if there are no rows, or rows of different lengths.</param>
internal readonly record struct Numbers(double[] Values, string Form, int Columns)
{
    private const int Shown = 12;

    /// <summary>Null if the value is not made of numbers.</summary>
    internal static Numbers? Of(object? value) => value switch
    {
        float x => new([x], "one number", 0),
        double x => new([x], "one number", 0),
        int x => new([x], "one number", 0),
        bool x => new([x ? 1 : 0], "true or false", 0),
        float[] row => Row(Array.ConvertAll(row, x => (double)x)),
        double[] row => Row([.. row]),
        int[] row => Row(Array.ConvertAll(row, x => (double)x)),
        float[][] rows => Rows(Array.ConvertAll(rows, row => row is null ? null : Array.ConvertAll(row, x => (double)x))),
        double[][] rows => Rows(rows),
        float[,] matrix =>
            new([.. matrix.Cast<float>().Select(x => (double)x)], $"{Count(matrix.GetLength(0), "row")} of {Count(matrix.GetLength(1), "number")}",
                matrix.GetLength(1)),
        double[,] matrix =>
            new([.. matrix.Cast<double>()], $"{Count(matrix.GetLength(0), "row")} of {Count(matrix.GetLength(1), "number")}", matrix.GetLength(1)),
        Tensor tensor =>
            new(Array.ConvertAll(tensor.Values, x => (double)x), $"a tensor of shape {Tensor.Describe(tensor.Shape)}", tensor.Rank > 1 ? tensor.Columns : 0),
        _ => null,
    };

    /// <summary>Bit for bit: an input that was written to and put back counts as unchanged.</summary>
    internal bool Same(Numbers other) => Form == other.Form && Values.AsSpan().SequenceEqual(other.Values);

    /// <summary>max|this − expected| ≤ tolerance · max|expected|; never true if either holds NaN, or ∞ where the other does not.</summary>
    internal bool Close(Numbers expected, double tolerance)
    {
        if (Form != expected.Form)
        {
            return false;
        }

        double largest = expected.Values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        double allowed = tolerance * (largest == 0 ? 1 : largest);
        return Values.Zip(expected.Values).All(pair => pair.First == pair.Second || Math.Abs(pair.First - pair.Second) <= allowed);
    }

    /// <summary>A slip that any answer can hold, in a sentence: every sign turned, or the right numbers rounded. Empty if it is neither.</summary>
    internal string Slip(Numbers expected)
    {
        if (Form == "true or false")
        {
            return "";
        }

        if (Close(expected with { Values = Array.ConvertAll(expected.Values, x => -x) }, Answer<double>.Tolerance))
        {
            return Values.Length == 1 ? "The sign is wrong. " : "Every sign is wrong. ";
        }

        double[] values = Values;
        bool cut = values.Any(x => x != Math.Round(x));          // whole numbers may be many mistakes
        int? digits = cut ? Enumerable.Range(1, 4).Cast<int?>().FirstOrDefault(Rounded) : null;
        return digits is int kept ? $"Your numbers are rounded to {kept} decimals: return them as they are. " : "";

        // A float holds 0.67 with an error of about 2e-8.
        bool Rounded(int? decimals) => values.Zip(expected.Values).All(pair => Math.Abs(pair.First - Math.Round(pair.Second, decimals!.Value)) < 1e-7);
    }

    /// <summary>Index of the worst number.</summary>
    internal int Furthest(Numbers expected)
    {
        int worst = 0;
        double distance = -1;
        for (int i = 0; i < Values.Length; i++)
        {
            double here = Math.Abs(Values[i] - expected.Values[i]);
            if (here > distance)
            {
                (worst, distance) = (i, here);
            }
        }

        return worst;
    }

    internal int? FirstNotFinite()
    {
        int at = Array.FindIndex(Values, x => !double.IsFinite(x));
        return at < 0 ? null : at;
    }

    /// <summary>All numbers if they are few; else the one that matters.</summary>
    /// <param name="at">Index of the number that matters.</param>
    /// <param name="digits">Significant digits.</param>
    internal string Show(int at = 0, int digits = 5)
    {
        if (Form == "true or false")
        {
            return Values[0] == 1 ? "true" : "false";
        }

        string[] texts = Array.ConvertAll(Values, x => Text(x, digits));
        return texts switch
        {
            [string only] when Form == "one number" => only,
            { Length: 0 } => "no number",
            { Length: <= Shown } when Columns > 0 => string.Join("; ", texts.Chunk(Columns).Select(row => $"({string.Join(", ", row)})")),
            { Length: <= Shown } => $"({string.Join(", ", texts)})",
            _ => $"{texts[at]} {(Columns > 0 ? $"in row {at / Columns}, column {at % Columns}" : $"at index {at}")} ({Form})",
        };
    }

    private static string Text(double x, int digits) => x == 0 ? "0" : x.ToString($"G{digits}", CultureInfo.InvariantCulture);

    private static Numbers Row(double[] row) => new(row, Count(row.Length, "number"), 0);

    private static Numbers Rows(double[]?[] rows)
    {
        int[] lengths = [.. rows.Select(row => row?.Length ?? -1)];
        bool even = lengths.Distinct().Count() == 1 && lengths[0] >= 0;
        string form = even
            ? $"{Count(rows.Length, "row")} of {Count(lengths[0], "number")}"
            : $"rows of {string.Join(", ", lengths.Select(length => length < 0 ? "null" : $"{length}"))} numbers";
        return new([.. rows.SelectMany(row => row ?? [])], form, even ? lengths[0] : 0);
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
