using System.Text.Json;

namespace AttentionLab.Studio.Kernel;

/// <summary>What the JSON reader's own checks of null leave out: the items of lists.</summary>
internal static class JsonList
{
    /// <summary>Refuses a list with <c>null</c> among its items.</summary>
    /// <exception cref="JsonException">There is one.</exception>
    public static void RequireItems<T>(IReadOnlyList<T> list)
        where T : class
    {
        if (list.Any(item => item is null))
        {
            throw new JsonException($"A list of {typeof(T).Name} has a null among its items.");
        }
    }
}
