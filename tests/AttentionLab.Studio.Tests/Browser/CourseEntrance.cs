using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>The way of a browser into a running course.</summary>
internal static class CourseEntrance
{
    /// <summary>Lets this browser into a course, and opens a page of it.</summary>
    public static async Task EnterAsync(this WatchedPage watched, CourseServer server, string page)
    {
        await watched.Context.APIRequest.GetAsync(server.Entrance().AbsoluteUri);
        await watched.Page.GotoAsync(new Uri(server.Address, page).AbsoluteUri);
    }
}
