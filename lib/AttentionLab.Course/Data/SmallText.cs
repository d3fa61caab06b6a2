using AttentionLab.Kernels;

namespace AttentionLab.Course.Data;

/// <summary>
/// The small text of chapter 01: 1500 short sentences of our own about fruit, animals, tools, computers, a family and music, in which
/// <i>apple</i> (a fruit, a firm), <i>mouse</i> (an animal, a thing on a desk) and <i>file</i> (a tool, a thing on a disk) have two senses each.
/// A grammar made it once; it lies in <c>data/small-text.txt</c>, and <see cref="Generate"/> makes it again.
/// </summary>
public static class SmallText
{
    /// <summary>Sentences a topic.</summary>
    private const int PerTopic = 250;

    private static readonly string[] People = ["anna", "ben", "clara", "david", "ella", "frank", "grace", "henry"];

    /// <summary>The topics and their nouns; a word that stands in two topics has two senses.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Topics { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        ["fruit"] = ["apple", "orange", "banana", "pear", "plum", "cherry", "grape", "lemon"],
        ["animals"] = ["cat", "dog", "horse", "cow", "sheep", "rabbit", "goat", "mouse"],
        ["tools"] = ["hammer", "saw", "drill", "axe", "spade", "chisel", "wrench", "file"],
        ["computers"] = ["computer", "laptop", "phone", "tablet", "keyboard", "screen", "printer", "mouse", "file", "apple"],
        ["family"] = ["mother", "father", "sister", "brother", "uncle", "aunt", "daughter", "son"],
        ["music"] = ["piano", "violin", "guitar", "trumpet", "flute", "drum", "cello", "harp"],
    };

    // A word in braces is drawn from the list of that name; {fruit} … {music} are the nouns, without those that would make no sense there.
    private static readonly Dictionary<string, string[]> Lists = new()
    {
        ["person"] = People,
        ["fruit"] = [.. Topics["fruit"]],
        ["animal"] = [.. Topics["animals"]],
        ["tool"] = [.. Topics["tools"]],
        ["device"] = ["computer", "laptop", "phone", "tablet", "keyboard", "screen", "printer", "mouse"],
        ["family"] = [.. Topics["family"]],
        ["instrument"] = [.. Topics["music"]],
        ["taste"] = ["sweet", "sour", "ripe", "juicy", "fresh"],
        ["dish"] = ["cake", "pie", "jam", "salad", "juice"],
        ["fur"] = ["grey", "hungry", "tame", "shy", "furry"],
        ["food"] = ["grass", "hay", "milk", "corn", "cheese"],
        ["place"] = ["barn", "stable", "field", "meadow", "farm"],
        ["steel"] = ["sharp", "heavy", "steel", "rusty", "blunt"],
        ["stuff"] = ["wood", "nail", "plank", "iron", "pipe"],
        ["speed"] = ["fast", "digital", "wireless", "cheap", "portable"],
        ["office"] = ["program", "email", "software", "internet", "game"],
        ["kin"] = ["kind", "young", "older", "little", "proud"],
        ["feast"] = ["birthday", "wedding", "holiday", "easter", "christmas"],
        ["sound"] = ["loud", "soft", "wooden", "deep", "bright"],
        ["piece"] = ["song", "melody", "concert", "tune", "waltz"],
    };

    private static readonly (string Topic, string[] Patterns)[] Grammar =
    [
        ("fruit",
        [
            "{person} eats a {taste} {fruit}", "the {fruit} on the tree is {taste} and {taste}", "{person} makes {dish} with {fruit} and {fruit}",
            "a {taste} {fruit} falls from the tree", "we pick a {fruit} and a {fruit} in the orchard", "the {dish} of {person} has {taste} {fruit} in it",
            "{person} peels the {fruit} for the {dish}", "the {taste} {fruit} hangs beside the {fruit}",
        ]),
        ("animals",
        [
            "the {fur} {animal} eats {food} in the {place}", "{person} feeds the {animal} with {food}", "a {animal} and a {animal} sleep in the {place}",
            "the {animal} runs across the {place}", "the {fur} {animal} is afraid of the {animal}", "{person} keeps a {fur} {animal} in the {place}",
            "a {animal} likes {food} more than {food}", "the {fur} {animal} has a tail and four legs",
        ]),
        ("tools",
        [
            "{person} cuts the {stuff} with a {tool}", "the {steel} {tool} lies on the workbench", "a {tool} and a {tool} hang in the workshop",
            "{person} repairs the {stuff} with a {steel} {tool}", "the carpenter holds a {tool} and the {stuff}", "the {steel} {tool} breaks the {stuff}",
            "{person} takes the {tool} out of the toolbox", "the carpenter sharpens the {steel} {tool}",
        ]),
        ("computers",
        [
            "apple sells a {speed} {device}", "{person} buys a {speed} {device} from apple", "the {device} and the {device} run the {office}",
            "{person} connects the {device} to the {device}", "{person} opens the file on the {device}", "{person} clicks on the file with the mouse",
            "the {speed} {device} needs new {office}", "apple writes {office} for the {speed} {device}", "{person} sends the file by email from the {device}",
            "the file with the {office} is on the {speed} {device}",
        ]),
        ("family",
        [
            "my {kin} {family} comes to the {feast}", "the {family} of {person} loves the {family}", "{person} writes a {feast} card to her {family}",
            "our {family} and our {family} live together", "my {family} is married and has a {kin} {family}",
            "his {kin} {family} hugs the {family} at the {feast}",
            "{person} visits her {kin} {family} and her {family}", "my {family} is proud of my {kin} {family}",
        ]),
        ("music",
        [
            "{person} plays a {piece} on the {instrument}", "the {sound} {instrument} and the {instrument} play a {piece}",
            "we hear a {sound} {instrument} in the orchestra",
            "{person} learns the {instrument} for the {piece}", "the {piece} for {instrument} and {instrument} sounds {sound}",
            "{person} tunes the {sound} {instrument}",
            "the orchestra needs a {instrument} and a {sound} {instrument}", "the {sound} {piece} is written for the {instrument}",
        ]),
    ];

    /// <summary>The sentences as words, from <c>data/small-text.txt</c>.</summary>
    /// <param name="path">A file with a sentence a line; null for the course's own.</param>
    public static IReadOnlyList<string[]> Load(string? path = null) =>
        [
            .. File.ReadLines(path ?? CourseData.Path("small-text.txt")).Select(
                line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 0)
        ];

    /// <summary>Makes the text: for each topic sentences that differ, then all of them in random order.</summary>
    /// <param name="seed">Seed; 1 made the course's file.</param>
    public static IReadOnlyList<string> Generate(ulong seed = 1)
    {
        CounterRandom random = new(seed);
        List<string> sentences = [];
        foreach ((_, string[] patterns) in Grammar)
        {
            HashSet<string> made = new(StringComparer.Ordinal);
            while (made.Count < PerTopic)
            {
                string sentence = Fill(patterns[random.NextInt(patterns.Length)], random);
                if (made.Add(sentence))
                {
                    sentences.Add(sentence);
                }
            }
        }

        return [.. random.Permutation(sentences.Count).Select(i => sentences[i])];
    }

    /// <summary>Draws a word for each pair of braces; no word twice in a sentence.</summary>
    private static string Fill(string pattern, CounterRandom random)
    {
        HashSet<string> used = [];
        return string.Join(' ', pattern.Split(' ').Select(word =>
        {
            if (!word.StartsWith('{'))
            {
                used.Add(word);
                return word;
            }

            string[] list = Lists[word.Trim('{', '}')];
            string drawn = list[random.NextInt(list.Length)];
            while (!used.Add(drawn))
            {
                drawn = list[random.NextInt(list.Length)];
            }

            return drawn;
        }));
    }
}
