namespace Fotograma.Clips;

/// <summary>Files that must be refused, each with the code it must be refused with.</summary>
public static class BadClips
{
    public static Clip SoundM4a { get; } = Clip.Of("sound.m4a", "Sound without a picture.", "-f lavfi -i sine=d=1 -c:a aac");

    public static Clip SoundMp3 { get; } = Clip.Of("sound.mp3", "A container for sound.", "-f lavfi -i sine=d=1 -c:a libmp3lame");

    public static Clip Text { get; } = Clip.Text("text.mp4", "A text with a video's name.", "This is not a video.\n");

    public static Clip Empty { get; } = Clip.Text("empty.mp4", "No bytes.", "");

    public static Clip Truncated { get; } = Clip.From(GoodClips.FiveSeconds, "truncated.mp4", "Cut before the index at the end.", "half",
        bytes => bytes[..(bytes.Length / 2)]);

    public static Clip HlsPlaylist { get; } = Clip.Text("hls.mp4", "An HLS playlist with a video's name.",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n");

    public static Clip ConcatScript { get; } = Clip.Text("concat.mp4", "ffmpeg's own playlist with a video's name.", "ffconcat version 1.0\nfile other.mp4\n");

    public static Clip DashPlaylist { get; } = Clip.Text("dash.mp4", "A DASH playlist with a video's name.",
        "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><Period/></MPD>\n");

    public static Clip Sdp { get; } = Clip.Text("sdp.mp4", "A session description with a video's name.",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n");

    public static Clip CoverArt { get; } = Clip.Of("cover.m4a", "The only picture is cover art.",
        "-f lavfi -i sine=d=1 -f lavfi -i testsrc=s=64x64:d=1 -map 0 -map 1 -frames:v 1 -c:a aac -c:v mjpeg -disposition:v attached_pic");

    public static Clip MagicYuv { get; } = Clip.Of("magicyuv.avi", "A codec that is not on the allow-list.", "-f lavfi -i testsrc=s=64x48:r=25:d=1 -c:v magicyuv");

    public static Clip Gif { get; } = Clip.Of("animation.gif", "A container that is not on the allow-list.", "-f lavfi -i testsrc=s=64x48:r=10:d=1");

    public static Clip Garbage { get; } = Clip.From(GoodClips.FiveSeconds, "garbage.mp4", "Every packet is garbage; only the index is whole.", "garbage", Spoil);

    public static Clip Flood { get; } = Clip.From(GoodClips.ManyFrames, "flood.mp4", "Garbage in thousands of packets makes the decoder complain without end.", "garbage", Spoil);

    /// <summary>Every file with its code.</summary>
    public static IReadOnlyList<(Clip Clip, string Code)> All { get; } =
    [
        (SoundM4a, "media.no_video_stream"), (SoundMp3, "media.not_a_video"), (Text, "media.not_a_video"), (Empty, "media.empty"),
        (Truncated, "media.truncated"), (HlsPlaylist, "media.playlist"), (ConcatScript, "media.playlist"), (DashPlaylist, "media.playlist"),
        (Sdp, "media.playlist"), (CoverArt, "media.no_video_stream"), (MagicYuv, "media.codec_not_allowed"), (Gif, "media.not_a_video"),
        (Garbage, "media.undecodable"), (Flood, "media.undecodable"),
    ];

    private static byte[] Spoil(byte[] bytes)
    {
        var start = bytes.AsSpan().IndexOf("mdat"u8) + 4;
        var end = bytes.AsSpan().IndexOf("moov"u8) - 4;
        for (var at = start; at < end; at++) bytes[at] = (byte)(at * 31);
        return bytes;
    }
}
