using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class StripsTests
{
    /// <summary>Strips of four registers once served five queries, too: attention of short sequences took 1.2 to 1.5 times as long.</summary>
    [Theory, InlineData(1), InlineData(16), InlineData(31), InlineData(32), InlineData(33), InlineData(64), InlineData(1000)]
    public void Width_OfSoManyQueries_LeavesNoWholeHalfEmpty(int queries)
    {
        int width = Strips.Width<Lanes16>(queries), half = 2 * Lanes16.Count;

        Assert.Equal(queries > half ? Strips.Registers * Lanes16.Count : half, width);
        Assert.True(width == half || queries > width / 2, $"{queries} queries in {width} lanes");
    }

    /// <summary>Of every number of columns, along rows and turned: what B holds, then zeros, and nothing behind the strip.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public unsafe void PackStrip_AnyColumns_IsBThenZeros(bool turned)
    {
        const int Inner = 7, Registers = 4, Width = Registers * 8;
        float[] b = [.. Enumerable.Range(1, Inner * Width).Select(i => (float)i)], strip = new float[(Inner + 1) * Width];
        for (int valid = 1; valid <= Width; valid++)
        {
            Array.Fill(strip, float.NaN);
            (int inner, int column) = turned ? (1, Inner) : (Width, 1);
            fixed (float* from = b, to = strip)
            {
                MatMul.PackStrip<Lanes8>(from, inner, column, to, Inner, valid, Registers);
            }

            float[] expected = [.. Enumerable.Range(0, Inner * Width).Select(at => at % Width < valid ? b[at / Width * inner + at % Width * column] : 0)];
            Assert.Equal(expected, strip[..^Width]);
            Assert.All(strip[^Width..], number => Assert.True(float.IsNaN(number)));
        }
    }
}
