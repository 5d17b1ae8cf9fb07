namespace Fotograma.Media.Input;

/// <summary>
/// The demuxers and decoders that a file may make run. Every other one in the library stays closed: playlists, scripts, image sequences,
/// network formats, and codecs nobody records video with but in which most of the library's holes are found.
/// </summary>
internal static class AllowList
{
    /// <summary>Demuxers, by libav's names.</summary>
    public static IReadOnlyList<string> Demuxers { get; } =
        ["mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "asf", "flv", "mpegts", "mpeg", "ogg"];

    /// <summary>Decoders by the codec's name, best first.</summary>
    public static IReadOnlyDictionary<string, string> Decoders { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["h264"] = "h264",
        ["hevc"] = "hevc",
        ["vp8"] = "vp8",
        ["vp9"] = "vp9",
        ["av1"] = "libdav1d",
        ["mpeg1video"] = "mpeg1video",
        ["mpeg2video"] = "mpeg2video",
        ["mpeg4"] = "mpeg4",
        ["msmpeg4v2"] = "msmpeg4v2",
        ["msmpeg4v3"] = "msmpeg4",
        ["mjpeg"] = "mjpeg",
        ["wmv1"] = "wmv1",
        ["wmv2"] = "wmv2",
        ["wmv3"] = "wmv3",
        ["vc1"] = "vc1",
        ["flv1"] = "flv",
        ["theora"] = "theora",
        ["prores"] = "prores",
        ["h263"] = "h263",
    };

    /// <summary>The demuxers as libav's <c>format_whitelist</c> wants them.</summary>
    public static string DemuxerNames { get; } = string.Join(',', Demuxers);

    /// <summary>The decoders as libav's <c>codec_whitelist</c> wants them.</summary>
    public static string DecoderNames { get; } = string.Join(',', Decoders.Values);
}
