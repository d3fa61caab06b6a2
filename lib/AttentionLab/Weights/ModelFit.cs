using AttentionLab.Tensors;

namespace AttentionLab.Weights;

/// <summary>Whether a file's tensors are those of a model, by name and shape.</summary>
internal static class ModelFit
{
    /// <summary>Faults that a message names: a file may hold very many.</summary>
    private const int Named = 6;

    /// <summary>Throws unless every target has its tensor in the file and every tensor of the file its target.</summary>
    /// <param name="file">The file.</param>
    /// <param name="targets">The model's tensors by their names.</param>
    /// <param name="ignoredPrefix">Tensors of the file whose name begins so need no target; null for none.</param>
    /// <exception cref="InvalidDataException">Something does not fit; the message names it with both shapes.</exception>
    public static void Require(SafeTensorsFile file, IReadOnlyList<(string Name, Tensor Target)> targets, string? ignoredPrefix)
    {
        List<string> faults = [.. targets.Select(pair => Fault(file, pair.Name, pair.Target)).OfType<string>()];
        HashSet<string> wanted = [];
        faults.AddRange(
            targets.Where(pair => !wanted.Add(pair.Name)).Select(pair => $"two tensors of the model are called \"{pair.Name}\": give each a name of its own"));
        StoredTensor[] unknown =
        [
            .. file.Tensors.Where(t => !wanted.Contains(t.Name) && !(ignoredPrefix is not null && t.Name.StartsWith(ignoredPrefix, StringComparison.Ordinal)))
        ];
        if (faults.Count + unknown.Length is > 0 and int count)
        {
            faults.AddRange(
                unknown.Take(Named).Select(
                    t => $"tensor \"{ForeignText.Shorten(t.Name)}\" {StoredTensor.Describe(t.Shape)} of the file is unknown to the model"));
            string rest = count > Named ? $"; and {count - Named} more" : "";
            throw new InvalidDataException(
                $"{file.Path} does not fit the model: {string.Join("; ", faults.Take(Named))}{rest}: build the model with the sizes of the file, or take the "
                + "file that belongs to the model.");
        }
    }

    /// <summary>What is wrong with the shape of a stored tensor for this target; null if nothing is.</summary>
    public static string? Misfit(StoredTensor stored, Tensor target)
    {
        bool same = stored.Shape.Count == target.Rank;
        for (int i = 0; same && i < target.Rank; i++)
        {
            same = stored.Shape[i] == target.Shape[i];
        }

        bool turned = stored.Shape.Count == 2 && target.Rank == 2 && stored.Shape[0] == target.Shape[1] && stored.Shape[1] == target.Shape[0];
        return same ? null : $"tensor \"{ForeignText.Shorten(stored.Name)}\" "
            + $"is {StoredTensor.Describe(stored.Shape)} in the file but {Tensor.Describe(target.Shape)} in the model"
            + (turned ? " (its transpose: PyTorch's Linear stores (outputs, inputs), so Read and Transpose it)" : "");
    }

    private static string? Fault(SafeTensorsFile file, string name, Tensor target)
    {
        if (file.Find(name) is not { } stored)
        {
            return $"tensor \"{name}\" {Tensor.Describe(target.Shape)} of the model is missing in the file";
        }

        if (Misfit(stored, target) is { } misfit)
        {
            return misfit;
        }

        StoredValues.Require(stored, file.Path);
        return null;
    }
}
