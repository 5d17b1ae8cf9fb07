using System.Text;
using Fotograma.Clips;
using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Input;
using Fotograma.Media.Options;
using Fotograma.Media.Tests.Decoding;

namespace Fotograma.Media.Tests.Input;

/// <summary>What a file may make run: few decoders, each of them tried.</summary>
public sealed class AllowListTests
{
    private static readonly string[] Usual =
        ["av1", "flv1", "h264", "hevc", "mjpeg", "mpeg1video", "mpeg2video", "mpeg4", "prores", "theora", "vp8", "vp9", "wmv1", "wmv2", "wmv3"];

    private static readonly string[] Old = ["h263", "msmpeg4v2", "msmpeg4v3", "vc1"];

    /// <summary>Those for which there is no free encoder, and no video made by hand.</summary>
    private static readonly string[] WithoutEncoder = ["vc1"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A video of the gallery for each codec.</summary>
    public static TheoryData<string, Clip> Samples => new()
    {
        { "h264", GoodClips.H264Mp4 }, { "hevc", GoodClips.HevcMp4 }, { "vp8", GoodClips.Vp8Webm }, { "vp9", GoodClips.Vp9Webm }, { "av1", GoodClips.Av1Webm },
        { "mpeg1video", OddClips.Mpeg1 }, { "mpeg2video", GoodClips.Mpeg2Ps }, { "mpeg4", GoodClips.Mpeg4Avi }, { "mjpeg", GoodClips.MjpegAvi },
        { "wmv1", OddClips.Wmv1 }, { "wmv2", GoodClips.WmvAsf }, { "wmv3", HandmadeClips.Wmv3 }, { "flv1", OddClips.FlashVideo }, { "theora", GoodClips.TheoraOgg }, { "prores", GoodClips.Prores },
        { "h263", OddClips.H263 }, { "msmpeg4v2", OddClips.Msmpeg4Two }, { "msmpeg4v3", OddClips.Msmpeg4 },
    };

    public static TheoryData<Clip, string> OldVideos => new() { { OddClips.H263, "h263" }, { OddClips.Msmpeg4Two, "msmpeg4v2" }, { OddClips.Msmpeg4, "msmpeg4v3" } };

    [Fact]
    public void The_lists_are_short_and_hold_no_playlist()
    {
        AllowList.Demuxers.Count.ShouldBeLessThanOrEqualTo(12);
        AllowList.Demuxers.SelectMany(name => name.Split(',')).ShouldNotContain(name => name.Contains("hls") || name.Contains("concat") || name.Contains("image2"));
        AllowList.For(oldCodecs: false).Decoders.Keys.Order(StringComparer.Ordinal).ShouldBe(Usual);
        AllowList.For(oldCodecs: true).Decoders.Keys.Except(Usual).Order(StringComparer.Ordinal).ShouldBe(Old);
        Usual.Length.ShouldBeLessThanOrEqualTo(15);
    }

    [Theory, MemberData(nameof(Samples))]
    public async Task A_decoder_that_may_run_has_a_video_in_the_gallery(string codec, Clip clip)
    {
        GoodClips.All.Concat(OddClips.All).ShouldContain(clip);
        var decoded = await Decoded.RunAsync(await clip.PathAsync(Cancellation), new ExtractionOptions { Sampling = new Sampling.KeyFrames(), MaxFrames = 1 });
        decoded.Facts!.Codec.ShouldBe(codec);
        decoded.Images.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Only_decoders_that_nothing_encodes_for_have_none()
    {
        AllowList.WithOld.Decoders.Keys.Except(Samples.Select(sample => sample.Data.Item1)).ShouldBe(WithoutEncoder, ignoreOrder: true);
        var encoders = Encoding.ASCII.GetString(await Tool.RunAsync("ffmpeg", ["-encoders"], Cancellation));
        encoders.ShouldContain("wmv2");
        foreach (var codec in WithoutEncoder) encoders.ShouldNotContain(codec);
    }

    [Theory, MemberData(nameof(OldVideos))]
    public async Task A_codec_of_old_archives_is_refused_by_its_name_unless_it_was_switched_on(Clip clip, string codec)
    {
        var path = await clip.PathAsync(Cancellation);

        var refusal = await Should.ThrowAsync<MediaException>(() => ProbeAsync(path, oldCodecs: false));
        var report = await ProbeAsync(path, oldCodecs: true);

        refusal.Fault.Code.ShouldBe("media.codec_too_old");
        refusal.Detail.ShouldContain(codec);
        report.Codec.ShouldBe(codec);
    }

    private static Task<Media.Probing.ProbeReport> ProbeAsync(string path, bool oldCodecs) =>
        new VideoExtractor(new VideoExtractorOptions { DecoderPath = BuiltProgram.Decoder, OldCodecs = oldCodecs }).ProbeAsync(path, Cancellation);
}
