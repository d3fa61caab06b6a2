using System.Composition;
using System.Composition.Hosting;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Formatting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Formatting;

namespace AttentionLab.Studio.Tests.Kernel.Interactive;

/// <summary>What a process starts with comes as machine code: CompileAhead.targets.</summary>
public sealed class CompileAheadTests
{
    /// <summary>With the machine code of all its methods a file is four to five times as long as its metadata, without any code of others that these call
    /// not twice.</summary>
    private const int LeastCode = 3;

    [Theory]
    [InlineData(typeof(Compilation))]
    [InlineData(typeof(CSharpCompilation))]
    [InlineData(typeof(Workspace))]
    [InlineData(typeof(CSharpFormattingOptions))]
    [InlineData(typeof(Script))]
    [InlineData(typeof(CompositionContext))]
    [InlineData(typeof(CompositionHost))]
    [InlineData(typeof(ContainerConfiguration))]
    [InlineData(typeof(System.Reactive.Unit))]
    [InlineData(typeof(Microsoft.DotNet.Interactive.Kernel))]
    [InlineData(typeof(CSharpKernel))]
    [InlineData(typeof(Formatter))]
    [InlineData(typeof(Markdig.Markdown))]
    [InlineData(typeof(AngleSharp.Dom.IDocument))]
    [InlineData(typeof(AngleSharp.Css.Dom.ICssStyleSheet))]
    [InlineData(typeof(Ganss.Xss.HtmlSanitizer))]
    [InlineData(typeof(Studio.Kernel.NotebookSession))]
    public void Assembly_OfTheProgram_IsMachineCode(Type type)
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64, "CompileAhead.targets names no such platform");
        string file = type.Assembly.Location;
        Assert.StartsWith(AppContext.BaseDirectory, file);
        using PEReader reader = new(File.OpenRead(file));
        const string Else = "is not compiled ahead: build without -p:CompileAhead=false, and see CompileAhead.targets";
        Assert.True(reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0, $"{file} {Else}");
        Assert.True(new FileInfo(file).Length > LeastCode * (long)reader.PEHeaders.MetadataSize, $"most of {file} {Else}");
    }
}
