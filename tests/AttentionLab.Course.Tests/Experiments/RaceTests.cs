using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Tests.Experiments;

public class RaceTests
{
    [Fact]
    public void Milliseconds_WhatLayersMakeInARun_IsUsedAgainByThatRunOnly()
    {
        Tensor x = Tensor.Gaussian(new CounterRandom(1), 1, 8, 4);
        List<Tensor>[] made = [[], []];
        double[] times = Race.Milliseconds(3, [.. made.Select(list => (Action)(() => list.Add(ScaledDotProductAttention.Forward(x, x, x).Output)))]);
        Assert.All(times, time => Assert.True(time > 0));
        Assert.All(made, list => Assert.True(list.Count > 3));
        Assert.Equal([1, 1], made.Select(list => list.Distinct(ReferenceEqualityComparer.Instance).Count()));
        Assert.NotSame(made[0][0], made[1][0]);
    }

    [Fact]
    public void Milliseconds_NoRound_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Race.Milliseconds(0, () => { }));
}
