using AttentionLab.Course.Data;
using AttentionLab.Course.Experiments;
using AttentionLab.Models;
using AttentionLab.Words;

namespace AttentionLab.Course.Tests.Data;

/// <summary>The encoder in data/encoder, as a notebook loads it, asked in sentences of our own.</summary>
public class CourseEncoderTests
{
    private static readonly string[] Fruit =
    [
        "she ate a ripe apple from the tree in the garden.", "an apple is a round fruit with red or green skin.", "the pie is made of apple, sugar and butter.",
        "he peeled the apple with a small knife.", "the juice of the apple is made into cider.", "a sour apple grows on the old tree.",
        "the orchard gives apple and pear in autumn.", "cut the apple into slices and bake it in the oven.",
    ];

    private static readonly string[] Computing =
    [
        "apple sold a computer with a new operating system.", "the software runs on an apple computer with a graphical user interface.",
        "apple released a new version of its processor and memory.", "the program was written for the apple machine by a software company.",
        "apple makes hardware, disk drives and network software.", "the file system of the apple computer stores data on the disk.",
        "a user of an apple computer can download the program from the internet.", "apple and ibm designed a processor for personal computers.",
    ];

    private static readonly Lazy<MaskedWordModel> Model = new(() => MaskedWordModel.Load(CourseData.Path("encoder")));

    [Fact]
    public void Load_TheCoursesEncoder_HasTheStatedSize()
    {
        Bert bert = Model.Value.Bert;
        Assert.Equal((4, 160, 5, 8192, 64), (bert.Config.Layers, bert.Config.Channels, bert.Config.Heads, bert.Tokenizer.Pieces.Count, bert.MaximumLength));
        Assert.InRange(new FileInfo(CourseData.Path("encoder/model.safetensors")).Length, 4_000_000, 6_000_000);
        Assert.All(bert.Encoder.Parameters, p => Assert.All(p.Value.Span.ToArray(), x => Assert.True(float.IsFinite(x))));
    }

    [Fact]
    public void Guess_SentencesOfOurOwn_FindsWhatFits()
    {
        Assert.Equal("language", Model.Value.Guess("a programming [MASK] for scientific work.")[0].Piece);
        Assert.Contains("goods", Model.Value.Guess("a vessel used for carrying [MASK].", 3).Select(g => g.Piece));
        Assert.Contains("science", Model.Value.Guess("the branch of [MASK] that studies plants.", 3).Select(g => g.Piece));
    }

    [Fact]
    public void Contextual_AppleInOurSentences_TellsFruitFromComputer()
    {
        Bert bert = Model.Value.Bert;
        EncodedBatch batch = bert.Tokenizer.Encode([.. Fruit, .. Computing]);
        int apple = bert.Tokenizer.Pieces["apple"], tokens = batch.Ids.GetLength(1);
        int[] rows =
        [
            .. Enumerable.Range(0, batch.Ids.GetLength(0)).Select(b => b * tokens + Enumerable.Range(0, tokens).First(t => batch.Ids[b, t] == apple))
        ];
        bool[] kinds = [.. rows.Select((_, i) => i >= Fruit.Length)];
        Share share = NearestCentroid.LeaveOneOut(Pooling.Rows(bert.Forward(batch).Y, rows), kinds);
        Assert.True(share.Right >= 14, share.ToString());
    }
}
