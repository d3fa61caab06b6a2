using System.Text;
using AttentionLab.Models;
using AttentionLab.Weights;
using AttentionLab.Words;

namespace AttentionLab.Tests.Weights;

/// <summary>What often lies where another file should be is named for what it is, by every reader.</summary>
public class ForeignFileTests
{
    public static TheoryData<string, byte[]> Foreign => new()
    {
        {
            "is a pointer of git-lfs",
            Encoding.ASCII.GetBytes(
                "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n")
        },
        { "is an HTML page", Encoding.UTF8.GetBytes("\ufeff\n  <!DOCTYPE html><html lang=\"en\"><head><title>Sign in</title></head></html>\n") },
        { "is an HTML page", Encoding.ASCII.GetBytes("<HTML><body>404 Not Found, and some more words</body></HTML>") },
        { "is an XML text", Encoding.ASCII.GetBytes("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>") },
        { "is an ONNX file", [8, 7, 18, 7, .. "pytorch"u8, 26, 5, .. "1.13.1"u8, 58, 200, 1, 10, 20, 30] },
        { "is a ZIP archive", [.. "PK\u0003\u0004"u8, 0, 0, 8, 8, 0, 0, 0, 0, 0, 0] },
        { "is a Python pickle", [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20] },
        { "is a GGUF file", [.. "GGUF"u8, 3, 0, 0, 0, 0, 0, 0, 0] },
        { "is an HDF5 file", [0x89, .. "HDF\r\n"u8, 0x1a, 0x0a, 0, 0] },
    };

    [Theory, MemberData(nameof(Foreign))]
    public void Read_AnotherFile_IsNamedForWhatItIs(string name, byte[] content)
    {
        using TemporaryFolder folder = new();
        foreach (string file in new[] { "x", "config.json", "words.txt" })
        {
            File.WriteAllBytes(folder[file], content);
        }

        Action[] readers =
        [
            () => SafeTensorsFile.Open(folder["x"]).Dispose(),
            () => Vocabulary.Read(folder["x"]),
            () => WordVectorFiles.ReadText(folder["x"]),
            () => WordVectorFiles.ReadBinary(folder["x"]),
            () => WordVectorFiles.ReadFolder(folder.Path),
            () => BertConfig.Read(folder["config.json"]),
            () => Bert.Load(folder.Path),
        ];
        Assert.All(readers, read =>
        {
            string message = Assert.Throws<InvalidDataException>(read).Message;
            Assert.Contains($" {name}", message);
            Assert.Contains(folder.Path, message);
        });
    }

    [Fact]
    public void Read_FileForAFolderOrFolderForAFile_IsNamed()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("model.safetensors", "x");
        Assert.All<Action>([() => Bert.Load(file), () => MaskedWordModel.Load(file), () => WordVectorFiles.ReadFolder(file)], read =>
            Assert.Contains($"{file} is a file but a folder is read", Assert.Throws<InvalidDataException>(read).Message));
        Assert.All<Action>(
            [
                () => SafeTensorsFile.Open(folder.Path), () => Vocabulary.Read(folder.Path), () => WordVectorFiles.ReadText(folder.Path),
                () => WordVectorFiles.ReadBinary(folder.Path), () => BertConfig.Read(folder.Path)
            ],
            read => Assert.Contains($"{folder.Path} is a folder but a file is read", Assert.Throws<InvalidDataException>(read).Message));
        Assert.All<Action>([() => Vocabulary.Read(folder["no"]), () => WordVectorFiles.ReadText(folder["no"])], read =>
            Assert.Contains("does not exist: check the path", Assert.Throws<FileNotFoundException>(read).Message));
        Assert.Contains("does not exist: pass the folder", Assert.Throws<DirectoryNotFoundException>(() => WordVectorFiles.ReadFolder(folder["no"])).Message);
    }

    [Fact]
    public void Describe_FilesOfOurOwn_IsNothing()
    {
        Assert.Null(ForeignFile.Describe([]));
        Assert.Null(ForeignFile.Describe("[PAD]\n[UNK]\n"u8));
        Assert.Null(ForeignFile.Describe("<s>\n</s>\n"u8));
        Assert.Null(ForeignFile.Describe("{\"model_type\": \"bert\"}"u8));
        Assert.Null(ForeignFile.Describe([8, 0, 0, 0, 0, 0, 0, 0, .. "{}      "u8]));
    }
}
