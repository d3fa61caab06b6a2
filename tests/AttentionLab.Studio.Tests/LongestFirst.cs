using AttentionLab.Studio.Tests.Browser;
using AttentionLab.Studio.Tests.Commands;
using AttentionLab.Studio.Tests.Hosts;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(AttentionLab.Studio.Tests.LongestFirst))]

namespace AttentionLab.Studio.Tests;

/// <summary>
/// The classes that take minutes begin first: the tool runs notebooks on one processor, and when such a class was the last to begin, the others stood
/// idle for three minutes at the end. No test depends on this order.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        .. new[]
        {
            typeof(JupyterTests), typeof(StdioOddNotebooksTests), typeof(StdioEvenNotebooksTests), typeof(CourseInBrowserTests), typeof(BuildCommandTests),
        }.Select(type => type.FullName!),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(Place)];

    /// <summary>A class that names no collection is one of its own: "Test collection for CLASS (id: …)".</summary>
    private static int Place<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        int place = Array.FindIndex(Longest, name => collection.TestCollectionDisplayName.Contains($" {name} ", StringComparison.Ordinal));
        return place < 0 ? Longest.Length : place;
    }
}
