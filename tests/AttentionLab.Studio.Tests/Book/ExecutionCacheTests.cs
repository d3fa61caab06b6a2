using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Book;

public sealed class ExecutionCacheTests : IDisposable
{
    private static readonly ExecutedNotebook Notebook = new(
        "03-scaling",
        [
            new ExecutedCell(1, "markdown", "# Title", [], null, 0),
            new ExecutedCell(2, "csharp", "x\n\"ü\"",
                [new CellOutput("text/plain", "查询 <b>\n"), new CellOutput("application/vnd.plotly.v1+json", "{\"data\":[]}")], null, 0.25),
            new ExecutedCell(3, "csharp", "y", [], new CellFailure("E: m", 2, "details\n"), 1),
            new ExecutedCell(4, "csharp", "z", [], null, 0) { NotRun = true },
        ],
        12.5);

    private static readonly string Key = new('a', 64);

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var cache = new ExecutionCache(_folder.Path);
        Assert.Null(cache.Read(Notebook.Name, Key));
        Assert.Null(cache.LastSeconds(Notebook.Name));
        cache.Write(Notebook, Key);
        ExecutedNotebook read = cache.Read(Notebook.Name, Key)!;
        Assert.Equivalent(Notebook, read, strict: true);
        Assert.Equal(12.5, cache.LastSeconds(Notebook.Name));
        Assert.Null(cache.Read(Notebook.Name, new string('b', 64)));
        Assert.Null(cache.Read("02-context", Key));
    }

    [Fact]
    public void Write_NewKey_DropsTheOldFileOnly()
    {
        var cache = new ExecutionCache(_folder.Path);
        cache.Write(Notebook with { Name = "03-scaling-more" }, Key);
        cache.Write(Notebook, Key);
        cache.Write(Notebook, new string('b', 64));
        Assert.Null(cache.Read(Notebook.Name, Key));
        Assert.NotNull(cache.Read(Notebook.Name, new string('b', 64)));
        Assert.NotNull(cache.Read("03-scaling-more", Key));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.new"));
    }

    [Fact]
    public void Write_NameWithWildcardsOrADot_DropsNoOtherNotebook()
    {
        var cache = new ExecutionCache(_folder.Path);
        cache.Write(Notebook with { Name = "03-scaling.more" }, Key);
        cache.Write(Notebook with { Name = "03-other" }, Key);
        cache.Write(Notebook, Key);
        cache.Write(Notebook with { Name = "03-*" }, new string('b', 64));
        Assert.NotNull(cache.Read("03-scaling.more", Key));
        Assert.NotNull(cache.Read("03-other", Key));
        Assert.NotNull(cache.Read("03-scaling", Key));
    }

    [Fact]
    public void Write_WhereNothingCanBeWritten_SaysSoAndGoesOn()
    {
        var cache = new ExecutionCache(Path.Combine(_folder.Write("a-file", ""), "book"));
        cache.Write(Notebook, Key);
        Assert.StartsWith("outputs are not kept: ", cache.Problem);
        Assert.Null(cache.Read(Notebook.Name, Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"name\":\"03")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"name\":\"03-a\",\"cells\":[null],\"seconds\":0}")]
    [InlineData("{\"name\":\"03-a\",\"cells\":[{\"number\":1,\"language\":\"csharp\",\"source\":\"\",\"outputs\":[null],\"failure\":null,"
        + "\"seconds\":0}],\"seconds\":0}")]
    public void Read_DamagedFile_CountsAsNone(string content)
    {
        var cache = new ExecutionCache(_folder.Path);
        cache.Write(Notebook, Key);
        File.WriteAllText(Directory.GetFiles(_folder.Path, "*.json").Single(), content);
        Assert.Null(cache.Read(Notebook.Name, Key));
    }

    public void Dispose() => _folder.Dispose();
}
