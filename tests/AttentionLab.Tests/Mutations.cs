using AttentionLab.Kernels;

namespace AttentionLab.Tests;

/// <summary>What fuzz tests do to a sound file: the damage that transfers and attackers do.</summary>
internal static class Mutations
{
    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "-1", "0", "9999999999", "1e9", "\"", "{", "}", "[", "]", ",", ":", "null", "\n", "\0", " ", "F16", "\\ud800", "\u00e9",
        }.Select(System.Text.Encoding.UTF8.GetBytes)
    ];

    /// <summary>One to three of: flip a byte, set a byte, cut the end, delete, insert, repeat a stretch, change a digit.</summary>
    public static byte[] Apply(byte[] original, CounterRandom random)
    {
        List<byte> bytes = [.. original];
        for (int times = 1 + random.NextInt(3); times > 0 && bytes.Count > 0; times--)
        {
            int at = random.NextInt(bytes.Count);
            switch (random.NextInt(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.NextInt(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.NextInt(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(1 + random.NextInt(8), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, Pieces[random.NextInt(Pieces.Length)]);
                    break;
                case 5:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(1 + random.NextInt(64), bytes.Count - at)));
                    break;
                default:
                    int digit = bytes.FindIndex(at, b => b is >= (byte)'0' and <= (byte)'9');
                    if (digit >= 0)
                    {
                        bytes[digit] = (byte)('0' + random.NextInt(10));
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
