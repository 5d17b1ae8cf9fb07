using Fotograma.Clips;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>The videos that everything is held to.</summary>
public sealed class GalleryTests
{
    private static IReadOnlyList<Clip> All => [.. GoodClips.All, .. OddClips.All, .. OddClips.Slow, .. OddClips.WithoutLastKey.Select(pair => pair.Clip), GoodClips.Anamorphic, GoodClips.Oblique];

    /// <summary>Expectations are kept by it.</summary>
    [Fact]
    public void Every_video_has_a_name_of_its_own() => All.Select(clip => clip.Name).ShouldBeUnique();

    [Fact]
    public void There_are_many_and_each_has_a_reason()
    {
        All.Count.ShouldBeGreaterThanOrEqualTo(100);
        All.ShouldAllBe(clip => clip.Reason.Length > 3);
    }
}
