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

    /// <summary>A cell can write to the pipe, so a message may be anything: what the host reads of it is there.</summary>
    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"Kind\":null}")]
    [InlineData("{\"Kind\":\"hello\"}")]
    [InlineData("{\"Kind\":\"output\"}")]
    [InlineData("{\"Kind\":\"output\",\"Output\":{\"MimeType\":\"text/html\"}}")]
    [InlineData("{\"Kind\":\"output\",\"Output\":{\"MimeType\":null,\"Content\":\"x\"}}")]
    [InlineData("{\"Kind\":\"done\",\"Failure\":{\"Message\":\"x\"}}")]
    [InlineData("{\"Kind\":\"answer\",\"Id\":\"one\"}")]
    public void Read_WellFormedNonsense_SaysSo(string json)
    {
        byte[] body = System.Text.Encoding.UTF8.GetBytes(json);
        using var pipe = new MemoryStream([.. "AbE\u0001"u8, .. BitConverter.GetBytes(body.Length), .. body]);
        Assert.Equal("it sent a message that makes no sense", Assert.Throws<InvalidDataException>(() => MessageFrame.Read(pipe)).Message);
    }

    [Fact]
    public void Read_MessageOfZeros_IsTheSameMessage()
    {
        using var pipe = new MemoryStream();
        var message = new KernelMessage("answer") { Completions = new CompletionList(0, 0, []), Completion = new Completion("", "", "") };
        MessageFrame.Write(pipe, message);
        pipe.Position = 0;
        KernelMessage read = MessageFrame.Read(pipe)!;
        Assert.Equal(message, read with { Completions = message.Completions });
        Assert.Equal((0, 0, 0), (read.Completions!.Start, read.Completions.Length, read.Completions.Items.Count));
    }
}
