using System.IO.Compression;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Data;

/// <summary>
/// Handwritten digits, 8×8 pixels: the small images of chapter 12. 1797 of them in <c>data/digits.bin.gz</c>, 174 to 183 a digit.
/// Source: Alpaydin and Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, CC BY 4.0.
/// </summary>
/// <param name="Images">(N, 8, 8): row by row from the top, the ink of a pixel from 0 (none) to 1 (full; 16 of 16 dots).</param>
/// <param name="Labels">(N): the digit, 0 to 9.</param>
public sealed record Digits(Tensor Images, int[] Labels)
{
    /// <summary>Pixels along each side.</summary>
    public const int Side = 8;

    private const int Pixels = Side * Side, Record = Pixels + 1, Total = 1797;

    /// <summary>Number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>All 1797 images in the order of the source.</summary>
    /// <param name="path">The packed file; null for the course's own.</param>
    /// <exception cref="InvalidDataException">The file is not what <c>data/make_digits.py</c> writes.</exception>
    public static Digits Load(string? path = null)
    {
        path ??= CourseData.Path("digits.bin.gz");
        byte[] bytes = new byte[Total * Record + 1];
        int length;
        using (GZipStream unpacked = new(File.OpenRead(path), CompressionMode.Decompress))
        {
            try
            {
                length = unpacked.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            }
            catch (InvalidDataException e)
            {
                throw new InvalidDataException($"{path} is not a gzip file: restore it from the repository, or make it by data/make_digits.py.", e);
            }
        }

        if (length != Total * Record)
        {
            throw new InvalidDataException(
                $"{path} unpacks to {(length > Total * Record ? "more than " : "")}{Math.Min(length, Total * Record)} bytes but {Total} records of {Record} "
                + $"bytes are {Total * Record}: restore it from the repository, or make it by data/make_digits.py.");
        }

        Digits all = new(new Tensor(Total, Side, Side), new int[Total]);
        for (int i = 0; i < Total; i++)
        {
            ReadOnlySpan<byte> record = bytes.AsSpan(i * Record, Record);
            if (record[..Pixels].ContainsAnyExceptInRange((byte)0, (byte)16) || record[Pixels] > 9)
            {
                throw new InvalidDataException(
                    $"{path}: record {i} has a pixel above 16 or a digit above 9: restore it from the repository, or make it by data/make_digits.py.");
            }

            for (int p = 0; p < Pixels; p++)
            {
                all.Images.Span[i * Pixels + p] = record[p] / 16f;
            }

            all.Labels[i] = record[Pixels];
        }

        return all;
    }

    /// <summary>A random part to learn from and the rest to be judged on; the same seed gives the same split on every machine.</summary>
    /// <param name="seed">Seed of the permutation.</param>
    /// <param name="testShare">Share of the test part, between 0 and 1; 0.2 of all gives 1437 and 360 images.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="testShare"/> is not between 0 and 1.</exception>
    public (Digits Train, Digits Test) Split(ulong seed = 1, double testShare = 0.2)
    {
        if (!(testShare is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(testShare), $"testShare is {testShare} but both parts need images: pass a share between 0 and 1.");
        }

        int[] order = new CounterRandom(seed).Permutation(Count);
        int train = Count - (int)Math.Ceiling(Count * testShare);
        return (Select(order.AsSpan(0, train)), Select(order.AsSpan(train)));
    }

    /// <summary>The images with these numbers, for example one batch.</summary>
    /// <param name="indices">Numbers from 0 to <see cref="Count"/> − 1, in the order wanted.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index lies outside.</exception>
    public Digits Select(ReadOnlySpan<int> indices)
    {
        Digits part = new(new Tensor(indices.Length, Side, Side), new int[indices.Length]);
        for (int i = 0; i < indices.Length; i++)
        {
            if ((uint)indices[i] >= (uint)Count)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(indices), $"index {indices[i]} was asked for but there are {Count} images: pass 0 to {Count - 1}.");
            }

            Images.Span.Slice(indices[i] * Pixels, Pixels).CopyTo(part.Images.Span[(i * Pixels)..]);
            part.Labels[i] = Labels[indices[i]];
        }

        return part;
    }
}
