using AttentionLab.Course.Data;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>Two courses on one folder would undo each other's work.</summary>
public sealed class WorkLockTests : IDisposable
{
    private readonly TemporaryCourse _course = new();

    private string Work => Path.Combine(_course.Root, "work");

    public void Dispose() => _course.Dispose();

    [Fact]
    public async Task Course_ASecondOnTheSameFolder_EndsAndNamesTheFirst()
    {
        _course.Write("01-a.dib", "1");
        await using (LiveCourse first = Open())
        {
            Assert.StartsWith("another program holds the reader's version of the course (", Assert.Throws<CourseException>(Open).Message);
            await using CourseServer server = await CourseServer.StartAsync(first);
            Assert.Equal(
                $"the course runs already, at {server.Address}, and keeps what you write in {Work}: open that address, or end that course (process "
                + $"{Environment.ProcessId}) first; of two, each would undo what the other keeps.",
                Assert.Throws<CourseException>(Open).Message);
        }

        await using LiveCourse next = Open();
        Assert.NotNull(next.Session("01-a"));
    }

    [Fact]
    public async Task Course_WhereNothingCanBeWritten_Starts()
    {
        _course.Write("01-a.dib", "1");
        File.WriteAllText(Work, "a file, no folder");
        await using LiveCourse course = Open();
        await using CourseServer server = await CourseServer.StartAsync(course);
        Assert.StartsWith("Not saved;", WorkedChapter.Edit(course.Session("01-a")!, "c1", "2", 0).Word);
    }

    private LiveCourse Open()
    {
        CourseSource source = new(
            CourseFolder.Open(_course.Notebooks).Executed, chapters => new CourseContent(chapters, [], [], null), _ => null,
            (_, _, _) => throw new InvalidOperationException("nothing is run"))
        {
            Work = new WorkOptions { Folder = Work },
        };
        return new LiveCourse(source, new Formulas(node: null));
    }
}
