using System.Globalization;
using System.Text;
using Microsoft.Playwright;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>Reads a QR code as a page shows it: ISO/IEC 18004, versions 2 and 3 at level M (one block), nothing damaged.</summary>
internal static class QrCode
{
    private const int FinderSize = 7;
    private const string Alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

    private static readonly Func<int, int, bool>[] Masks =
    [
        (i, j) => (i + j) % 2 == 0, (i, _) => i % 2 == 0, (_, j) => j % 3 == 0, (i, j) => (i + j) % 3 == 0, (i, j) => (i / 2 + j / 3) % 2 == 0,
        (i, j) => i * j % 2 + i * j % 3 == 0, (i, j) => (i * j % 2 + i * j % 3) % 2 == 0, (i, j) => ((i + j) % 2 + i * j % 3) % 2 == 0,
    ];

    /// <summary>The text of a picture.</summary>
    public static async Task<string> ReadAsync(ILocator image)
    {
        // A row of the picture is a string of digits, 1 for dark.
        string[] pixels = await image.EvaluateAsync<string[]>("""
            async image => {
              await image.decode();
              const canvas = document.createElement('canvas');
              canvas.width = image.naturalWidth;
              canvas.height = image.naturalHeight;
              const context = canvas.getContext('2d', { willReadFrequently: true });
              context.drawImage(image, 0, 0);
              return [...Array(canvas.height).keys()].map(y => {
                const row = context.getImageData(0, y, canvas.width, 1).data;
                return [...Array(canvas.width).keys()].map(x => row[4 * x] < 128 ? '1' : '0').join('');
              });
            }
            """);
        return Decode(Modules(pixels));
    }

    /// <summary>The first dark row goes from one finder pattern to the other; the first run in it is seven modules long.</summary>
    private static bool[,] Modules(string[] pixels)
    {
        int top = Array.FindIndex(pixels, row => row.Contains('1')), left = pixels[top].IndexOf('1'), right = pixels[top].LastIndexOf('1') + 1;
        int module = (pixels[top].IndexOf('0', left) - left) / FinderSize, size = (right - left) / module;
        Assert.Equal(right - left, module * size);
        bool[,] modules = new bool[size, size];
        for (int i = 0; i < size * size; i++)
        {
            modules[i / size, i % size] = pixels[top + i / size * module + module / 2][left + i % size * module + module / 2] == '1';
        }

        return modules;
    }

    private static string Decode(bool[,] modules)
    {
        int size = modules.GetLength(0);
        Assert.Contains(size, (int[])[25, 29]);

        // The mask's number, itself masked by 101.
        int mask = (modules[8, 2] ? 0 : 4) | (modules[8, 3] ? 2 : 0) | (modules[8, 4] ? 0 : 1);
        StringBuilder bits = new();
        bool isUpward = true;
        for (int right = size - 1; right > 0; right -= 2, isUpward = !isUpward)
        {
            // The upright line of timing takes a whole column.
            right = right == 6 ? 5 : right;
            for (int step = 0; step < size; step++)
            {
                int row = isUpward ? size - 1 - step : step;
                foreach (int column in (int[])[right, right - 1])
                {
                    if (!IsPattern(row, column, size))
                    {
                        bits.Append(modules[row, column] ^ Masks[mask](row, column) ? '1' : '0');
                    }
                }
            }
        }

        return Segments(bits.ToString());
    }

    /// <summary>Each segment has its mode, its length and its characters: bytes, or two of the 45 in eleven bits, or three digits in ten.</summary>
    private static string Segments(string bits)
    {
        StringBuilder text = new();
        int at = 0;
        int Next(int length)
        {
            at += length;
            return int.Parse(bits.AsSpan(at - length, length), NumberStyles.BinaryNumber, CultureInfo.InvariantCulture);
        }

        for (int mode = Next(4); mode != 0; mode = Next(4))
        {
            switch (mode)
            {
                case 1:
                    for (int left = Next(10); left > 0; left -= 3)
                    {
                        int digits = Math.Min(left, 3);
                        text.Append(Next(3 * digits + 1).ToString("D" + digits, CultureInfo.InvariantCulture));
                    }

                    break;
                case 2:
                    for (int left = Next(9); left > 0; left -= 2)
                    {
                        int pair = Next(left == 1 ? 6 : 11);
                        text.Append(left == 1 ? "" : Alphanumeric[pair / Alphanumeric.Length].ToString()).Append(Alphanumeric[pair % Alphanumeric.Length]);
                    }

                    break;
                case 4:
                    for (int left = Next(8); left > 0; left--)
                    {
                        text.Append((char)Next(8));
                    }

                    break;
                default:
                    Assert.Fail($"mode {mode} after \"{text}\"");
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>Finder patterns with what says mask and level, the lines of timing, and the one pattern of alignment.</summary>
    private static bool IsPattern(int row, int column, int size) =>
        (row < 9 && (column < 9 || column >= size - 8)) || (row >= size - 8 && column < 9) || row == 6 || column == 6
        || (row >= size - 9 && row < size - 4 && column >= size - 9 && column < size - 4);
}
