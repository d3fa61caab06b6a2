using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class ProcessorTests
{
    private const int Tries = 10_000;

    [Fact]
    public void Leave_OwnCore_MovesAndMayUseTheSameCoresAsBefore()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.ProcessorCount > 1, "there is no other core to go to, or the system does not tell");
        OwnThread.Run(() =>
        {
            string before = Allowed();
            int moved = 0;
            for (int i = 0; moved < 3 && i < Tries; i++)
            {
                int core = Processor.Current;
                Assert.InRange(core, 0, 1023);

                // The system may move the thread between the two lines: then there is nothing to leave.
                moved += Processor.Leave(core) ? 1 : 0;
                Assert.Equal(before, Allowed());
            }

            Assert.Equal(3, moved);
        });
    }

    [Fact]
    public void Leave_JustThen_IsOnAnotherCore()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.ProcessorCount > 1, "there is no other core to go to, or the system does not tell");
        OwnThread.Run(() =>
        {
            int elsewhere = 0;
            for (int i = 0; elsewhere < 3 && i < Tries; i++)
            {
                int core = Processor.Current;
                elsewhere += Processor.Leave(core) && Processor.Current != core ? 1 : 0;
            }

            // On a busy machine the system may take it back at once: then once more.
            Assert.Equal(3, elsewhere);
        });
    }

    [Theory]
    [InlineData(-1), InlineData(1023), InlineData(1024), InlineData(int.MaxValue), InlineData(int.MinValue)]
    public void Leave_CoreThatItIsNotOn_DoesNothing(int core) => Assert.False(Processor.Leave(core));

    private static string Allowed() => File.ReadLines("/proc/thread-self/status").First(line => line.StartsWith("Cpus_allowed:", StringComparison.Ordinal));
}
