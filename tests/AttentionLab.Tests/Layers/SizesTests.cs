using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

/// <summary>Sizes whose product does not fit: named at the door, with every size and the limit.</summary>
public class SizesTests
{
    public static TheoryData<string, string> Cases => new()
    {
        { "cache 2^36", "KeyValueCache needs batch × heads × capacity × headSize = 64 × 32 × 32768 × 64 = 4294967296 numbers" },
        { "cache 2^31", "KeyValueCache needs batch × heads × capacity × headSize = 2 × 32 × 524288 × 64 = 2147483648 numbers" },
        { "cache values", "KeyValueCache needs batch × heads × capacity × valueSize = 1 × 1 × 65536 × 65536 = 4294967296 numbers" },
        { "cache 2^124", "= 2147483647 × 2147483647 × 2147483647 × 2147483647 = 21267647892944572736998860269687930881 numbers" },
        { "cache negative", "capacity is -1 but KeyValueCache needs 0 or more" },
        { "rotary", "RotaryPositions needs capacity × headSize/2 = 67108864 × 32 = 2147483648 numbers" },
        { "heads", "MultiHeadAttention needs heads × HeadSize = 65536 × 65536 = 4294967296 numbers" },
        { "heads of values", "MultiHeadAttention needs heads × ValueSize = 65536 × 65536 = 4294967296 numbers" },
        { "heads 2^31", "MultiHeadAttention needs heads × HeadSize = 32768 × 65536 = 2147483648 numbers" },
        { "no heads", "heads is 0 but MultiHeadAttention needs at least 1" },
        { "patches", "PatchEmbedding needs patch × patch × pixelChannels = 65536 × 65536 × 3 = 12884901888 numbers" },
        { "grid", "VisionTransformer needs side/patch × side/patch = 65536 × 65536 = 4294967296 numbers" },
        { "split", "SplitAttention needs branches × channels = 1073741824 × 4 = 4294967296 numbers" },
        { "merge", "a merged row needs H × D = 65536 × 65536 = 4294967296 numbers" },
        { "tensor", "shape (65536, 65536) holds more than 2147483591 numbers" },
        { "layout", "a sequence needs heads × tokens × dim = 4 × 32768 × 32768 = 4294967296 numbers" },
        { "statistics", "statistics holds 2 numbers but (batch × heads × queries, two) = (4294967296, 2) needs 8589934592" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Make_MoreThanAnArrayHolds_NamesSizesAndLimit(string what, string message)
    {
        Func<object> make = what switch
        {
            "cache 2^36" => () => new KeyValueCache(64, 32, 32768, 64, 64),
            "cache 2^31" => () => new KeyValueCache(2, 32, 524288, 64, 64),
            "cache values" => () => new KeyValueCache(1, 1, 65536, 1, 65536),
            "cache 2^124" => () => new KeyValueCache(int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue, 1),
            "cache negative" => () => new KeyValueCache(1, 1, -1, 1, 1),
            "rotary" => () => new RotaryPositions(64, 1 << 26),
            "heads" => () => new MultiHeadAttention(1, 65536, new CounterRandom(1), new() { HeadSize = 65536 }),
            "heads of values" => () => new MultiHeadAttention(1, 65536, new CounterRandom(1), new() { HeadSize = 1, ValueSize = 65536 }),
            "heads 2^31" => () => new MultiHeadAttention(1, 32768, new CounterRandom(1), new() { HeadSize = 65536 }),
            "no heads" => () => new MultiHeadAttention(8, 0, new CounterRandom(1), new() { HeadSize = 8 }),
            "patches" => () => new PatchEmbedding(65536, 3, 8, new CounterRandom(1)),
            "grid" => () => new VisionTransformer(65536, new(1, 1, 2), 1, new(2, 1), new CounterRandom(1)),
            "split" => () => new SplitAttention(4, new CounterRandom(1), 1 << 30),
            "merge" => () => Heads.Merge(new Tensor(0, 65536, 1, 65536)),
            "tensor" => () => new Tensor(65536, 65536),
            "layout" => () => HeadLayout.Split(4, 32768, 32768),
            _ => () =>
            {
                HeadLayout nowhere = new(0, 0, 0);
                float[] x = new float[1];
                FlashAttend.Forward(
                    new AttendInput<float>
                    {
                        Q = new(x, nowhere),
                        K = new(x, nowhere),
                        V = new(x, nowhere),
                        Sizes = new AttendSizes(65536, 65536, 1, 1, 1, 1),
                        Scale = 1,
                    },
                    x, nowhere, new float[2]);
                return x;
            }
            ,
        };
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(make).Message);
    }

    [Fact]
    public void Product_ZeroAmongThem_IsZero() => Assert.Equal(0, new KeyValueCache(0, 65536, 65536, 65536, 1).Length);

    [Theory, InlineData(float.NaN), InlineData(float.NegativeInfinity)]
    public void Scale_NotFinite_IsRefused(float scale)
    {
        Tensor x = new(2, 4);
        Func<object>[] calls =
        [
            () => new MultiHeadAttention(4, 2, new CounterRandom(1), new() { Scale = scale }), () => ScaledDotProductAttention.Forward(x, x, x, scale: scale),
            () => FusedAttention.Forward(x, x, x, scale: scale), () => FusedAttention.Infer(x, x, x, scale: scale)
        ];
        Assert.All(calls, call => Assert.Contains("scale is", Assert.Throws<ArgumentOutOfRangeException>(call).Message, StringComparison.OrdinalIgnoreCase));
    }
}
