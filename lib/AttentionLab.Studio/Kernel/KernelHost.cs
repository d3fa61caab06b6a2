using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Text;
using System.Threading.Channels;
using AttentionLab.Studio.Dib;

namespace AttentionLab.Studio.Kernel;

/// <summary>
/// The kernel process: runs the cells of one notebook that the host sends over a private pipe, and sends back what they show. Standard
/// output belongs to the notebook. When the host goes away its end of the pipe closes, and this process ends at once.
/// </summary>
internal sealed class KernelHost : IDisposable
{
    /// <summary>Starts a line on standard output and error that ends a cell, so that the host knows it has read everything.</summary>
    public const string EndOfCell = "\u0001end-of-cell ";

    /// <summary>The most that one cell may show, in characters of all its outputs.</summary>
    private const long MaximumOutput = 96L * 1024 * 1024;

    private const int MaximumOutputs = 500;

    private readonly string notebook;
    private readonly StreamWriter toHost;
    private readonly Lock sending = new();
    private readonly CellConsole console;
    private readonly ScriptSession session = new();
    private readonly Stack<string> importing = new();
    private long shown;
    private int outputs;
    private bool flooded;

    private KernelHost(string notebook, Stream toHost)
    {
        this.notebook = Path.GetFullPath(notebook);
        this.toHost = new StreamWriter(toHost, new UTF8Encoding(false)) { NewLine = "\n", AutoFlush = false };
        console = new CellConsole(text => Show(new CellOutput(CellOutput.Stream, text)));
        importing.Push(this.notebook);
    }

    /// <summary>Serves one host until it goes away.</summary>
    /// <param name="notebook">The notebook's file: relative paths start from its folder.</param>
    /// <param name="commands">Handle of the pipe that commands come from.</param>
    /// <param name="messages">Handle of the pipe that messages go to.</param>
    public static int Run(string notebook, string commands, string messages)
    {
        using var input = new AnonymousPipeClientStream(PipeDirection.In, commands);
        using var output = new AnonymousPipeClientStream(PipeDirection.Out, messages);
        using var host = new KernelHost(notebook, output);
        Channel<KernelMessage> queue = Channel.CreateUnbounded<KernelMessage>();
        new Thread(() => ReadCommands(input, queue.Writer)) { IsBackground = true, Name = "commands" }.Start();
        return host.Serve(queue.Reader);
    }

    public void Dispose()
    {
        console.Dispose();
        toHost.Dispose();
    }

    private static void ReadCommands(Stream input, ChannelWriter<KernelMessage> queue)
    {
        try
        {
            using var reader = new StreamReader(input, Encoding.UTF8);
            while (reader.ReadLine() is string line)
            {
                queue.TryWrite(KernelMessage.FromLine(line));
            }
        }
        finally
        {
            // The host is gone. A cell may be in an endless loop: ask nobody, end.
            Process.GetCurrentProcess().Kill();
        }
    }

    private int Serve(ChannelReader<KernelMessage> queue)
    {
        AppContext.SetData(DisplayName, (Action<object?>)Display);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            console.End();
            Send(new KernelMessage("exit"));
        };
        using var ticks = new Timer(_ => console.Flush(), null, 100, 100);
        RunImplicit(DisplaySource);
        Send(new KernelMessage("ready"));
        while (true)
        {
            KernelMessage command = queue.ReadAsync().AsTask().GetAwaiter().GetResult();
            Run(command.Cell, command.Source ?? "");
        }
    }

    private void Run(int cell, string source)
    {
        shown = outputs = 0;
        flooded = false;
        console.Begin();
        Console.SetOut(console);
        Console.SetError(console);
        var clock = Stopwatch.StartNew();
        CellFailure? failure = RunCell(source, new CellPath(Path.GetFileName(notebook), cell), Path.GetDirectoryName(notebook)!);
        double seconds = clock.Elapsed.TotalSeconds;
        console.End();
        if (failure is null && console.Flood is string flood)
        {
            failure = new CellFailure(flood, 0, flood);
        }

        MarkEnd(Console.OpenStandardOutput(), cell);
        MarkEnd(Console.OpenStandardError(), cell);
        Send(new KernelMessage("done") { Cell = cell, Failure = failure, Seconds = seconds });
    }

    private static void MarkEnd(Stream stream, int cell) =>
        stream.Write(Encoding.UTF8.GetBytes(EndOfCell + cell.ToString(CultureInfo.InvariantCulture) + "\n"));

    private CellFailure? RunCell(string source, CellPath path, string folder)
    {
        try
        {
            string code = RunImports(source, folder);
            CompiledCell compiled = session.Compile(code, path, folder);
            (bool hasResult, object? value) = session.RunAsync(compiled).GetAwaiter().GetResult();
            if (hasResult)
            {
                Display(value);
            }

            return null;
        }
        catch (Exception e)
        {
            return CellFailures.From(e, path);
        }
    }

    /// <summary>Carries out the lines <c>#!import file.dib</c> and blanks them, so that line numbers stay.</summary>
    private string RunImports(string source, string folder)
    {
        if (!source.Contains("#!", StringComparison.Ordinal))
        {
            return source;
        }

        string[] lines = source.Split('\n');
        for (int at = 0; at < lines.Length; at++)
        {
            CellDirective directive = CellDirective.Parse(lines[at]);
            if (directive.Kind == CellDirectiveKind.Other)
            {
                throw new RefusedDirectiveException($"{lines[at].Trim()} is refused: of the lines that start with #! this host knows #!import FILE.dib.", at + 1);
            }

            if (directive.Kind == CellDirectiveKind.Import)
            {
                Import(directive.FileFrom(folder)!, directive.Target, at + 1);
                lines[at] = "";
            }
        }

        return string.Join('\n', lines);
    }

    private void Import(string path, string asWritten, int line)
    {
        if (importing.Contains(path))
        {
            throw new RefusedDirectiveException($"#!import {asWritten} imports itself.", line);
        }

        if (!File.Exists(path))
        {
            string fix = Path.GetFileName(path) == "setup.dib" ? ": it is written by the build: run it once (dotnet build)." : ".";
            throw new RefusedDirectiveException($"#!import {asWritten}: no such file{fix}", line);
        }

        if (!path.EndsWith(".dib", StringComparison.OrdinalIgnoreCase))
        {
            throw new RefusedDirectiveException($"#!import {asWritten}: this host imports .dib files only.", line);
        }

        importing.Push(path);
        try
        {
            foreach ((int number, DibCell cell) in ReadImport(path, line).NumberedCells)
            {
                var cellPath = new CellPath(Path.GetFileName(path), number);
                if (cell.Kind == DibCellKind.CSharp && RunCell(cell.Text, cellPath, Path.GetDirectoryName(path)!) is CellFailure failure)
                {
                    throw new RefusedDirectiveException(failure.At(cellPath.File, number), line);
                }
            }
        }
        finally
        {
            importing.Pop();
        }
    }

    private static DibDocument ReadImport(string path, int line)
    {
        try
        {
            return DibDocument.Read(path);
        }
        catch (DibException e)
        {
            throw new RefusedDirectiveException(e.Message, line);
        }
    }

    private const string DisplayName = "AttentionLab.Studio.Display";

    /// <summary>Every host brings its own <c>Display()</c>; this one reaches the kernel without a reference to it.</summary>
    private const string DisplaySource =
        $$"""
        public static void Display(this object value) => ((System.Action<object>)System.AppContext.GetData("{{DisplayName}}"))(value);
        """;

    private void RunImplicit(string source)
    {
        CompiledCell compiled = session.Compile(source, new CellPath("kernel", 0), AppContext.BaseDirectory);
        session.RunAsync(compiled).GetAwaiter().GetResult();
    }

    private void Display(object? value)
    {
        CellOutput output = ValueFormatter.Show(value);
        console.Flush();
        Show(output);
    }

    private void Show(CellOutput output)
    {
        lock (sending)
        {
            // Console text has its own limit and must not be lost to a flood of values.
            if (output.MimeType != CellOutput.Stream)
            {
                outputs++;
                shown += output.Content.Length;
                if (outputs > MaximumOutputs || shown > MaximumOutput)
                {
                    if (flooded)
                    {
                        return;
                    }

                    flooded = true;
                    output = new CellOutput(CellOutput.Stream, FormattableString.Invariant(
                        $"\n… output cut here: a cell shows at most {MaximumOutputs} values of together {MaximumOutput:N0} characters.\n"));
                }
            }

            Send(new KernelMessage("output") { Output = output });
        }
    }

    private void Send(KernelMessage message)
    {
        lock (sending)
        {
            try
            {
                toHost.WriteLine(message.ToLine());
                toHost.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                Process.GetCurrentProcess().Kill();
            }
        }
    }
}
