using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;

namespace AttentionLab.Course.Tests.Experiments;

public class AllocationTests
{
    private byte[]? _kept;

    /// <summary>The runtime makes objects of its own now and then: they are not what the call asks for.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Bytes_OneRunThatAllocatesMore_DoesNotCount(int which)
    {
        int run = 0;
        long bytes = Allocation.Bytes(() => _kept = new byte[++run == which ? 50_000 : 10_000]);
        Assert.InRange(bytes, 10_000, 10_100);
        Assert.NotNull(_kept);
    }

    [Fact]
    public void Bytes_CallThatFails_LeavesTheThreads()
    {
        int threads = Workers.Count;
        Assert.Throws<InvalidOperationException>(() => Allocation.Bytes(() => throw new InvalidOperationException("on purpose")));
        Assert.Equal(threads, Workers.Count);
    }
}
