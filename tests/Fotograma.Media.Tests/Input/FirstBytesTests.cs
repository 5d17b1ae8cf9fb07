using Fotograma.Media.Input;

namespace Fotograma.Media.Tests.Input;

public sealed class FirstBytesTests
{
    [Theory]
    [InlineData("#EXTM3U\n")]
    [InlineData("\uFEFF#EXTM3U\n")]
    [InlineData("\n  ffconcat version 1.0\n")]
    [InlineData("[playlist]\n")]
    [InlineData("v=0\r\n")]
    [InlineData("<?xml version='1.0'?><MPD>")]
    [InlineData("<playlist version='1' xmlns='http://xspf.org/ns/0/'>")]
    [InlineData("<SmoothStreamingMedia MajorVersion='2'>")]
    [InlineData("<ASX version='3'>")]
    public void Playlist_is_recognised(string text) => FirstBytes.ArePlaylist(System.Text.Encoding.UTF8.GetBytes(text)).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("Hello")]
    [InlineData("<html><body>")]
    [InlineData("\0\0\0\u0018ftypisom")]
    public void Other_text_is_no_playlist(string text) => FirstBytes.ArePlaylist(System.Text.Encoding.UTF8.GetBytes(text)).ShouldBeFalse();
}
