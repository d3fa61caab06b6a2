using System.Diagnostics;
using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Tests.Book;

public sealed class ExecutionKeyTests : IDisposable
{
    private readonly TemporaryCourse _course = new();
    private readonly TemporaryCourse _elsewhere = new();

    [Fact]
    public void Of_SameContentElsewhere_IsTheSameKey()
    {
        foreach (TemporaryCourse at in (TemporaryCourse[])[_course, _elsewhere])
        {
            at.WriteFile("lib/library.dll", "library");
            at.WriteFile("notebooks/setup.dib", $"#!csharp\n\n#r \"{at.Root.Replace('\\', '/')}/lib/library.dll\"\nusing System;\n");
            at.Write("01-a.dib", "#!import ./setup.dib", "1");
        }

        Assert.Equal(KeyOf(_course), KeyOf(_elsewhere));
    }

    [Theory]
    [InlineData("notebooks/01-a.dib", "#!markdown\n\nOther text\n\n#!csharp\n\n#!import ./setup.dib\n")]
    [InlineData("notebooks/setup.dib", "#!csharp\n\n#r \"../lib/library.dll\"\nusing System.Linq;\n")]
    [InlineData("lib/library.dll", "other library")]
    [InlineData("data/words.bin", "data")]
    public void Of_AnyChange_IsAnotherKey(string file, string content)
    {
        _course.WriteFile("lib/library.dll", "library");
        _course.WriteFile("notebooks/setup.dib", "#!csharp\n\n#r \"../lib/library.dll\"\nusing System;\n");
        _course.WriteFile("notebooks/01-a.dib", "#!markdown\n\nText\n\n#!csharp\n\n#!import ./setup.dib\n");
        string before = KeyOf(_course);
        Assert.Equal(before, KeyOf(_course));
        _course.WriteFile(file, content);
        Assert.NotEqual(before, KeyOf(_course));
    }

    [Theory]
    [InlineData("CourseData.Root", "work/models/minilm/model.safetensors", true)]
    [InlineData("CourseSection.All()", "notebooks/02-b.dib", true)]
    [InlineData("CourseData.Root", "work/models/.minilm.part/model.safetensors", false)]
    [InlineData("CourseData.Root", "work/models/.minilm.lock", false)]
    [InlineData("CourseData.Root", "work/01-a.dib", false)]
    [InlineData("1", "work/models/minilm/model.safetensors", false)]
    [InlineData("1", "notebooks/02-b.dib", false)]
    public void Of_WhatItsCellsReadBesideTheData_Counts(string code, string file, bool counts)
    {
        _course.Write("01-a.dib", code);
        _course.WriteFile("notebooks/02-b.dib", "#!markdown\n\n## 2.1 · Why?\n");
        string before = KeyOf(_course);
        _course.WriteFile(file, "#!markdown\n\n## 2.1 · Why not?\n");
        Assert.Equal(counts, before != KeyOf(_course));
    }

    [Fact]
    public void Of_ChangedReadme_IsTheSameKey()
    {
        _course.Write("01-a.dib", "1");
        _course.WriteFile("data/README.md", "one");
        string before = KeyOf(_course);
        _course.WriteFile("data/README.md", "two");
        Assert.Equal(before, KeyOf(_course));
    }

    /// <summary>With the commit in them, every commit would compile all projects again and run all notebooks again.</summary>
    [Fact]
    public void Libraries_OfTheNotebooks_CarryNoCommit()
    {
        string folder = Path.Combine(Repository.Root, "artifacts", "bin", "AttentionLab.Course", "course");
        foreach (string library in Directory.EnumerateFiles(folder, "AttentionLab*.dll"))
        {
            Assert.DoesNotContain('+', FileVersionInfo.GetVersionInfo(library).ProductVersion!);
        }

        Assert.True(File.Exists(Path.Combine(folder, "AttentionLab.dll")));
    }

    [Fact]
    public void Of_ImportsInACircle_Ends()
    {
        _course.WriteFile("notebooks/other.dib", "#!csharp\n\n#!import ./01-a.dib\n");
        _course.Write("01-a.dib", "#!import ./other.dib");
        Assert.Equal(64, KeyOf(_course).Length);
    }

    public void Dispose()
    {
        _course.Dispose();
        _elsewhere.Dispose();
    }

    private static string KeyOf(TemporaryCourse _course) =>
        new ExecutionKey(CourseFolder.Open(_course.Notebooks)).Of(Path.Combine(_course.Notebooks, "01-a.dib"));
}
