using AttentionLab.Course.Experiments;

namespace AttentionLab.Course.Tests.Experiments;

public class PowerOfTenTests
{
    [Theory]
    [InlineData(2.4e-7, 1, "2·10⁻⁷")]
    [InlineData(-2.4e-7, 2, "-2.4·10⁻⁷")]
    [InlineData(9.6e-13, 1, "1·10⁻¹²")]
    [InlineData(6.02214e23, 3, "6.02·10²³")]
    [InlineData(0.00096, 1, "0.001")]
    [InlineData(0.00094, 1, "9·10⁻⁴")]
    [InlineData(0.5612, 1, "0.6")]
    [InlineData(0.5612, 2, "0.56")]
    [InlineData(123456, 2, "120000")]
    [InlineData(999999, 2, "1.0·10⁶")]
    [InlineData(0, 3, "0")]
    [InlineData(double.NaN, 3, "NaN")]
    public void Text_IsAsPeopleWriteIt(double value, int digits, string text) => Assert.Equal(text, PowerOfTen.Text(value, digits));

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public void Text_DigitsThatADoubleHasNot_AreRefused(int digits) =>
        Assert.Contains("ask for 1 to 15", Assert.Throws<ArgumentOutOfRangeException>(() => PowerOfTen.Text(1, digits)).Message);
}
