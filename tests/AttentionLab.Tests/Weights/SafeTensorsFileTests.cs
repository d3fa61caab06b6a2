using System.Text.Json;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Weights;

namespace AttentionLab.Tests.Weights;

public class SafeTensorsFileTests
{
    [Fact]
    public void Read_FileOfAnotherWriter_MatchesPyTorchBitForBit()
    {
        using SafeTensorsFile file = SafeTensorsFile.Open(GoldenFiles.Path("weights/mixed.safetensors"));
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(GoldenFiles.Path("weights/mixed.json")));

        int compared = 0;
        foreach (JsonProperty tensor in expected.RootElement.EnumerateObject())
        {
            long[] shape = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())];
            uint[] bits = [.. tensor.Value.GetProperty("bits").EnumerateArray().Select(e => e.GetUInt32())];
            Assert.Equal(shape, file.Describe(tensor.Name).Shape);
            Assert.Equal(bits, file.Read(tensor.Name).Values.Select(BitConverter.SingleToUInt32Bits));
            compared++;
        }

        Assert.Equal(7, compared);
        Assert.Equal(8, file.Tensors.Count);
        Assert.Equal("made by hand", file.Metadata["note"]);
        Assert.Equal([1], file.Read("scalar").Shape.ToArray());
        Assert.Equal("I64", file.Describe("position_ids").Type);
    }

    [Fact]
    public void Read_IntegerTensor_IsRefusedByTypeAndFix()
    {
        using SafeTensorsFile file = SafeTensorsFile.Open(GoldenFiles.Path("weights/mixed.safetensors"));

        string message = Assert.Throws<InvalidDataException>(() => file.Read("position_ids")).Message;

        Assert.Contains("\"position_ids\" is stored as I64", message);
        Assert.Contains("save it as F32", message);
    }

    [Theory]
    [InlineData("F32")]
    [InlineData("F16")]
    public void Write_ThenRead_GivesTheSameNumbers(string type)
    {
        using TemporaryFolder folder = new();
        CounterRandom random = new(3);
        (string Name, Tensor Value)[] tensors =
        [
            ("a", Tensor.Gaussian(random, 1, 3, 5)),
            ("b.weight", Tensor.Gaussian(random, 1, 2, 1, 4, 3)),
            ("empty", new Tensor(0, 7)),
            ("special", Tensor.Vector(0, -0f, float.NaN, float.PositiveInfinity, 65504)),
        ];

        SafeTensorsFile.Write(folder["x.safetensors"], tensors, type, new Dictionary<string, string> { ["step"] = "12" });

        using SafeTensorsFile file = SafeTensorsFile.Open(folder["x.safetensors"]);
        Assert.Equal("12", file.Metadata["step"]);
        Assert.Equal(tensors.Select(t => t.Name).Order(), file.Tensors.Select(t => t.Name).Order());
        foreach ((string name, Tensor value) in tensors)
        {
            Tensor read = file.Read(name);
            Assert.Equal(value.Shape.ToArray(), read.Shape.ToArray());
            Assert.Equal(value.Values.Select(v => type == "F32" ? v : (float)(Half)v), read.Values);
        }

        Assert.Equal([folder["x.safetensors"]], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Write_Fails_OldFileStaysAndNoTemporaryFileIsLeft()
    {
        using TemporaryFolder folder = new();
        string path = folder["x.safetensors"];
        SafeTensorsFile.Write(path, [("a", Tensor.Vector(1, 2))]);

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => SafeTensorsFile.Write(path, [("a", Tensor.Vector(3)), ("b", Tensor.Vector(1, 70000))], "F16"));

        Assert.Contains("\"b\" holds 70000 at position 1 but F16 ends at 65504", error.Message);
        Assert.Equal("tensors", error.ParamName);
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        Assert.Equal([1, 2], file.Read("a").Values);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("a", "a", "\"a\" occurs twice")]
    [InlineData("a", "__metadata__", "reserved for texts")]
    public void Write_BadName_IsRefused(string first, string second, string reason)
    {
        using TemporaryFolder folder = new();

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => SafeTensorsFile.Write(folder["x"], [(first, Tensor.Vector(1)), (second, Tensor.Vector(2))]));

        Assert.Contains(reason, error.Message);
        Assert.Equal("tensors", error.ParamName);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void ReadInto_AnotherShape_NamesBothAndTheFile()
    {
        using TemporaryFolder folder = new();
        SafeTensorsFile.Write(folder["x.safetensors"], [("layer.weight", new Tensor(4, 8))]);
        using SafeTensorsFile file = SafeTensorsFile.Open(folder["x.safetensors"]);

        string message = Assert.Throws<InvalidDataException>(() => file.ReadInto("layer.weight", new Tensor(8, 4))).Message;

        Assert.Contains("x.safetensors", message);
        Assert.Contains("\"layer.weight\" is (4, 8) in the file but (8, 4) in the model (its transpose: PyTorch's Linear stores (outputs, inputs)", message);
        Assert.Contains("build the model with the sizes of the file", message);
    }

    [Fact]
    public void ReadInto_ModelThatDoesNotFit_ListsEveryFaultAndChangesNothing()
    {
        using TemporaryFolder folder = new();
        SafeTensorsFile.Write(folder["x.safetensors"], [("good", Tensor.Vector(5)), ("shape", new Tensor(4, 8)), ("extra", new Tensor(3))]);
        using SafeTensorsFile file = SafeTensorsFile.Open(folder["x.safetensors"]);
        Tensor good = Tensor.Vector(1);

        string message = Assert.Throws<InvalidDataException>(
            () => file.ReadInto([("good", good), ("shape", new Tensor(4, 9)), ("absent", new Tensor(2))])).Message;

        Assert.Contains("\"shape\" is (4, 8) in the file but (4, 9) in the model", message);
        Assert.DoesNotContain("transpose", message);
        Assert.Contains("\"absent\" (2) of the model is missing in the file", message);
        Assert.Contains("\"extra\" (3) of the file is unknown to the model", message);
        Assert.Equal(1, good[0]);
    }

    [Fact]
    public void ReadInto_ModelThatFits_FillsEveryTensor()
    {
        using TemporaryFolder folder = new();
        SafeTensorsFile.Write(folder["x.safetensors"], [("a", Tensor.Vector(5)), ("b", Tensor.Vector(6, 7))]);
        using SafeTensorsFile file = SafeTensorsFile.Open(folder["x.safetensors"]);
        Tensor a = new(1), b = new(2);

        file.ReadInto([("b", b), ("a", a)]);

        Assert.Equal([5], a.Values);
        Assert.Equal([6, 7], b.Values);
    }

    [Fact]
    public void Read_AfterDispose_Throws()
    {
        SafeTensorsFile file = SafeTensorsFile.Open(GoldenFiles.Path("weights/mixed.safetensors"));
        file.Dispose();
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.Read("plain"));
    }

    [Fact]
    public void Write_HalfASurrogatePair_IsRefusedBeforeWriting()
    {
        using TemporaryFolder folder = new();
        Tensor one = new(1);
        Dictionary<string, string> key = new() { ["\udc00"] = "a" }, text = new() { ["a"] = "b\ud800" };
        Action[] writes =
        [
            () => SafeTensorsFile.Write(folder["f"], [("\ud800", one), ("\ud801", one)]),
            () => SafeTensorsFile.Write(folder["f"], [("a", one)], metadata: key),
            () => SafeTensorsFile.Write(folder["f"], [("a", one)], metadata: text),
        ];
        Assert.All(writes, write => Assert.Contains("half of a surrogate pair", Assert.Throws<ArgumentException>(write).Message));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
