using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class KeyValueCacheTests
{
    private const int Batch = 2, Heads = 3, Length = 37, Dim = 20, ValueDim = 17;

    private static readonly Tensor Keys = Tensor.Gaussian(new CounterRandom(1), 1, Batch, Heads, Length, Dim);
    private static readonly Tensor Values = Tensor.Gaussian(new CounterRandom(2), 1, Batch, Heads, Length, ValueDim);

    public static TheoryData<int> Queries => [.. Enumerable.Range(0, 10)];

    /// <summary>Few queries and more of them take different roads: neither the outputs nor what is hidden may tell which.</summary>
    [Theory, MemberData(nameof(Queries))]
    public void Attend_AnyNumberOfQueries_AgreesWithReference(int queries)
    {
        KeyValueCache cache = Filled(capacity: Length + 5);
        Tensor query = Tensor.Gaussian(new CounterRandom(3), 1, Batch, Heads, queries, Dim);
        bool[] visible = [.. Enumerable.Range(0, Length).Select(j => j % 5 != 2)];
        Tensor output = cache.Attend(query, 0.3f, AttentionMask.Causal & AttentionMask.Keys(visible));

        double[] expected = new double[output.Length], weights = new double[Batch * Heads * queries * Length];
        AttendSizes sizes = new(Batch, Heads, queries, Length, Dim, ValueDim);
        AttendMask mask = new() { Causal = true, Keys = visible };
        Attend.Reference(
            AttendInput.Split<double>(Inputs.Widen(query.Values), Inputs.Widen(Keys.Values), Inputs.Widen(Values.Values), sizes, 0.3f, mask),
            expected, weights);
        Compare.Close(output.Values, expected, Tolerances.Kernel, $"{queries} queries");
    }

    [Fact]
    public void Attend_FewQueriesAgain_FormsNoWeightsAnew()
    {
        KeyValueCache cache = Filled(capacity: 100_000);
        Tensor query = new(Batch, Heads, 3, Dim);
        cache.Attend(query, 1);
        cache.Attend(query, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        cache.Attend(query, 1);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 10_000);
    }

    private static KeyValueCache Filled(int capacity)
    {
        KeyValueCache cache = new(Batch, Heads, capacity, Dim, ValueDim);
        cache.Append(Keys, Values);
        return cache;
    }
}
