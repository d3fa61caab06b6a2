using System.Text;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>What a kernel writes past the console of .NET, up to the mark that ends a run.</summary>
public sealed class NativeOutputTests
{
    /// <summary>A long line is taken in pieces; the mark behind it stays whole wherever the cut falls.</summary>
    [Fact]
    public async Task Take_LineOfAnyLengthBeforeTheMark_IsWholeAndTheRunHasEnded()
    {
        for (int length = 1000; length <= 1030; length++)
        {
            string line = new('x', length);
            NativeOutput output = Read(line + KernelHost.EndOfRun + "7\nbehind");
            await output.Completed;
            Assert.Equal(line + "behind", output.Take());
        }
    }

    [Fact]
    public async Task Take_TheMarksFirstCharacterAlone_IsText()
    {
        NativeOutput output = Read("a\u0001b\u0001\u0001end-of");
        await output.Completed;
        Assert.Equal("a\u0001b\u0001\u0001end-of", output.Take());
    }

    private static NativeOutput Read(string text) => new(new StreamReader(new MemoryStream(Encoding.UTF8.GetBytes(text))));
}
