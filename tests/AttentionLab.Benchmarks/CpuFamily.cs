using System.Globalization;

namespace AttentionLab.Benchmarks;

/// <summary>The name of a CPU's design: virtual machines often say no more than "AMD EPYC", and limits are those of a design.</summary>
internal static class CpuFamily
{
    /// <summary>Designs of which we know the numbers: vendor, family, first and last model (AMD's and Intel's lists of identifiers).</summary>
    private static readonly (string Vendor, int Family, int First, int Last, string Design)[] Designs =
    [
        ("AuthenticAMD", 23, 0x00, 0x2f, "Zen"),
        ("AuthenticAMD", 23, 0x30, 0xff, "Zen 2"),
        ("AuthenticAMD", 25, 0x00, 0x0f, "Zen 3"),
        ("AuthenticAMD", 25, 0x10, 0x1f, "Zen 4"),
        ("AuthenticAMD", 25, 0x20, 0x5f, "Zen 3"),
        ("AuthenticAMD", 25, 0x60, 0xaf, "Zen 4"),
        ("AuthenticAMD", 26, 0x00, 0x7f, "Zen 5"),
        ("GenuineIntel", 6, 85, 85, "Skylake or Cascade Lake"),
        ("GenuineIntel", 6, 106, 108, "Ice Lake"),
        ("GenuineIntel", 6, 143, 143, "Sapphire Rapids"),
        ("GenuineIntel", 6, 173, 174, "Granite Rapids"),
        ("GenuineIntel", 6, 207, 207, "Emerald Rapids"),
    ];

    /// <summary>The name, with the design behind it as far as the numbers say it.</summary>
    /// <param name="name">As the system gives it.</param>
    /// <param name="vendor">For example AuthenticAMD; null if nobody says it.</param>
    /// <param name="family">Its number; null if nobody says it.</param>
    /// <param name="model">Its number; null if nobody says it.</param>
    public static string Describe(string name, string? vendor, string? family, string? model)
    {
        if (!int.TryParse(family, NumberStyles.None, CultureInfo.InvariantCulture, out int f)
            || !int.TryParse(model, NumberStyles.None, CultureInfo.InvariantCulture, out int m))
        {
            return name;
        }

        string design = Designs.FirstOrDefault(known => known.Vendor == vendor && known.Family == f && known.First <= m && m <= known.Last).Design is { } found
            ? found + ", " : "";
        return FormattableString.Invariant($"{name} ({design}family {f}, model {m})");
    }
}
