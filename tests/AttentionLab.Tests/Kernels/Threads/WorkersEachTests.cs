using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

[Collection(nameof(WorkersTests))]
public sealed class WorkersEachTests : IDisposable
{
    private readonly int _before = Workers.Count;

    public void Dispose() => Workers.Count = _before;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Results_stand_in_the_order_of_the_items(int count)
    {
        Workers.Count = count;
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * i), Workers.Each(Enumerable.Range(0, 100), i => i * i));
        Assert.Empty(Workers.Each(Array.Empty<int>(), i => i));
    }

    /// <summary>Each of two pieces waits for the other, which would take for ever if one came after the other.</summary>
    [Fact]
    public void Two_pieces_are_at_work_at_once()
    {
        Workers.Count = 2;
        using Barrier both = new(2);
        Assert.Equal([true, true], Workers.Each([1, 2], _ => both.SignalAndWait(TimeSpan.FromMinutes(5))));
    }

    [Fact]
    public void Kernels_and_pieces_within_a_piece_stay_on_its_thread_which_is_free_again_behind_it()
    {
        Workers.Count = 2;
        Assert.Equal([true, true, true], Workers.Each([1, 2, 3], _ => Workers.Inside));
        Assert.Equal([1, 1], Workers.Each([1, 2], _ => Workers.Each([1, 2, 3], _ => Environment.CurrentManagedThreadId).Distinct().Count()));
        Assert.False(Workers.Inside);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_exception_of_a_piece_reaches_the_caller_as_it_is(int count)
    {
        Workers.Count = count;
        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() =>
            Workers.Each(Enumerable.Range(0, 10), i => i == 3 ? throw new InvalidOperationException("piece 3") : i));
        Assert.Equal("piece 3", thrown.Message);
        Assert.False(Workers.Inside);
    }
}
