using System.Text;
using Fotograma.Clips;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>What the gallery is there for is in it: each of its features is seen in the file that was made for it, by ffprobe or in its bytes.</summary>
public sealed class FeatureTests
{
    private const string Movie = "format_name=mov,mp4,m4a,3gp,3g2,mj2";
    private const string Matroska = "format_name=matroska,webm";

    public static TheoryData<string, Clip, string[]> Features => new()
    {
        { "CAVLC", OddClips.Cavlc, ["codec_name=h264", "has cabac=0", Movie] },
        { "CABAC", GoodClips.H264Mp4, ["codec_name=h264", "has cabac=1", "has_b_frames=2"] },
        { "a pyramid of B-frames", OddClips.Pyramid, ["codec_name=h264", "has b_pyramid=2"] },
        { "open groups", OddClips.OpenGop, ["codec_name=h264", "has open_gop=1"] },
        { "intra refresh", OddClips.IntraRefresh, ["codec_name=h264", Matroska, "has intra_refresh=1"] },
        { "interlaced H.264", OddClips.Interlaced, ["codec_name=h264", "field_order=tt"] },
        { "H.264 with ten bits", GoodClips.TenBit, ["codec_name=h264", "pix_fmt=yuv420p10le"] },
        { "H.264 4:2:2", OddClips.HalfChroma, ["codec_name=h264", "pix_fmt=yuv422p10le"] },
        { "H.264 4:4:4", GoodClips.FullChroma, ["codec_name=h264", "pix_fmt=yuv444p"] },
        { "HEVC", GoodClips.HevcMp4, ["codec_name=hevc", "pix_fmt=yuv420p"] },
        { "HEVC with ten bits", OddClips.HevcTen, ["codec_name=hevc", "pix_fmt=yuv420p10le"] },
        { "VP8", GoodClips.Vp8Webm, ["codec_name=vp8", Matroska] },
        { "VP9 with alpha", OddClips.Vp9Alpha, ["codec_name=vp9", Matroska, "has \u0053\u00C0"] },
        { "AV1", GoodClips.Av1Mp4, ["codec_name=av1", Movie] },
        { "MPEG-2", GoodClips.Mpeg2Ps, ["codec_name=mpeg2video", "format_name=mpeg", "has_b_frames=1"] },
        { "MPEG-4", GoodClips.Mpeg4Avi, ["codec_name=mpeg4", "format_name=avi", "has_b_frames=1"] },
        { "MJPEG", GoodClips.MjpegAvi, ["codec_name=mjpeg", "color_range=pc"] },
        { "WMV", GoodClips.WmvAsf, ["codec_name=wmv2", "format_name=asf"] },
        { "WMV 9", HandmadeClips.Wmv3, ["codec_name=wmv3", "format_name=asf"] },
        { "FLV's own codec", OddClips.FlashVideo, ["codec_name=flv1", "format_name=flv"] },
        { "Theora", GoodClips.TheoraOgg, ["codec_name=theora", "format_name=ogg"] },
        { "ProRes", GoodClips.Prores, ["codec_name=prores", "pix_fmt=yuv422p10le", Movie] },
        { "an index before the pictures", OddClips.FastStart, [Movie, "moov before mdat"] },
        { "an index behind the pictures", GoodClips.H264Mp4, [Movie, "mdat before moov"] },
        { "fragments", OddClips.Fragmented, [Movie, "has moof"] },
        { "an edit list", OddClips.EditList, [Movie, "has elst", "duration=1.700000"] },
        { "times below zero", OddClips.NegativePts, ["start_pts=-500", "start_time=-0.500000"] },
        { "huge times", OddClips.HugeTimesMp4, ["start_pts=9600000000"] },
        { "AVI with a broken index", OddClips.BrokenAvi, ["format_name=avi", "lacks idx1"] },
        { "a transport stream whose clock jumps back", OddClips.Jump, ["format_name=mpegts", "times jump"] },
        { "a transport stream whose clock jumps ahead", OddClips.JumpAhead, ["format_name=mpegts", "times jump"] },
        { "3GP", OddClips.H263, ["codec_name=h263", Movie, "has 3gp"] },
        { "a quarter turn", GoodClips.Turned[0], ["rotation=-90"] },
        { "a half turn", GoodClips.Turned[1], ["rotation=-180"] },
        { "three quarters of a turn", GoodClips.Turned[2], ["rotation=90"] },
        { "a mirror", GoodClips.Turned[4], ["rotation=0"] },
        { "odd sizes", GoodClips.OddSize, ["width=97", "height=63", "pix_fmt=yuv420p"] },
        { "pixels that are not square", OddClips.WidePixels, ["sample_aspect_ratio=4:3"] },
        { "the full range", GoodClips.FullRange, ["color_range=pc", "codec_name=h264"] },
        { "BT.601", OddClips.Bt601, ["color_space=smpte170m"] },
        { "BT.709", GoodClips.Bt709, ["color_space=bt709"] },
        { "BT.2020 and PQ", GoodClips.Bt2020TenBit, ["color_space=bt2020nc", "color_transfer=smpte2084"] },
        { "HLG", OddClips.Hlg, ["color_transfer=arib-std-b67"] },
        { "a variable frame rate", GoodClips.VfrMp4, ["avg_frame_rate=75/7", "nb_frames=54"] },
        { "one picture", OddClips.OnePicture, ["nb_frames=1"] },
        { "one picture in an hour", OddClips.Slow[0], ["nb_frames=3", "duration=7200.040000"] },
    };

    [Theory, MemberData(nameof(Features))]
    public async Task The_gallery_has(string feature, Clip clip, string[] signs)
    {
        var path = await clip.PathAsync(TestContext.Current.CancellationToken);
        var facts = await Reference.FactsAsync(path);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        foreach (var sign in signs) (await IsThereAsync(sign)).ShouldBeTrue($"{clip} has not {feature}: {sign} is not true of {string.Join(", ", facts)}");

        async Task<bool> IsThereAsync(string sign) => sign.Split(' ') switch
        {
            ["has", var text] => Place(text) >= 0,
            ["lacks", var text] => Place(text) < 0,
            [var first, "before", var second] => Place(first) >= 0 && Place(first) < Place(second),
            ["times", "jump"] => await Reference.LongestStepAsync(path) > TimeSpan.FromSeconds(10),
            _ => facts.Contains(sign),
        };

        int Place(string text) => bytes.AsSpan().IndexOf(Encoding.Latin1.GetBytes(text));
    }
}
