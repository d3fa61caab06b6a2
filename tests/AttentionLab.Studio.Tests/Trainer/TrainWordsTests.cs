using System.Text.Json;
using AttentionLab.Course.Data;
using AttentionLab.Trainer;
using AttentionLab.Words;

namespace AttentionLab.Studio.Tests.Trainer;

public sealed class TrainWordsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>entity › thing › (fruit › 6 kinds, tool › 6 kinds), deep enough for the triples, with sentences for the vectors.</summary>
    public TrainWordsTests()
    {
        string[] fruits = ["apple", "banana", "cherry", "mango", "plum", "quince"], tools = ["hammer", "chisel", "pliers", "wrench", "spade", "trowel"];
        List<(string Words, int[] Above, string Gloss)> sets =
        [
            ("entity", [], "all that is"), ("abstraction", [0], "an idea"), ("object", [0], "a thing to touch"),
            ("plantpart", [2], "what grows"), ("growth", [3], "what grows on a plant"), ("organ", [4], "a part of a plant"), ("produce", [5], "what is picked"),
            ("fruit", [6], "sweet food that is picked"),
            ("artifact", [2], "what is made"), ("instrument", [8], "what is made for work"), ("device", [9], "what helps to work"),
            ("implement", [10], "what a hand holds"), ("tool", [11], "what a worker holds"),
        ];
        foreach ((string[] words, int above, string text) in new[]
        {
            (fruits, 7, "the {0} is sweet and ripe; \"she ate a ripe sweet {0} from the tree\"; \"a {0} is juicy and sweet\""),
            (tools, 12, "the {0} is made of steel; \"he hit the steel nail with a {0}\"; \"a {0} lies in the workshop\""),
        })
        {
            sets.AddRange(words.Select(word => (word, new[] { above }, string.Format(System.Globalization.CultureInfo.InvariantCulture, text, word))));
        }

        TinyCorpus.Write(_folder.Path, sets.Select((set, i) => TinyCorpus.Noun(i + 1, set.Words, set.Gloss, [.. set.Above.Select(a => a + 1)])), [], []);
        _folder.Write("wordnet/index.noun", "  1 licence\n" + string.Concat(sets.Select((set, i) => $"{set.Words} n 1 1 @ 1 0 {i + 1:D8}  \n")));
    }

    [Fact]
    public void Rival_ProgramThatWritesVectors_GivesThemAndItsTime()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in for fastText is a shell script");
        string program = Script("""
            while [ $# -gt 1 ]; do [ "$1" = -output ] && out=$2; shift; done
            until [ -e "$0.seen" ]; do i=$((i + 1)); done
            printf '2 2\napple 1 2\npear 3 4\n' > "$out.vec"
            """);
        TimeSpan seen = default;
        CancellationToken token = TestContext.Current.CancellationToken;
        (WordVectors vectors, TimeSpan time) = TrainWordsRival.Run([["apple", "pear"]], new(["apple", "pear"]), 1, 2, subwords: false, token, program, used =>
        {
            // It works until its time was seen to grow.
            if (used > default(TimeSpan) && seen == default)
            {
                seen = used;
                File.WriteAllText(program + ".seen", "");
            }
        });
        Assert.Equal([3f, 4f], vectors["pear"].ToArray());
        Assert.True(seen > default(TimeSpan) && time >= seen, $"{seen} was seen, {time} at the end");
    }

    [Fact]
    public void Rival_ProgramThatFails_SaysWhatItSaid()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in for fastText is a shell script");
        string program = Script("echo no such option >&2; exit 3");
        CourseException failure = Assert.Throws<CourseException>(
            () => TrainWordsRival.Run([["apple"]], new(["apple"]), 1, 2, subwords: true, TestContext.Current.CancellationToken, program));
        Assert.Contains("exit code 3: no such option", failure.Message);
    }

    [Fact]
    public async Task TrainWords_RunTwice_WritesTheSameFilesThatTheLibraryReads()
    {
        foreach (string output in new[] { "first", "second" })
        {
            (int exitCode, string text, string error) = await StudioProcess.RunAsync(
                "train", "words", "--corpus", _folder.Path, "--out", Path.Combine(_folder.Path, output), "--epochs", "30", "--subsample", "0.01", "--channels",
                "20", "--text", Path.Combine(_folder.Path, "text.txt"));
            Assert.Equal((0, ""), (exitCode, error));
            Assert.Contains("100.0 %   loss", text);
            Assert.Contains("v + u (written)", text);
        }

        foreach (string file in new[] { "words.txt", "vectors.safetensors" })
        {
            Assert.Equal(
                File.ReadAllBytes(Path.Combine(_folder.Path, "first", "words", file)), File.ReadAllBytes(Path.Combine(_folder.Path, "second", "words", file)));
        }

        WordVectors vectors = WordVectorFiles.ReadFolder(Path.Combine(_folder.Path, "first", "words"));
        Assert.Equal(20, vectors.Width);
        Assert.True(vectors.Words.Contains("sweet"));
        using JsonDocument recipe = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder.Path, "first", "words", "recipe.json")));
        Assert.EndsWith(" train words --channels 20 --epochs 30 --subsample 0.01", recipe.RootElement.GetProperty("command").GetString());
        Assert.Equal(30, recipe.RootElement.GetProperty("settings").GetProperty("epochs").GetInt32());
        Assert.Equal(vectors.Words.Count, recipe.RootElement.GetProperty("result").GetProperty("words").GetInt32());

        // Whatever the recipe says of the result is the same in every run, but for the time that it took.
        using JsonDocument again = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder.Path, "second", "words", "recipe.json")));
        Assert.Equal(Timeless(recipe), Timeless(again));
        string[] lines = File.ReadAllLines(Path.Combine(_folder.Path, "text.txt"));
        Assert.Contains(lines, line => line.EndsWith("is juicy and sweet", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Timeless(JsonDocument recipe) =>
        recipe.RootElement.GetProperty("result").EnumerateObject().Where(part => !part.Name.Contains("econd", StringComparison.Ordinal))
            .Select(part => part.ToString());

    [Fact]
    public void Run_Stopped_LeavesTheFilesThatAreThere()
    {
        string output = Path.Combine(_folder.Path, "out");
        List<string>[] sentences = VectorText.Of(Corpus.Read(_folder.Path));
        TrainWords training = new(sentences, output) { Size = 50, Settings = TrainWords.Usual with { Epochs = 1 } };
        training.Run(CancellationToken.None);
        byte[] before = File.ReadAllBytes(Path.Combine(output, "words", "vectors.safetensors"));
        Assert.Throws<OperationCanceledException>(() => (training with { Settings = TrainWords.Usual }).Run(new CancellationToken(canceled: true)));
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(output, "words", "vectors.safetensors")));
    }

    [Fact]
    public void Words_OfASentence_AreLowerCaseWithoutMarksAndEndings() => Assert.Equal(
        ["one", "best", "friend", "isn", "o", "clock", "x"], VectorText.Words("One's best friend: isn't (9) o'clock, X."));

    [Fact]
    public void Measures_PerfectAndUselessVectors_ScoreOneAndChance()
    {
        WordNetTree tree = WordNetTree.Read(_folder.Path);
        Vocabulary words = new([.. tree.Nouns, "unrelated"]);
        TrainWordsMeasures measures = new(tree, words);
        Assert.Equal(2000, measures.Triples.Count);
        Assert.All(measures.Triples, triple => Assert.True(tree.Related(triple.A).Contains(triple.B) && !tree.Related(triple.A).Contains(triple.C)));
        Assert.Contains("banana", tree.Related("apple"));
        Assert.Contains("fruit", tree.Related("apple"));
        Assert.DoesNotContain("hammer", tree.Related("apple"));

        // One direction for fruits, one for tools, one for the rest.
        Tensors.Tensor perfect = new(words.Count, 3);
        for (int i = 0; i < words.Count; i++)
        {
            perfect[i, tree.Senses(words[i]) is [int sense, ..] ? tree.Above(sense).Contains(13) ? 0 : tree.Above(sense).Contains(8) ? 1 : 2 : 2] = 1;
        }

        Assert.Equal(1, measures.Of(new(words, perfect)).Triples);
        double chance = measures.Of(new(words, Tensors.Tensor.Gaussian(new(1), 1, words.Count, 100))).Triples;
        Assert.InRange(chance, 0.05, 0.65);
    }

    [Fact]
    public async Task TrainWords_WithoutCorpus_NamesThePackagesAndExitsWith2()
    {
        string empty = Directory.CreateDirectory(Path.Combine(_folder.Path, "empty")).FullName;
        (int exitCode, _, string error) = await StudioProcess.RunAsync("train", "words", "--corpus", empty, "--out", empty);
        Assert.Equal(2, exitCode);
        Assert.Contains("apt-get install wordnet-base dict-gcide dict-foldoc", error);
    }

    private string Script(string text)
    {
        string path = _folder.Write("fasttext", "#!/bin/sh\n" + text + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return path;
    }

    public void Dispose() => _folder.Dispose();
}
