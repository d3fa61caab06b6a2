using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class GatherTests
{
    public static TheoryData<int> Widths => [.. Inputs.AwkwardLengths.Where(n => n > 0)];

    [Theory, MemberData(nameof(Widths))]
    public void ForwardAndBackward_AwkwardLength_AgreeWithReference(int columns)
    {
        int[] ids = [3, 0, 3, 1];
        float[] table = Inputs.Gaussian(1, 5 * columns), y = new float[4 * columns], expected = new float[4 * columns];
        Gather.Forward(table, ids, y, columns);
        Gather.Reference<float>(table, ids, expected, columns);
        Compare.Same(y, expected, "y");

        float[] dy = Inputs.Gaussian(2, 4 * columns), dTable = Inputs.Gaussian(3, 5 * columns), dExpected = [.. dTable];
        Gather.Backward(dy, ids, dTable, columns);
        Gather.BackwardReference<float>(dy, ids, dExpected, columns);
        Compare.Close(dTable, dExpected, Tolerances.Kernel, "∂L/∂table");
    }

    [Fact]
    public void BackwardReference_AgainstDifferences_Agrees()
    {
        int[] ids = [2, 0, 2];
        double[] table = Inputs.GaussianDouble(1, 12), dy = Inputs.GaussianDouble(2, 9), y = new double[9], dTable = new double[12];
        Gather.BackwardReference<double>(dy, ids, dTable, 3);
        double[] numerical = Numerical.Gradient(table, () =>
        {
            Gather.Reference<double>(table, ids, y, 3);
            return Numerical.Weighted(y, dy);
        });
        Compare.Close(dTable, numerical, Tolerances.Numerical, "∂L/∂table");
    }

    [Fact]
    public void Forward_NoColumns_IsRefused() =>
        Assert.Contains("columns is 0", Assert.Throws<ArgumentOutOfRangeException>(() => Gather.Forward([], [0], [], 0)).Message);

    [Theory, InlineData(-1), InlineData(5)]
    public void Forward_NumberOutsideTable_NamesItsPlace(int bad)
    {
        string message = Assert.Throws<ArgumentOutOfRangeException>(() => Gather.Forward(new float[10], [0, bad], new float[4], 2)).Message;
        Assert.Contains($"ids[1] is {bad} but the table has rows 0 to 4", message);
    }
}
