using AttentionLab.Course.Data;
using AttentionLab.Words;

namespace AttentionLab.Course.Tests.Data;

/// <summary>The vectors in data/words, as a notebook loads them.</summary>
public class CourseWordVectorsTests
{
    [Fact]
    public void Load_TheCoursesVectors_HaveTheStatedSizeAndNeighbours()
    {
        WordVectors vectors = CourseData.WordVectors();
        Assert.Equal(20_000, vectors.Words.Count);
        Assert.Equal(100, vectors.Width);
        Assert.True(new FileInfo(CourseData.Path("words/vectors.safetensors")).Length + new FileInfo(CourseData.Path("words/words.txt")).Length <= 8_000_000);
        Assert.Equal("the", vectors.Words[0]);

        // "orange, banana | hammer", and a few more that anybody would answer the same way.
        foreach ((string a, string b, string c) in new[]
        {
            ("orange", "banana", "hammer"), ("apple", "pear", "law"), ("dog", "wolf", "compiler"), ("king", "queen", "software"),
            ("processor", "memory", "flower"), ("violin", "piano", "butter"),
        })
        {
            Assert.True(vectors.Similarity(a, b) > Math.Max(vectors.Similarity(a, c), vectors.Similarity(b, c)), $"{a}, {b} | {c}");
        }
    }
}
