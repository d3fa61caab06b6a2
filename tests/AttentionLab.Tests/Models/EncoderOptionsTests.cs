using System.Reflection;
using AttentionLab.Layers;
using AttentionLab.Models;

namespace AttentionLab.Tests.Models;

/// <summary>What a layer can be told, an encoder can be told: the two records say it twice, so a test holds them together.</summary>
public class EncoderOptionsTests
{
    /// <summary>All but the rotary tables, which an encoder makes from its capacity.</summary>
    private static readonly PropertyInfo[] OfALayer =
        [.. typeof(LayerOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.Name != nameof(LayerOptions.Rotary))];

    public static TheoryData<string> Names => [.. OfALayer.Select(p => p.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Layer_EveryProperty_IsTheEncoders(string name)
    {
        PropertyInfo mine = typeof(EncoderOptions).GetProperty(name)!, theirs = typeof(LayerOptions).GetProperty(name)!;
        Assert.Equal(theirs.PropertyType, mine.PropertyType);
        EncoderOptions usual = new() { Vocabulary = 5 }, options = new() { Vocabulary = 5 };
        if (name is not (nameof(LayerOptions.Channels) or nameof(LayerOptions.Heads)))
        {
            Assert.Equal(theirs.GetValue(new LayerOptions(8, 2)), mine.GetValue(usual));
        }

        object other = mine.GetValue(usual) switch
        {
            int i => i + 8,
            bool b => !b,
            float f => f + 1,
            double d => d + 0.25,
            Activation a => a == Activation.Gelu ? Activation.Relu : Activation.Gelu,
            var value => throw new NotSupportedException($"no other value than {value} is known for {name}: name one here"),
        };
        mine.SetValue(options, other);
        Assert.Equal(other, theirs.GetValue(options.Layer));
    }
}
