using System.Text;
using CsCheck;
using Fotograma.Video.Uploads;

namespace Fotograma.Video.Tests.Uploads;

public sealed class DisplayNameTests
{
    [Theory]
    [InlineData(null, "video")]
    [InlineData("   ", "video")]
    [InlineData("..", "video")]
    [InlineData("férias.mp4", "férias.mp4")]
    [InlineData("C:\\Users\\ana\\clip.mov", "clip.mov")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("a\r\nX-Evil: 1.mp4", "aX-Evil: 1.mp4")]
    [InlineData("\u202Egpj.mp4", "gpj.mp4")]
    [InlineData("日本語 🎬.mov", "日本語 🎬.mov")]
    public void A_sent_name_becomes_a_name_to_show(string? sent, string shown) => DisplayName.Clean(sent).ShouldBe(shown);

    [Fact]
    public void A_long_name_is_shortened_between_characters_and_keeps_its_ending()
    {
        var shown = DisplayName.Clean(new string('é', 300) + ".webm");
        Encoding.UTF8.GetByteCount(shown).ShouldBeLessThanOrEqualTo(DisplayName.BytesMax);
        shown.ShouldEndWith("é.webm");
    }

    [Fact]
    public void Whatever_is_sent_the_shown_name_is_short_and_harmless_and_cleaning_it_again_changes_nothing() => Gen.String.Sample(sent =>
    {
        var shown = DisplayName.Clean(sent);
        return shown.Length > 0 && Encoding.UTF8.GetByteCount(shown) <= DisplayName.BytesMax
            && shown.IndexOfAny(['/', '\\', '\r', '\n', '\0']) < 0 && DisplayName.Clean(shown) == shown;
    });
}
