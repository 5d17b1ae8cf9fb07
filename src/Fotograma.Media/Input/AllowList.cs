namespace Fotograma.Media.Input;

/// <summary>
/// The demuxers and decoders that a file may make run. Every other one in the library stays closed: playlists, scripts, image sequences,
/// network formats, and codecs nobody records video with but in which most of the library's holes are found.
/// </summary>
internal sealed class AllowList
{
    private static readonly Dictionary<string, string> UsualDecoders = new(StringComparer.Ordinal)
    {
        ["h264"] = "h264",
        ["hevc"] = "hevc",
        ["vp8"] = "vp8",
        ["vp9"] = "vp9",
        ["av1"] = "libdav1d",
        ["mpeg1video"] = "mpeg1video",
        ["mpeg2video"] = "mpeg2video",
        ["mpeg4"] = "mpeg4",
        ["mjpeg"] = "mjpeg",
        ["wmv1"] = "wmv1",
        ["wmv2"] = "wmv2",
        ["wmv3"] = "wmv3",
        ["flv1"] = "flv",
        ["theora"] = "theora",
        ["prores"] = "prores",
    };

    /// <summary>What only old archives hold: the first phones, the first DivX, and the last form of Windows Media.</summary>
    private static readonly Dictionary<string, string> OldDecoders = new(StringComparer.Ordinal)
    {
        ["h263"] = "h263",
        ["msmpeg4v2"] = "msmpeg4v2",
        ["msmpeg4v3"] = "msmpeg4",
        ["vc1"] = "vc1",
    };

    private AllowList(IEnumerable<KeyValuePair<string, string>> decoders) => Decoders = new Dictionary<string, string>(decoders, StringComparer.Ordinal);

    /// <summary>Demuxers, by libav's names.</summary>
    public static IReadOnlyList<string> Demuxers { get; } =
        ["mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "asf", "flv", "mpegts", "mpeg", "ogg"];

    /// <summary>The demuxers as libav's <c>format_whitelist</c> wants them.</summary>
    public static string DemuxerNames { get; } = string.Join(',', Demuxers);

    /// <summary>What is decoded unless more is asked for.</summary>
    public static AllowList Usual { get; } = new(UsualDecoders);

    /// <summary>The usual, and what only old archives hold.</summary>
    public static AllowList WithOld { get; } = new([.. UsualDecoders, .. OldDecoders]);

    /// <summary>Decoders by the codec's name.</summary>
    public IReadOnlyDictionary<string, string> Decoders { get; }

    /// <summary>The decoders as libav's <c>codec_whitelist</c> wants them.</summary>
    public string DecoderNames => string.Join(',', Decoders.Values);

    /// <summary>The list to go by.</summary>
    public static AllowList For(bool oldCodecs) => oldCodecs ? WithOld : Usual;
}
