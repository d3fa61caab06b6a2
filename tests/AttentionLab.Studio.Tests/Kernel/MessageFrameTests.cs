using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

public sealed class MessageFrameTests
{
    [Fact]
    public void Read_WhatWasWritten_IsTheSameMessage()
    {
        using var pipe = new MemoryStream();
        KernelMessage[] messages =
            [new("run") { Id = 3, Cell = 2, Source = "\"<é>\"\n\u0001" }, new("output") { Output = new CellOutput(CellOutput.Stream, "text\n") }];
        Array.ForEach(messages, message => MessageFrame.Write(pipe, message));
        pipe.Position = 0;
        Assert.Equal(messages[0], MessageFrame.Read(pipe));
        Assert.Equal(messages[1], MessageFrame.Read(pipe));
        Assert.Null(MessageFrame.Read(pipe));
    }

    [Fact]
    public void Read_CutAtAnyByte_SaysSo()
    {
        using var whole = new MemoryStream();
        MessageFrame.Write(whole, new KernelMessage("done") { Id = 1, Seconds = 0.5 });
        for (int length = 1; length < whole.Length; length++)
        {
            using var cut = new MemoryStream(whole.ToArray(), 0, length);
            Assert.Equal("it ended in the middle of a message", Assert.Throws<InvalidDataException>(() => MessageFrame.Read(cut)).Message);
        }
    }
}
