using AttentionLab.Course.Data;
using AttentionLab.Trainer;

namespace AttentionLab.Studio.Tests.Trainer;

public sealed class CorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Read_WordNetGloss_IsDefinitionBehindItsWordsAndExamples()
    {
        Assert.Equal(
            ["quince, quince fruit: a hard yellow fruit.", "she baked the quince for hours.", "what a fine quince!"],
            Sentences(nouns:
            [
                TinyCorpus.Noun(
                    1, "quince, quince fruit", "a hard yellow fruit; \"she baked the quince for hours\"; \"what a fine quince!\"- A. Poet", 7)
            ]));
    }

    [Fact]
    public void Read_GcideEntry_LosesPronunciationEtymologyTagsAuthorsAndFields()
    {
        string entry = """
            Quince \Quince\ (kw[i^]ns), n.; pl. {Quinces}. [OE. quynce, see
               {Coin}, [ae]ld, and more.]
               1. (Bot.) A hard fruit with an acid taste; as, a baked
                  quince. [Obs.] --A. Writer.
                  [1913 Webster]

               2. The tree which bears it; --
                  also called {quince tree}. See {Pear}.
                  [1913 Webster]

                     She baked the quinces in a caf['e] all day.
                                                           --A. Poet.
                  [1913 Webster]

               Note: It is small.

               {Quince curculio} (Zool.), a beetle that eats quinces.

               Syn: hard apple; yellow pear.
                    [WordNet 1.5] quinch
            """;
        Assert.Equal(
            [
                "Quince: A hard fruit with an acid taste; as, a baked quince.",
                "Quince: The tree which bears it; also called quince tree.",
                "She baked the quinces in a cafe all day.",
                "It is small.",
                "Quince curculio: a beetle that eats quinces.",
                "Quince: hard apple; yellow pear.",
            ],
            Sentences(gcide: [entry]));
    }

    [Fact]
    public void Read_FoldocEntry_LosesFieldsReferencesProgramsAndDates()
    {
        string entry = """
            quincunx
            QX

               <programming, tool> /kwin'cunks/ (QX) A {tool} that draws five
               dots, e.g. on {paper (http://example.org/paper)}.  It was
               written by A. Writer <writer@example.org> in 1999.

               	quincunx --draw 5
                    +--+

               ["Five dots", A. Writer, 1999].

               {Home (http://example.org/)}.

               See also {dot}.

               2. <games> A board with __five__ holes.

               (1999-12-31)
            """;
        Assert.Equal(
            [
                "quincunx: A tool that draws five dots, e.g. on paper.",
                "It was written by A. Writer in 1999.",
                "quincunx: A board with five holes.",
            ],
            Sentences(foldoc: [entry]));
    }

    [Fact]
    public void Read_SentenceInTwoDictionaries_IsKeptOnce()
    {
        Corpus corpus = Read(
            nouns: [TinyCorpus.Noun(1, "mallet", "a hammer with a wooden head")],
            gcide: ["mallet \\mal\"let\\, n.\n   A hammer with a wooden head."]);
        Assert.Equal(["mallet: a hammer with a wooden head."], corpus.Entries.SelectMany(entry => entry.Sentences));
        Assert.Equal(1, corpus.Repeated);
    }

    [Fact]
    public void Read_Split_DependsOnTheHeadwordAloneAndHasTheStatedShares()
    {
        string[] headwords = [.. Enumerable.Range(0, 4000).Select(i => $"word{i}")];
        CorpusPart[] plain = [.. headwords.Select(word => Corpus.Part(word, ["it lies in the garden."]))];
        CorpusPart[] senses = [.. headwords.Select(word => Corpus.Part(word, ["it lies there.", "An Apple fell."]))];
        Assert.Equal(plain, headwords.Select(word => Corpus.Part(word.ToUpperInvariant() + " ", ["other text."])));
        Assert.InRange(plain.Count(part => part == CorpusPart.HeldOut), 80, 160);
        Assert.DoesNotContain(CorpusPart.HeldOutSenses, plain);
        Assert.InRange(senses.Count(part => part == CorpusPart.HeldOutSenses), 1800, 2100);
        Assert.Equal(plain.Select(part => part == CorpusPart.HeldOut), senses.Select(part => part == CorpusPart.HeldOut));
    }

    [Fact]
    public void Read_HeldOutSentenceKnownFromTraining_IsDropped()
    {
        string held = Enumerable.Range(0, 1000).Select(i => $"held{i}").First(word => Corpus.Part(word, []) == CorpusPart.HeldOut);
        string trained = Enumerable.Range(0, 1000).Select(i => $"trained{i}").First(word => Corpus.Part(word, []) == CorpusPart.Training);
        Corpus corpus = Read(nouns:
        [
            TinyCorpus.Noun(1, trained, "a long wooden bench that stands in the garden near the old gate"),
            TinyCorpus.Noun(2, held, "an iron bench that stands in the garden near the old gate; \"he sat there\""),
        ]);
        Assert.Equal(["he sat there."], corpus.HeldOut.Select(sentence => sentence.Text));
        Assert.Equal(1, corpus.Shared);
        Assert.All(corpus.Training, sentence => Assert.Equal(trained, sentence.Entry.Headword));
        Assert.All(corpus.HeldOut, sentence => Assert.Same(corpus.Entries[sentence.EntryNumber], sentence.Entry));
    }

    [Fact]
    public void Read_MissingOrDamagedDictionary_NamesThePackagesOrTheFile()
    {
        string message = Assert.Throws<CourseException>(() => Corpus.Read(_folder.Path)).Message;
        Assert.Contains("apt-get install wordnet-base dict-gcide dict-foldoc", message);
        Read();
        string index = Path.Combine(_folder.Path, "dictd", "gcide.index");
        File.AppendAllText(index, "far\t/////\tB\n");
        Assert.Contains("gcide.index: line 2", Assert.Throws<CourseException>(() => Corpus.Read(_folder.Path)).Message);
        Read();
        File.WriteAllText(Path.Combine(_folder.Path, "dictd", "foldoc.dict.dz"), "not gzip");
        Assert.Contains("foldoc.dict.dz: is damaged", Assert.Throws<CourseException>(() => Corpus.Read(_folder.Path)).Message);
    }

    [Fact]
    public async Task TrainCorpus_MissingAndPresent_ExitsWith2AndCounts()
    {
        (int exitCode, string output, string error) = await StudioProcess.RunAsync("train", "corpus", "--corpus", _folder.Path);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("apt-get install wordnet-base dict-gcide dict-foldoc", error);
        Assert.Single(error.Trim().Split('\n'));
        Read(nouns: [TinyCorpus.Noun(1, "mallet", "a hammer with a wooden head")]);
        (exitCode, output, error) = await StudioProcess.RunAsync("train", "corpus", "--corpus", _folder.Path, "--sample", "1");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("mallet: a hammer with a wooden head.", output);
    }

    private IEnumerable<string> Sentences(string[]? nouns = null, string[]? gcide = null, string[]? foldoc = null) =>
        Read(nouns, gcide, foldoc).Entries.SelectMany(entry => entry.Sentences);

    private Corpus Read(string[]? nouns = null, string[]? gcide = null, string[]? foldoc = null)
    {
        TinyCorpus.Write(_folder.Path, nouns ?? [], gcide ?? [], foldoc ?? []);
        return Corpus.Read(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();
}
