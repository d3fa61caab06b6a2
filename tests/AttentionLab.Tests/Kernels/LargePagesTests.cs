using System.Globalization;
using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>Memory in large pages is memory like any other, and Linux has been asked for it.</summary>
public sealed class LargePagesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(LargePages.Floats - 1)]
    [InlineData(LargePages.Floats)]
    [InlineData(3 * LargePages.Floats + 5)]
    public void Array_OfAnyLength_KeepsWhatIsWritten(int length)
    {
        float[] array = LargePages.Uncleared(length), other = LargePages.Uncleared(length), cleared = LargePages.Cleared(length);
        Array.Fill(array, 1.5f);
        Array.Fill(other, -2);
        Assert.Equal((length, length), (array.Length, cleared.Length));
        Assert.DoesNotContain(array, value => value != 1.5f);
        Assert.DoesNotContain(cleared, value => value != 0);
    }

    [Fact]
    public void Cleared_WhereOthersWroteBefore_IsZero()
    {
        for (int round = 0; round < 20; round++)
        {
            float[] cleared = LargePages.Cleared(LargePages.Floats + round);
            Assert.False(cleared.AsSpan().ContainsAnyExcept(0f), $"round {round}");
            Array.Fill(cleared, round + 1);
            GC.Collect();
        }
    }

    [Fact]
    public unsafe void Uncleared_OfLargeArrays_AsksLinuxForLargePages()
    {
        const string maps = "/proc/self/smaps";
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/sys/kernel/mm/transparent_hugepage/enabled"), "This system has no large pages for all.");
        Assert.SkipUnless(File.Exists(maps) && File.ReadAllText(maps).Contains("VmFlags", StringComparison.Ordinal), "This system does not tell.");
        float[] array = LargePages.Uncleared(4 * LargePages.Floats);
        fixed (float* first = array)
        {
            Assert.Contains("hg", FlagsAt(File.ReadLines(maps), (ulong)(first + 2 * LargePages.Floats)));
        }
    }

    /// <summary>What Linux has noted of the memory at an address: "hg" if somebody asked for large pages there.</summary>
    private static string[] FlagsAt(IEnumerable<string> lines, ulong address)
    {
        bool isHere = false;
        foreach (string line in lines)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0] == "VmFlags:" && isHere)
            {
                return words[1..];
            }

            if (words[0].Split('-') is [string from, string to] && ulong.TryParse(from, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong start))
            {
                isHere = start <= address && address < ulong.Parse(to, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
        }

        return [];
    }
}
