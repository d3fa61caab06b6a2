using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Tensors;

public class WorkspaceTests
{
    [Fact]
    public void Rent_SecondUse_GivesTheTensorsOfTheFirst()
    {
        Workspace workspace = new();
        Tensor a, b, other;
        using (workspace.Use())
        {
            (a, b, other) = (Workspace.Rent(2, 3), Workspace.Rent(2, 3), Workspace.Rent(3, 2));
        }

        using (workspace.Use())
        {
            Assert.Same(a, Workspace.Rent(2, 3));
            Assert.Same(other, Workspace.Rent(3, 2));
            Assert.Same(b, Workspace.Rent(2, 3));
            Assert.NotSame(a, Workspace.Rent(2, 3));
        }

        Assert.Equal(4 * 6 * sizeof(float), workspace.Bytes);
    }

    [Fact]
    public void Return_TensorOfThisUse_IsHandedOutNext()
    {
        Workspace workspace = new();
        using (workspace.Use())
        {
            Tensor a = Workspace.Rent(5), b = Workspace.Rent(5);
            Workspace.Return(a);
            Workspace.Return(new Tensor(5));
            Assert.Same(a, Workspace.Rent(5));
            Tensor c = Workspace.Rent(5);
            Assert.NotSame(a, c);
            Assert.NotSame(b, c);
        }
    }

    [Fact]
    public void Return_Twice_HandsOutOnce()
    {
        using (new Workspace().Use())
        {
            Tensor a = Workspace.Rent(4), b = Workspace.Rent(4);
            Workspace.Return(b);
            Workspace.Return(b);
            Tensor c = Workspace.Rent(4), d = Workspace.Rent(4);
            Assert.NotSame(c, d);
            Assert.NotSame(a, c);
            Assert.NotSame(a, d);
        }
    }

    [Fact]
    public void End_ShapesThatTheLastUseDidNotNeed_AreGone()
    {
        Workspace workspace = new();
        for (int rows = 1; rows <= 20; rows++)
        {
            using (workspace.Use())
            {
                Workspace.Rent(rows, 100);
                Workspace.Rent(50);
            }
        }

        Assert.Equal((20 * 100 + 50) * sizeof(float), workspace.Bytes);
    }

    [Fact]
    public void Use_Nested_TheInnerOneServes_ThenTheOuterAgain()
    {
        Workspace outer = new(), inner = new();
        using (outer.Use())
        {
            Tensor a = Workspace.Rent(3);
            using (inner.Use())
            {
                Assert.NotSame(a, Workspace.Rent(3));
            }

            Workspace.Return(a);
            Assert.Same(a, Workspace.Rent(3));
            Assert.Throws<InvalidOperationException>(() => outer.Use());
        }

        Assert.Equal(12, inner.Bytes);
        Assert.NotSame(Workspace.Rent(3), Workspace.Rent(3));
    }

    [Fact]
    public async Task Use_OtherThread_IsNotServed()
    {
        Workspace workspace = new();
        using (workspace.Use())
        {
            await Task.Factory.StartNew(() => Workspace.Rent(7), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Assert.Equal(0, workspace.Bytes);
        }
    }

    [Fact]
    public void LinearForward_WithinUse_OverwritesWhatWasThere()
    {
        Linear linear = new(6, 5, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 3, 6), expected = linear.Forward(x).Y;
        Workspace workspace = new() { Poison = true };
        for (int use = 0; use < 3; use++)
        {
            using (workspace.Use())
            {
                Compare.Same(linear.Forward(x).Y.Span, expected.Span, $"use {use}");
            }
        }
    }
}
