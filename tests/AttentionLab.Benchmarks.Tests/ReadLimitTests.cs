namespace AttentionLab.Benchmarks.Tests;

public class ReadLimitTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(600, 512)]
    [InlineData(4096 + 16, 4096)]
    public void Read_InOnePlaceOrInFour_ReadsEachNumberOnce(int length, int read)
    {
        // Pinned memory begins where it will; what is left out is less than a step at the end.
        float[] data = GC.AllocateArray<float>(length, pinned: true);
        Array.Fill(data, 1f);
        Assert.Equal(read, ReadLimit.Read(data, apart: false));
        Assert.Equal(read, ReadLimit.Read(data, apart: true));
    }
}
