using System.Text.Json;

namespace AttentionLab.Weights;

/// <summary>A small JSON file that may be anything: every answer is checked, every message names file, key and fix.</summary>
/// <param name="path">The file.</param>
/// <param name="root">Its content, or a part of it.</param>
/// <param name="prefix">Where the part stands, as it is put before keys in messages: "normalizer.".</param>
internal sealed class JsonFile(string path, JsonElement root, string prefix = "")
{
    private const long MaximalLength = 4 << 20;

    /// <summary>Each takes 12 bytes or more in memory, and may be two bytes in the file.</summary>
    private const int MostValues = 200_000;

    /// <summary>The file's path.</summary>
    public string Path => path;

    /// <summary>The content.</summary>
    public JsonElement Root => root;

    /// <summary>Reads a file; null if there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it must hold.</param>
    /// <param name="times">How many times as long as a configuration it may be: 4 MB and 200,000 values.</param>
    /// <exception cref="InvalidDataException">It is longer or no JSON of the expected kind.</exception>
    public static JsonFile? ReadIfThere(string path, JsonValueKind kind = JsonValueKind.Object, int times = 1)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            return null;
        }

        ForeignFile.RequireFile(path, "take the file that belongs to the model");
        long length = new FileInfo(path).Length;
        if (length > times * MaximalLength)
        {
            throw new InvalidDataException(
                $"{path} has {length} bytes but such a file has at most {times * MaximalLength}: take the file that belongs to the model.");
        }

        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (ForeignFile.Describe(bytes) is string foreign)
            {
                throw new InvalidDataException($"{path} {foreign}.");
            }

            Check(bytes, path, times * MostValues);
            using JsonDocument document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == kind
                ? new(path, document.RootElement.Clone())
                : throw new InvalidDataException(
                    $"{path} holds {document.RootElement.ValueKind} but must hold {kind}: take the file that belongs to the model.");
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException(
                $"{path} holds a text that is not valid UTF-8 or half a surrogate pair: take the file that belongs to the model.", e);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"{path} is not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine}: take the file that belongs to the model.", e);
        }
    }

    /// <summary>A whole number within limits; <paramref name="missing"/> if the key is not there.</summary>
    public int Integer(string key, int smallest, int largest, int? missing = null)
    {
        if (Find(root, key) is not { } value)
        {
            return missing ?? throw Fault(key, "is missing", $"a whole number from {smallest} to {largest}");
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= smallest && number <= largest
            ? number
            : throw Fault(key, $"is {Show(value)}", $"a whole number from {smallest} to {largest}");
    }

    /// <summary>A number within limits; <paramref name="missing"/> if the key is not there.</summary>
    public double Number(string key, double smallest, double largest, double missing)
    {
        if (Find(root, key) is not { } value)
        {
            return missing;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= smallest && number <= largest
            ? number
            : throw Fault(key, $"is {Show(value)}", $"a number from {smallest} to {largest}");
    }

    /// <summary>A text; null if the key is not there.</summary>
    public string? Text(string key) => Find(root, key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Fault(key, $"is {Show(value)}", "a text");

    /// <summary>A truth; null if the key is not there.</summary>
    public bool? Truth(string key) => Find(root, key) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Fault(key, $"is {Show(value)}", "true or false");

    /// <summary>"file: key is 3 but must be …: fix."</summary>
    public InvalidDataException Fault(string key, string fault, string wanted) =>
        Refusal(key, $"{fault} but must be {wanted}", "take the file that belongs to the model, or mend it");

    /// <summary>"file: key is "x", which is not supported: fix."</summary>
    public InvalidDataException Refusal(string key, string fault, string fix) => new($"{path}: {$"{prefix}{key}".TrimEnd('.')} {fault}: {fix}.");

    /// <summary>The object under a key as a file of its own; null if the key is not there.</summary>
    public JsonFile? Part(string key) => Find(root, key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new(path, value, $"{prefix}{key}.") : throw Fault(key, $"is {Show(value)}", "an object");

    /// <summary>The objects of the list under a key, each as a file of its own; none if the key is not there.</summary>
    public IReadOnlyList<JsonFile> Parts(string key)
    {
        if (Find(root, key) is not { } list)
        {
            return [];
        }

        return list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
            ? [.. list.EnumerateArray().Select((item, i) => new JsonFile(path, item, $"{prefix}{key}[{i}]."))]
            : throw Fault(key, $"is {Show(list)}", "a list of objects");
    }

    /// <summary>The member, unless it is absent or null.</summary>
    public static JsonElement? Find(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A foreign value for a message.</summary>
    public static string Show(JsonElement value) => ForeignText.Shorten(value.GetRawText());

    /// <summary>Counts the values and reads every text once: the parser checks their encoding only now, and no later access shall throw.</summary>
    private static void Check(byte[] bytes, string path, int most)
    {
        Utf8JsonReader reader = new(bytes);
        char[] text = new char[256];
        int values = 0;
        while (reader.Read())
        {
            if (++values > most)
            {
                throw new InvalidDataException(
                    $"{path} holds more than {most} values, which is too many for such a file: take the file that belongs to the model.");
            }

            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                text = text.Length < reader.ValueSpan.Length ? new char[2 * reader.ValueSpan.Length] : text;
                _ = reader.CopyString(text);
            }
        }
    }
}
