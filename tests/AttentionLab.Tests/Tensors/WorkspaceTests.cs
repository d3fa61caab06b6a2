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
    public void Use_OtherThread_IsNotServed()
    {
        Workspace workspace = new();
        using (workspace.Use())
        {
            OwnThread.Run(() => Workspace.Rent(7));
            Assert.Equal(0, workspace.Bytes);
        }
    }

    /// <summary>What "using (workspace.Use()) { await …; }" does where the rest runs on another thread.</summary>
    [Fact]
    public void Dispose_OnAnotherThread_IsRefusedAndTheUseGoesOn()
    {
        Workspace workspace = new();
        Workspace.Scope scope = workspace.Use();
        Tensor a = Workspace.Rent(3);
        OwnThread.Run(() => Assert.Contains("do not await within a use", Assert.Throws<InvalidOperationException>(scope.Dispose).Message));
        Assert.Throws<InvalidOperationException>(() => workspace.Use());
        Assert.NotSame(a, Workspace.Rent(3));
        scope.Dispose();
        OwnThread.Run(scope.Dispose);
        Tensor kept = Workspace.Rent(3);
        using (workspace.Use())
        {
            Assert.Same(a, Workspace.Rent(3));
            Assert.NotSame(kept, Workspace.Rent(3));
        }
    }

    [Fact]
    public void Dispose_Twice_LeavesTheNextUseAlone()
    {
        Workspace workspace = new();
        Workspace.Scope first = workspace.Use();
        first.Dispose();
        using (workspace.Use())
        {
            Tensor a = Workspace.Rent(4);
            first.Dispose();
            Assert.NotSame(a, Workspace.Rent(4));
            Assert.Throws<InvalidOperationException>(() => workspace.Use());
        }

        Assert.Equal(2 * 4 * sizeof(float), workspace.Bytes);
    }

    [Fact]
    public void Dispose_OuterUseFirst_IsRefused()
    {
        Workspace outer = new(), inner = new();
        Workspace.Scope first = outer.Use(), second = inner.Use();
        Assert.Contains("end that one first", Assert.Throws<InvalidOperationException>(first.Dispose).Message);
        second.Dispose();
        first.Dispose();
        Tensor a = Workspace.Rent(5);
        Assert.NotSame(a, Workspace.Rent(5));
        Assert.Equal(0, outer.Bytes + inner.Bytes);
    }

    [Fact]
    public void Use_AgainAndAgain_AllocatesNothing()
    {
        Workspace workspace = new();
        Assert.Equal(0, Allocations.OfTenCalls(() => workspace.Use().Dispose()));
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
