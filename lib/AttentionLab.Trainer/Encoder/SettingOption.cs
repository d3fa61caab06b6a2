using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace AttentionLab.Trainer;

/// <summary>
/// One of the <see cref="EncoderSettings"/> as an option of <c>train encoder</c>. <see cref="All"/> is the one table of them: the command reads its options
/// from it, the recipe its command line, and a resumed run what differs.
/// </summary>
/// <param name="Option">Name, range and default.</param>
/// <param name="Text">The value as the command line writes it.</param>
/// <param name="Take">The settings with the value of a parsed command line.</param>
internal sealed record SettingOption(Option Option, Func<EncoderSettings, string> Text, Func<EncoderSettings, ParseResult, EncoderSettings> Take)
{
    private static readonly EncoderSettings Standard = new();

    /// <summary>Every setting, in the order of the command line.</summary>
    public static IReadOnlyList<SettingOption> All { get; } =
    [
        Number("--layers", "Layers.", s => s.Layers, (s, v) => s with { Layers = v }, 1, 1000),
        Number("--channels", "Numbers a token.", s => s.Channels, (s, v) => s with { Channels = v }, 1, 4096),
        Number("--heads", "Heads; they divide the channels.", s => s.Heads, (s, v) => s with { Heads = v }, 1, 1024),
        Number("--hidden", "Width inside the feed-forward nets.", s => s.Hidden, (s, v) => s with { Hidden = v }, 1, 65536),
        Number("--length", "Tokens of a sequence.", s => s.Length, (s, v) => s with { Length = v }, 3, 65536),
        Number("--batch", "Sequences of a step.", s => s.Batch, (s, v) => s with { Batch = v }, 1, 65536),
        Number("--share", "Share of the tokens to be found.", s => s.Share, (s, v) => s with { Share = v }, 0.001, 1),
        Number("--final-share", "That share when the rate has fallen.", s => s.FinalShare, (s, v) => s with { FinalShare = v }, 0.001, 1),
        Number("--masked", "Share of these that becomes [MASK].", s => s.Masked, (s, v) => s with { Masked = v }, 0, 1),
        Number("--word-passes", "Passes of skip-gram that make the first table.", s => s.WordPasses, (s, v) => s with { WordPasses = v }, 0, 100_000),
        Number("--rate", "Largest learning rate.", s => s.Rate, (s, v) => s with { Rate = v }, 1e-9, 10),
        Number("--warmup", "Steps of growth to it.", s => s.Warmup, (s, v) => s with { Warmup = v }, 0, TrainOptions.MostSteps),
        Number("--deviation", "Deviation of the tables at the start.", s => s.Deviation, (s, v) => s with { Deviation = v }, 1e-9, 10),
        Number("--decay-share", "Share of the steps in which the rate falls.", s => s.DecayShare, (s, v) => s with { DecayShare = v }, 0, 1),
        Number("--weight-decay", "Weight decay of matrices.", s => s.WeightDecay, (s, v) => s with { WeightDecay = v }, 0, 1),
        Number("--beta2", "AdamW's memory of the square.", s => s.Beta2, (s, v) => s with { Beta2 = v }, 0, 0.999999),
        Number("--clip", "Largest norm of the gradient; 0 for no limit.", s => s.Clip, (s, v) => s with { Clip = v }, 0, 1e9),
        Number("--dropout", "Share of the numbers dropped.", s => s.Dropout, (s, v) => s with { Dropout = v }, 0, 0.99),
        Number("--seed", "Seed of everything random.", s => s.Seed, (s, v) => s with { Seed = v }, ulong.MinValue, ulong.MaxValue),
        Switch("--muon", "Muon moves the matrices.", s => s.Muon, (s, v) => s with { Muon = v }),
        Switch("--waves", "Positions start as waves.", s => s.Waves, (s, v) => s with { Waves = v }),
    ];

    /// <summary>The settings of a parsed command line.</summary>
    public static EncoderSettings Parsed(ParseResult parsed) => All.Aggregate(Standard, (settings, setting) => setting.Take(settings, parsed));

    /// <summary>The options that differ from the default, each after a space.</summary>
    public static string Arguments(EncoderSettings settings) =>
        string.Concat(Differences(Standard, settings).Select(d => $" {d.Name} {d.Now}"));

    /// <summary>What differs between two settings.</summary>
    public static IEnumerable<EncoderDifference> Differences(EncoderSettings then, EncoderSettings now) =>
        All.Select(s => new EncoderDifference(s.Option.Name, s.Text(then), s.Text(now))).Where(d => d.Then != d.Now);

    private static SettingOption Number<T>(
        string name, string what, Func<EncoderSettings, T> get, Func<EncoderSettings, T, EncoderSettings> with, T least, T most)
        where T : struct, INumber<T>
    {
        Option<T> option = TrainOptions.Number(name, what, get(Standard), least, most);
        return new(option, s => get(s).ToString(null, CultureInfo.InvariantCulture), (s, parsed) => with(s, parsed.GetValue(option)));
    }

    private static SettingOption Switch(string name, string what, Func<EncoderSettings, bool> get, Func<EncoderSettings, bool, EncoderSettings> with)
    {
        Option<string> option = TrainOptions.Switch(name, what, get(Standard));
        return new(option, s => get(s) ? "true" : "false", (s, parsed) => with(s, parsed.GetValue(option) == "true"));
    }
}
