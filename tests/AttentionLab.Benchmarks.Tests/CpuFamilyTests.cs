namespace AttentionLab.Benchmarks.Tests;

public class CpuFamilyTests
{
    [Theory]
    [InlineData("AMD EPYC", "AuthenticAMD", "26", "2", "AMD EPYC (Zen 5, family 26, model 2)")]
    [InlineData("AMD EPYC", "AuthenticAMD", "25", "17", "AMD EPYC (Zen 4, family 25, model 17)")]
    [InlineData("AMD EPYC", "AuthenticAMD", "25", "1", "AMD EPYC (Zen 3, family 25, model 1)")]
    [InlineData("Intel(R) Xeon(R) Processor", "GenuineIntel", "6", "143", "Intel(R) Xeon(R) Processor (Sapphire Rapids, family 6, model 143)")]
    [InlineData("Intel(R) Xeon(R) Processor", "GenuineIntel", "6", "207", "Intel(R) Xeon(R) Processor (Emerald Rapids, family 6, model 207)")]
    [InlineData("New CPU", "GenuineIntel", "19", "1", "New CPU (family 19, model 1)")]
    [InlineData("Other CPU", null, "25", "17", "Other CPU (family 25, model 17)")]
    [InlineData("Arm64", null, null, null, "Arm64")]
    [InlineData("Odd CPU", "AuthenticAMD", "-1", "x", "Odd CPU")]
    public void Describe_NumbersOfTheCpu_GivesItsDesign(string name, string? vendor, string? family, string? model, string expected) =>
        Assert.Equal(expected, CpuFamily.Describe(name, vendor, family, model));
}
