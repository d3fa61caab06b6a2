using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Tests.Book;

public sealed class ExecutionKeyTests : IDisposable
{
    private readonly TemporaryCourse course = new();
    private readonly TemporaryCourse elsewhere = new();

    [Fact]
    public void Of_SameContentElsewhere_IsTheSameKey()
    {
        foreach (TemporaryCourse at in (TemporaryCourse[])[course, elsewhere])
        {
            at.WriteFile("lib/library.dll", "library");
            at.WriteFile("notebooks/setup.dib", $"#!csharp\n\n#r \"{at.Root.Replace('\\', '/')}/lib/library.dll\"\nusing System;\n");
            at.Write("01-a.dib", "#!import ./setup.dib", "1");
        }

        Assert.Equal(KeyOf(course), KeyOf(elsewhere));
    }

    [Theory]
    [InlineData("notebooks/01-a.dib", "#!markdown\n\nOther text\n\n#!csharp\n\n#!import ./setup.dib\n")]
    [InlineData("notebooks/setup.dib", "#!csharp\n\n#r \"../lib/library.dll\"\nusing System.Linq;\n")]
    [InlineData("lib/library.dll", "other library")]
    [InlineData("data/words.bin", "data")]
    public void Of_AnyChange_IsAnotherKey(string file, string content)
    {
        course.WriteFile("lib/library.dll", "library");
        course.WriteFile("notebooks/setup.dib", "#!csharp\n\n#r \"../lib/library.dll\"\nusing System;\n");
        course.WriteFile("notebooks/01-a.dib", "#!markdown\n\nText\n\n#!csharp\n\n#!import ./setup.dib\n");
        string before = KeyOf(course);
        Assert.Equal(before, KeyOf(course));
        course.WriteFile(file, content);
        Assert.NotEqual(before, KeyOf(course));
    }

    [Fact]
    public void Of_ChangedReadme_IsTheSameKey()
    {
        course.Write("01-a.dib", "1");
        course.WriteFile("data/README.md", "one");
        string before = KeyOf(course);
        course.WriteFile("data/README.md", "two");
        Assert.Equal(before, KeyOf(course));
    }

    [Fact]
    public void Of_ImportsInACircle_Ends()
    {
        course.WriteFile("notebooks/other.dib", "#!csharp\n\n#!import ./01-a.dib\n");
        course.Write("01-a.dib", "#!import ./other.dib");
        Assert.Equal(64, KeyOf(course).Length);
    }

    public void Dispose()
    {
        course.Dispose();
        elsewhere.Dispose();
    }

    private static string KeyOf(TemporaryCourse course) =>
        new ExecutionKey(CourseFolder.Open(course.Notebooks)).Of(Path.Combine(course.Notebooks, "01-a.dib"));
}
