using System.Collections.Concurrent;
using System.Text.Json;
using AttentionLab.Tensors;

namespace AttentionLab.Tests;

/// <summary>
/// One golden case: tests/golden/values/TOPIC.json, made by PyTorch in float64 (see tests/golden/README.md).
/// <code>
/// public static TheoryData&lt;string&gt; Cases => Golden.Names("softmax");
/// …
/// Golden g = Golden.Read("softmax", name);
/// g.Input("x")            a tensor (scalars and vectors too); g.Integers("ids"), g.Booleans("mask") for the others
/// g.Has("bias")           whether an optional input is there
/// g.Number("scale", 1)    a setting, or the default; g.Text("form")
/// g.Output("output", y)   asserts max|a−b| / max|b| ≤ 1e-5; also takes a span or a number
/// g.Gradient("x", dx)     asserts ≤ 1e-4; the upstream gradient is g.Input("d:output")
/// g.Done()                asserts that every stored output and gradient has been compared
/// </code>
/// The worst error of each topic is written to artifacts/golden/errors-WIDTH.txt.
/// </summary>
internal sealed class Golden
{
    private static readonly ConcurrentDictionary<string, JsonDocument> Files = new();
    private static readonly ConcurrentDictionary<(string Topic, string Kind), double> Worst = new();
    private readonly string _topic, _name;
    private readonly JsonElement _case;
    private readonly HashSet<string> _compared = [];

    private Golden(string topic, string name, JsonElement element) => (_topic, _name, _case) = (topic, name, element);

    /// <summary>All cases of a topic, for [MemberData].</summary>
    public static TheoryData<string> Names(string topic) => [.. File(topic).EnumerateObject().Select(p => p.Name)];

    /// <summary>One case.</summary>
    public static Golden Read(string topic, string name) =>
        File(topic).TryGetProperty(name, out JsonElement element)
            ? new(topic, name, element)
            : throw new ArgumentException($"golden topic {topic} has no case '{name}': run make_golden.py {topic}.");

    /// <summary>Whether there is such an input.</summary>
    public bool Has(string input) => _case.GetProperty("inputs").TryGetProperty(input, out _);

    /// <summary>A setting, or the default.</summary>
    public double Number(string setting, double missing = double.NaN) =>
        _case.GetProperty("settings").TryGetProperty(setting, out JsonElement value) ? value.GetDouble() : missing;

    /// <summary>A true setting; false if it is not there.</summary>
    public bool Flag(string setting) => _case.GetProperty("settings").TryGetProperty(setting, out JsonElement value) && value.GetBoolean();

    /// <summary>A setting that is a text.</summary>
    public string? Text(string setting) => _case.GetProperty("settings").TryGetProperty(setting, out JsonElement value) ? value.GetString() : null;

    /// <summary>An input as tensor. A scalar comes as (1).</summary>
    public Tensor Input(string name) => AsTensor(_case.GetProperty("inputs").GetProperty(name));

    /// <summary>An output or gradient as tensor, to look at.</summary>
    public Tensor Expected(string kind, string name) => AsTensor(_case.GetProperty(kind).GetProperty(name));

    /// <summary>An input of whole numbers.</summary>
    public int[] Integers(string name) => [.. _case.GetProperty("inputs").GetProperty(name).GetProperty("values").EnumerateArray().Select(v => v.GetInt32())];

    /// <summary>An input of truths, row-major.</summary>
    public bool[] Booleans(string name) => [.. Integers(name).Select(v => v != 0)];

    /// <summary>The sizes of an input.</summary>
    public int[] Shape(string name) => ShapeOf(_case.GetProperty("inputs").GetProperty(name));

    /// <summary>Asserts that a forward result agrees.</summary>
    public double Output(string name, Tensor actual, double tolerance = Tolerances.GoldenForward)
    {
        SameShape("outputs", name, actual);
        return Check("outputs", name, actual.Span, tolerance);
    }

    /// <summary>Asserts that a forward result agrees.</summary>
    public double Output(string name, ReadOnlySpan<float> actual, double tolerance = Tolerances.GoldenForward) => Check("outputs", name, actual, tolerance);

    /// <summary>Asserts that a scalar result agrees.</summary>
    public double Output(string name, float actual, double tolerance = Tolerances.GoldenForward) => Check("outputs", name, [actual], tolerance);

    /// <summary>Asserts that a gradient agrees.</summary>
    public double Gradient(string name, Tensor actual, double tolerance = Tolerances.GoldenGradient)
    {
        SameShape("gradients", name, actual);
        return Check("gradients", name, actual.Span, tolerance);
    }

    /// <summary>Asserts that a gradient agrees.</summary>
    public double Gradient(string name, ReadOnlySpan<float> actual, double tolerance = Tolerances.GoldenGradient) =>
        Check("gradients", name, actual, tolerance);

    /// <summary>Asserts that nothing stored was forgotten; <paramref name="except"/> names what the test leaves out on purpose.</summary>
    public void Done(params string[] except)
    {
        foreach (string kind in new[] { "outputs", "gradients" })
        {
            foreach (JsonProperty p in _case.GetProperty(kind).EnumerateObject())
            {
                Assert.True(_compared.Contains(kind + p.Name) || except.Contains(p.Name), $"{_topic} '{_name}': {p.Name} of {kind} was not compared");
            }
        }
    }

    private double Check(string kind, string name, ReadOnlySpan<float> actual, double tolerance)
    {
        double error = Compare.Close(actual, Doubles(_case.GetProperty(kind).GetProperty(name)), tolerance, $"{_topic} '{_name}' {kind} {name}");
        _compared.Add(kind + name);
        Record(_topic, kind, error);
        return error;
    }

    /// <summary>Notes the error of a comparison that a test made itself.</summary>
    public static void Record(string topic, string kind, double error)
    {
        Worst.AddOrUpdate((topic, kind), error, (_, old) => Math.Max(old, error));
        lock (Files)
        {
            string folder = Path.Combine(Repository.Root, "artifacts", "golden");
            Directory.CreateDirectory(folder);
            System.IO.File.WriteAllLines(
                Path.Combine(folder, $"errors-{AttentionLab.Kernels.Simd.Width}.txt"),
                Worst.ToArray().OrderBy(w => w.Key).Select(w => FormattableString.Invariant($"{w.Key.Topic} {w.Key.Kind} {w.Value:E2}")));
        }
    }

    private void SameShape(string kind, string name, Tensor actual)
    {
        int[] expected = ShapeOf(_case.GetProperty(kind).GetProperty(name));
        Assert.True(
            actual.Shape.SequenceEqual(expected) || (expected.Length == 0 && actual.Length == 1),
            $"{_topic} '{_name}' {name}: shape ({string.Join(", ", actual.Shape.ToArray())}) is not ({string.Join(", ", expected)})");
    }

    private static JsonElement File(string topic) =>
        Files.GetOrAdd(
            topic, t => JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "golden", "values", t + ".json")))).RootElement;

    private static Tensor AsTensor(JsonElement element)
    {
        int[] shape = ShapeOf(element);
        return new Tensor([.. Doubles(element).Select(v => (float)v)], shape.Length == 0 ? [1] : shape);
    }

    private static int[] ShapeOf(JsonElement element) => [.. element.GetProperty("shape").EnumerateArray().Select(v => v.GetInt32())];

    private static double[] Doubles(JsonElement element) => [.. element.GetProperty("values").EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String
        ? v.GetString() switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, _ => double.NegativeInfinity }
        : v.GetDouble())];
}
