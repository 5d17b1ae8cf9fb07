using Fotograma.Clips;
using Fotograma.Media.Faults;
using Fotograma.Media.Probing;

namespace Fotograma.Media.Tests.Signatures;

public sealed class ContainerSignatureTests
{
    public static IEnumerable<TheoryDataRow<Clip>> Good => GoodClips.All.Select(clip => new TheoryDataRow<Clip>(clip));

    public static TheoryData<Clip, MediaFault> Refused => new()
    {
        { BadClips.Empty, MediaFault.Empty },
        { BadClips.Text, MediaFault.NotAVideo },
        { BadClips.Gif, MediaFault.NotAVideo },
        { BadClips.SoundMp3, MediaFault.NoVideoStream },
        { BadClips.HlsPlaylist, MediaFault.Playlist },
        { BadClips.ConcatScript, MediaFault.Playlist },
        { BadClips.DashPlaylist, MediaFault.Playlist },
        { BadClips.Sdp, MediaFault.Playlist },
    };

    [Theory, MemberData(nameof(Good))]
    public async Task Every_good_file_is_recognised_by_its_first_bytes(Clip clip)
    {
        ContainerSignature.TryRecognise(await HeadAsync(clip), out var container, out var fault).ShouldBeTrue(fault?.Code);
        container.ShouldNotBeNullOrEmpty();
    }

    [Theory, MemberData(nameof(Refused))]
    public async Task What_is_no_video_is_told_apart(Clip clip, MediaFault expected)
    {
        ContainerSignature.TryRecognise(await HeadAsync(clip), out var container, out var fault).ShouldBeFalse(container);
        fault.ShouldBe(expected);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFB, 0x90, 0x44 }, "media.no_video_stream")]
    [InlineData(new byte[] { 0xFF, 0xF1, 0x50, 0x80 }, "media.no_video_stream")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x41, 0x00 }, "media.not_a_video")]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0 }, "media.not_a_video")]
    public void Sound_is_not_mistaken_for_text_or_pictures(byte[] head, string code)
    {
        ContainerSignature.TryRecognise(head, out _, out var fault).ShouldBeFalse();
        fault!.Code.ShouldBe(code);
    }

    private static async Task<byte[]> HeadAsync(Clip clip)
    {
        await using var file = File.OpenRead(await clip.PathAsync(TestContext.Current.CancellationToken));
        var head = new byte[ContainerSignature.HeadBytes];
        var read = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, TestContext.Current.CancellationToken);
        return head[..read];
    }
}
