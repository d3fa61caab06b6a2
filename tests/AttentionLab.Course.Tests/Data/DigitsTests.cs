using System.IO.Compression;
using System.Security.Cryptography;
using AttentionLab.Course.Data;

namespace AttentionLab.Course.Tests.Data;

public class DigitsTests
{
    [Fact]
    public void Load_All_HasTheKnownCounts()
    {
        Digits all = Digits.Load();

        Assert.Equal([1797, 8, 8], all.Images.Shape.ToArray());
        // As scikit-learn's documentation lists them: about 180 a class.
        Assert.Equal([178, 182, 177, 183, 181, 182, 181, 179, 174, 180], all.Labels.CountBy(l => l).OrderBy(p => p.Key).Select(p => p.Value));
        Assert.Equal([0, 0, 5 / 16f, 13 / 16f, 9 / 16f, 1 / 16f, 0, 0], all.Images.Row(0).ToArray());
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], all.Labels[..10]);
        Assert.Equal(1f, all.Images.Values.Max());
    }

    [Fact]
    public void Split_SameSeed_SameDisjointParts()
    {
        Digits all = Digits.Load();
        (Digits train, Digits test) = all.Split();
        (Digits again, _) = all.Split();

        Assert.Equal((1437, 360), (train.Count, test.Count));
        Assert.Equal(train.Images.Values, again.Images.Values);
        Assert.Equal(all.Labels.Order(), train.Labels.Concat(test.Labels).Order());
        Assert.Equal(all.Images.Values.Sum(v => (double)v), train.Images.Values.Concat(test.Images.Values).Sum(v => (double)v));
        Assert.Equal("F4C75EB9", Convert.ToHexString(SHA256.HashData(train.Labels.Select(l => (byte)l).ToArray()))[..8]);
        Assert.NotEqual(train.Labels, all.Split(seed: 2).Train.Labels);
        Assert.Equal(10, test.Labels.Distinct().Count());
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void Split_ShareOutsideZeroToOne_IsRefused(double share) =>
        Assert.Contains("between 0 and 1", Assert.Throws<ArgumentOutOfRangeException>(() => Digits.Load().Split(testShare: share)).Message);

    [Fact]
    public void Select_IndexOutside_IsRefused() =>
        Assert.Contains("there are 1797 images: pass 0 to 1796", Assert.Throws<ArgumentOutOfRangeException>(() => Digits.Load().Select([3, 1797])).Message);

    [Theory]
    [InlineData(10, 0, "unpacks to 10 bytes")]
    [InlineData(1797 * 65 + 5, 0, "unpacks to more than 116805 bytes")]
    [InlineData(1797 * 65, 17, "record 0 has a pixel above 16")]
    public void Load_WrongFile_IsRefused(int length, byte value, string reason)
    {
        using TemporaryFolder folder = new();
        using (GZipStream file = new(File.Create(folder["d.gz"]), CompressionLevel.Fastest))
        {
            byte[] bytes = new byte[length];
            bytes[0] = value;
            file.Write(bytes);
        }

        string message = Assert.Throws<InvalidDataException>(() => Digits.Load(folder["d.gz"])).Message;

        Assert.Contains(reason, message);
        Assert.Contains("data/make_digits.py", message);
    }

    [Fact]
    public void Load_NotGzip_IsRefused()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["d.gz"], "no gzip at all");

        Assert.Contains("is not a gzip file", Assert.Throws<InvalidDataException>(() => Digits.Load(folder["d.gz"])).Message);
    }
}
