using System.Buffers.Binary;
using System.Text;

namespace Fotograma.Clips;

/// <summary>Files made to harm: to read what is not theirs, to take all time, memory or disk, or to break the decoder. None may.</summary>
public static class AbuseClips
{
    private const string X264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    private const string Small = "-f lavfi -i testsrc=s=64x48:r=25";
    private const string Cipher = "-encryption_scheme cenc-aes-ctr -encryption_key 00112233445566778899aabbccddeeff -encryption_kid 0123456789abcdef0123456789abcdef";
    private const string Black = "-f lavfi -i color=black";

    /// <summary>Stands in the texts for the port of a listener that nobody may connect to.</summary>
    public const string Port = "65535";

    /// <summary>Stands in the texts for the path of another person's video.</summary>
    public const string Other = "/other/person.mp4";

    private static readonly Clip TimeJump = Clip.Of("tsjump.mkv", "18 KB whose clock jumps by 100,000 seconds: a picture a second would be 72,685 files.",
        "-f lavfi -i testsrc=s=320x240:r=25 -frames:v 3 -vf settb=1/1000,setpts=N*50000000 -fps_mode passthrough -enc_time_base 1/1000 -c:v mjpeg");
    private static readonly Clip Giant = Clip.Of("giant.mp4", "Black pictures of 8192 by 8192: 200 KB that want a gigabyte.", $"{Black}:s=8192x8192:r=25 -frames:v 3 -c:v libx264 -preset ultrafast -threads 1");
    private static readonly Clip PngBomb = Clip.Of("pngbomb.mkv", "A PNG of 16000 by 16000 that is 31 KB long.", "-f rawvideo -pix_fmt monob -s 16000x16000 -r 1 -i /dev/zero -frames:v 1 -c:v png");
    private static readonly Clip Large = Clip.Of("large.mkv", "The largest picture that is still allowed.", $"{Black}:s=8192x4320:r=25 -frames:v 3 -c:v libx264 -preset ultrafast -threads 1");
    private static readonly Clip NoKeyPyramid = Clip.Of("pyramid.mp4", "Pictures of a pyramid of B-frames, of which the key frame is to be taken.", $"{Small}:d=2 {X264} -x264-params bframes=7:b-adapt=0:b-pyramid=normal:ref=4");

    /// <summary>Texts that name other files or servers, under the name of a video.</summary>
    public static IReadOnlyList<Clip> Playlists { get; } =
    [
        Hls("hls-file.mp4", $"file://{Other}"), Hls("hls-path.mkv", Other), Hls("hls-http.avi", $"http://127.0.0.1:{Port}/a.ts"),
        Hls("hls-concat.mp4", $"concat:http://127.0.0.1:{Port}/a.txt|file:///etc/passwd"), Hls("hls-data.mp4", "data:video/mp2t;base64,R0AAEAAA"),
        Hls("hls-subfile.mp4", $"subfile,,start,0,end,1000,,:{Other}"), Hls("hls-bom.mp4", Other, "\uFEFF"), Hls("hls-spaces.mp4", Other, "\r\n  \n"),
        Text("hls-key.mp4", $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI=\"http://127.0.0.1:{Port}/key\"\n#EXTINF:1,\n{Other}\n#EXT-X-ENDLIST\n"),
        Text("hls-master.mp4", $"#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"a\",URI=\"http://127.0.0.1:{Port}/a.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"a\"\nhttp://127.0.0.1:{Port}/v.m3u8\n"),
        Text("hls-live.mp4", $"#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:4\n#EXT-X-PART-INF:PART-TARGET=1\n#EXT-X-MEDIA-SEQUENCE:1\n#EXTINF:4,\n{Other}\n"),
        Text("concat-relative.mp4", "ffconcat version 1.0\nfile person.mp4\n"), Text("concat-path.mkv", $"ffconcat version 1.0\nfile {Other}\n"),
        Text("concat-http.mp4", $"ffconcat version 1.0\nfile http://127.0.0.1:{Port}/a.mp4\n"),
        Text("session.mp4", $"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {Port} RTP/AVP 96\na=rtpmap:96 H264/90000\n"),
        Text("dash.mp4", $"<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\"><BaseURL>http://127.0.0.1:{Port}/</BaseURL><Period/></MPD>\n"),
        Text("smooth.mp4", "<SmoothStreamingMedia MajorVersion=\"2\"></SmoothStreamingMedia>"),
        Text("xspf.mp4", $"<?xml version=\"1.0\"?><playlist xmlns=\"http://xspf.org/ns/0/\"><trackList><track><location>http://127.0.0.1:{Port}/</location></track></trackList></playlist>"),
        Text("asx.wmv", $"<asx version=\"3.0\"><entry><ref href=\"http://127.0.0.1:{Port}/\"/></entry></asx>"), Text("link.strm.mp4", $"http://127.0.0.1:{Port}/video.mp4\n"),
        Text("list.m3u.mp4", $"{Other}\nhttp://127.0.0.1:{Port}/a.mp4\n"), Text("pls.mp4", $"[playlist]\nFile1=http://127.0.0.1:{Port}/a\nNumberOfEntries=1\n"), Text("reference.asf", $"[Reference]\nRef1=http://127.0.0.1:{Port}/a.asf\n"),
    ];

    /// <summary>Small files that ask for much time, memory or disk.</summary>
    public static IReadOnlyList<Clip> Bombs { get; } =
    [
        TimeJump,
        Clip.From(TimeJump, "tsback.mkv", "The clock jumps by 50,000 seconds, and back.", "third cluster at 0", bytes => Rewind(bytes, 3)),
        Clip.Of("tshole.mp4", "Three pictures, and eleven hours between two of them.",
            "-f lavfi -i testsrc=s=640x360:r=25 -frames:v 3 -vf settb=1/1000,setpts=if(eq(N\\,2)\\,40000000\\,N*40) -fps_mode passthrough -enc_time_base 1/1000 " + X264),
        Clip.Of("hour.mp4", "One picture that stays for an hour.",
            "-f lavfi -i testsrc=s=320x240:r=25 -frames:v 2 -vf settb=1/1000,setpts=N*3600000 -fps_mode passthrough -enc_time_base 1/1000 " + X264),
        Giant, Clip.Cut("giants.mp4", "A hundred of them.", Giant, "-stream_loop 33", "-c copy"), Large, Clip.Cut("larges.mkv", "Seventy of the largest that are allowed.", Large, "-stream_loop 22", "-c copy"),
        PngBomb, Clip.Cut("pngbombs.mkv", "A hundred of them.", PngBomb, "-stream_loop 99", "-c copy"),
        Clip.Of("tall.mkv", "Sixteen pixels wide and 8192 high.", $"{Black}:s=16x8192:r=25 -frames:v 5 {X264}"),
        Clip.Of("wide.mkv", "Very wide.", $"{Black}:s=16384x16:r=25 -frames:v 5 -c:v mjpeg"),
        Clip.Of("swarm.mkv", "Ten thousand tiny pictures in a second.", "-f lavfi -i color=red:s=16x16:r=10000:d=1 -c:v mpeg4 -q:v 31"),
        Clip.Of("streams.mkv", "More streams than anything honest has.", "-f s16le -ar 8000 -ac 1 -t 0.1 -i /dev/zero -f lavfi -i testsrc=s=16x16:r=25:d=0.1 -map 1:v " + string.Join(' ', Enumerable.Repeat("-map 0:a", 140)) + " -c:a copy -c:v mpeg4"),
        Clip.Joined("growing.ts", "The picture becomes two thousand times larger in the middle.", $"{Small}:d=1 {X264} -f mpegts", $"{Black}:s=3840x2160:r=25 -frames:v 3 {X264} -output_ts_offset 1 -f mpegts"),
        Clip.Joined("formats.ts", "The pixels' format changes in the middle.", $"{Small}:d=1 {X264} -f mpegts", $"{Small}:d=1 -c:v libx264 -preset ultrafast -pix_fmt yuv444p -output_ts_offset 1 -f mpegts"),
        Clip.Joined("turns.ts", "The pictures ask to be turned from the middle on.", $"{Small}:d=1 {X264} -f mpegts", $"{Small}:d=1 {X264} -bsf:v h264_metadata=display_orientation=insert:rotate=90 -output_ts_offset 1 -f mpegts"),
        Clip.Of("thin.mkv", "A pixel a thousand times as high as wide.", $"{Small}:d=1 -vf setsar=1/1000 {X264}"),
        Clip.Bytes("crumbs.flv", "A million packets of one byte.", Flv(1_000_000, tag => tag)),
        Clip.Of("onepixel.mkv", "One pixel.", "-f lavfi -i color=red:s=2x2:r=25:d=1 -vf format=yuv444p,crop=1:1 -c:v libx264 -preset ultrafast"),
        Clip.Of("thread.mkv", "Three pixels wide.", "-f lavfi -i color=red:s=4x200:r=25:d=1 -vf format=yuv444p,crop=3:199 -c:v libx264 -preset ultrafast"),
    ];

    /// <summary>Headers that lie about an otherwise good video.</summary>
    public static IReadOnlyList<Clip> Liars { get; } =
    [
        Lie("mvhd", 16, "the movie's length"), Lie("mvhd", 12, "the movie's clock"), Lie("mdhd", 16, "the track's length"), Lie("mdhd", 12, "the track's clock"), Lie("tkhd", 20, "the track's length"),
        Lie("stts", 4, "the number of durations"), Lie("stts", 8, "how many pictures last that long"), Lie("stts", 12, "how long a picture lasts"), Lie("ctts", 4, "the number of offsets"),
        Lie("stsz", 8, "the number of packets"), Lie("stsz", 4, "the size of all packets"), Lie("stsz", 12, "the size of a packet"), Lie("stco", 4, "the number of chunks"), Lie("stco", 8, "where a chunk lies"),
        Lie("stsc", 4, "the number of runs"), Lie("stsc", 12, "the packets of a chunk"), Lie("stss", 4, "the number of key frames"), Lie("elst", 4, "the number of edits"), Lie("elst", 8, "the length of an edit"),
        Lie("moov", -4, "the size of the index"), Lie("avcC", -4, "the size of the set-up data"), Lie("stsd", 4, "the number of descriptions"),
        Clip.From(OddClips.HugeTimesFragmented, "endoftime.mp4", "Its last pictures lie at the end of all numbers.", "last tfdt", bytes => PatchLast(bytes, "tfdt", 4, 0x7FFFFFFF)),
        Clip.From(OddClips.HugeTimesFragmented, "beforetime.mp4", "Its last pictures lie where numbers begin.", "last tfdt below zero", bytes => PatchLast(bytes, "tfdt", 4, 0x80000000)),
        Clip.From(OddClips.HugeTimesFragmented, "beginoftime.mp4", "Its first pictures lie where numbers begin.", "first tfdt below zero", bytes => Patch(bytes, "tfdt", 4, 0x80000001)),
        Clip.From(GoodClips.Mpeg4Avi, "norate.avi", "No pictures a second.", "strh rate 0", bytes => Patch(bytes, "strh", 28, 0)), Clip.From(GoodClips.Mpeg4Avi, "noscale.avi", "A clock that ticks without end.", "strh scale 0", bytes => Patch(bytes, "strh", 24, 0)),
    ];

    /// <summary>Good videos that something happened to.</summary>
    public static IReadOnlyList<Clip> Wrecks { get; } =
    [
        .. from seed in Enumerable.Range(1, 6) select Clip.From(OddClips.FastStart, $"flips{seed}.mp4", "Bits are flipped.", $"flips {seed}", bytes => Flip(bytes, seed, 1 << seed)),
        .. from seed in Enumerable.Range(1, 4) select Clip.From(OddClips.NoCues, $"flips{seed}.mkv", "Bits are flipped.", $"flips {seed}", bytes => Flip(bytes, seed, 4 << seed)),
        .. from seed in Enumerable.Range(1, 4) select Clip.From(GoodClips.Ts, $"flips{seed}.ts", "Bits are flipped.", $"flips {seed}", bytes => Flip(bytes, seed, 4 << seed)),
        .. from seed in Enumerable.Range(1, 3) select Clip.From(GoodClips.Mpeg4Avi, $"flips{seed}.avi", "Bits are flipped.", $"flips {seed}", bytes => Flip(bytes, seed, 4 << seed)),
        .. from cut in Enumerable.Range(1, 6) select Clip.From(OddClips.FastStart, $"cut{cut}.mp4", "Cut off.", $"cut {cut}", bytes => bytes[..Math.Min(bytes.Length, cut * 4096)]),
        Clip.From(OddClips.FastStart, "halfnoise.mp4", "The second half is noise.", "noise", bytes => Noise(bytes, bytes.Length / 2)),
        Clip.From(GoodClips.Vp9Webm, "halfnoise.webm", "The second half is noise.", "noise", bytes => Noise(bytes, bytes.Length / 2)),
        Clip.From(OddClips.FastStart, "nokeys.mp4", "Every key frame is gone.", "nokeys", bytes => Blank(bytes, 0x65)),
        Clip.From(NoKeyPyramid, "nokeypyramid.mp4", "A pyramid of B-frames without its key frame.", "nokeys", bytes => Blank(bytes, 0x65)),
        Clip.From(OddClips.FastStart, "php.mp4", "A program in PHP hangs on the end.", "php", bytes => [.. bytes, .. "<?php system($_GET['c']); ?>"u8]),
        Clip.From(OddClips.FastStart, "zip.mp4", "A ZIP archive hangs on the end.", "zip", bytes => [.. bytes, .. "PK\u0003\u0004"u8, .. new byte[64], .. "PK\u0005\u0006"u8, .. new byte[18]]),
        Clip.From(OddClips.FastStart, "page.mp4", "A page with a script hangs on the end.", "html", bytes => [.. bytes, .. "<script>alert(1)</script>"u8]),
        Clip.From(GoodClips.ThreeSeconds, "external.mov", "The pictures are said to lie in another file beside it.", "external media.mov", bytes => External(bytes, "media.mov")),
        Clip.Of("encrypted.mp4", "Every packet is encrypted, and nobody has the key.", $"{Small}:d=1 {X264} {Cipher}"),
        Clip.Bytes("backwards.flv", "Time runs backwards.", Flv(5_000, tag => (5_000 - tag) * 40)),
        Clip.Bytes("still.flv", "All packets have the same time.", Flv(5_000, _ => 0)),
        Clip.From(GoodClips.H264Mp4, "backwards.mp4", "Composition times lie before decoding times.", "ctts", bytes => Patch(bytes, "ctts", 12, 0xFFFF0000)),
    ];

    /// <summary>What is not a video, or none that is decoded here.</summary>
    public static IReadOnlyList<Clip> Others { get; } =
    [
        Clip.Bytes("onebyte.mp4", "One byte.", [0]), Clip.Bytes("zeros.mp4", "A million zeros.", new byte[1_000_000]),
        Clip.Of("subtitles.mkv", "Only subtitles.", "-f srt -i data:text/plain;base64,MQowMDowMDowMCwwMDAgLS0+IDAwOjAwOjAxLDAwMApIaQo= -c:s srt"),
        Clip.Of("moving.png", "APNG.", $"{Small}:d=1 -f apng"), Clip.Of("moving.webp", "WebP.", $"{Small}:d=1 -c:v libwebp"),
        Clip.Of("ffv1.mkv", "FFV1 is not decoded here.", $"{Small}:d=1 -c:v ffv1"), Clip.Of("raw.mkv", "Nor is raw video.", $"{Small}:d=1 -c:v rawvideo -pix_fmt yuv420p"),
        Clip.Of("utvideo.avi", "Nor Ut Video.", $"{Small}:d=1 -c:v utvideo"), Clip.Of("flashsv.flv", "Nor Flash screen video.", $"{Small}:d=1 -c:v flashsv"),
        Clip.Of("huffyuv.avi", "Nor HuffYUV.", $"{Small}:d=1 -c:v huffyuv"), Clip.Of("cinepak.mov", "Nor Cinepak.", "-f lavfi -i testsrc=s=64x48:r=5:d=0.4 -c:v cinepak"),
        Clip.Of("magicyuv.mkv", "Nor MagicYUV.", $"{Small}:d=1 -c:v magicyuv -pix_fmt yuv420p"),
        Clip.Of("animation.mov", "Nor QuickTime Animation.", $"{Small}:d=1 -c:v qtrle"), Clip.Of("raw.yuv4mpeg.mp4", "A container that is not opened here.", $"{Small}:d=1 -pix_fmt yuv420p -f yuv4mpegpipe"),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Clip> All { get; } = [.. Playlists, .. Bombs, .. Liars, .. Wrecks, .. Others];

    private static Clip Hls(string name, string segment, string before = "") =>
        Text(name, $"{before}#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{segment}\n#EXT-X-ENDLIST\n");

    private static Clip Text(string name, string content) => Clip.Bytes(name, "It names something else.", Encoding.UTF8.GetBytes(content));

    private static Clip Lie(string box, int offset, string about) =>
        Clip.From(OddClips.EditList, $"lie-{box}{offset}.mp4", $"The header lies about {about}.", $"lie {box} {offset}", bytes => Patch(bytes, box, offset, 0x7FFFFFFF));

    /// <summary>Writes a number behind a box's type; negative offsets lie before the type.</summary>
    private static byte[] Patch(byte[] bytes, string box, int offset, uint value)
    {
        Patch(bytes.AsSpan(), box, offset, value);
        return bytes;
    }

    private static void Patch(Span<byte> bytes, string box, int offset, uint value)
    {
        var at = bytes.IndexOf(Encoding.ASCII.GetBytes(box));
        if (at < 0) throw new InvalidOperationException($"There is no box {box}.");
        BinaryPrimitives.WriteUInt32BigEndian(bytes[(offset < 0 ? at + offset : at + 4 + offset)..], value);
    }

    /// <summary>The same with the last box of the type.</summary>
    private static byte[] PatchLast(byte[] bytes, string box, int offset, uint value)
    {
        Patch(bytes.AsSpan(bytes.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(box))), box, offset, value);
        return bytes;
    }

    /// <summary>
    /// Makes a track's data another file's: its reference becomes an alias (QuickTime File Format, data reference atoms; the record is that of
    /// Mac OS). The index must lie behind the pictures, so that nothing it points to moves.
    /// </summary>
    private static byte[] External(byte[] bytes, string name)
    {
        const int OldBytes = 12;
        const int NamesRoom = 27 + 12 + 1 + 63 + 16;
        var at = bytes.AsSpan().IndexOf("url \0\0\0\u0001"u8) - 4;
        if (at < 0 || bytes.AsSpan().IndexOf("mdat"u8) > at) throw new InvalidOperationException("There is no reference behind the pictures.");
        byte[] path = [.. Encoding.ASCII.GetBytes($"disk:{name}")];
        byte[] record = [.. "alis\0\0\0\0"u8, .. new byte[10], 4, .. "disk"u8, .. new byte[NamesRoom - 4], 0, 1, 0, 1, .. new byte[16], 0, 2, 0, (byte)path.Length, .. path, .. new byte[path.Length % 2], 0xFF, 0xFF, 0, 0];
        var entry = new byte[4 + record.Length];
        BinaryPrimitives.WriteInt32BigEndian(entry, entry.Length);
        record.CopyTo(entry, 4);
        foreach (var box in (string[])["moov", "trak", "mdia", "minf", "dinf", "dref"])
        {
            var head = bytes.AsSpan(0, at).LastIndexOf(Encoding.ASCII.GetBytes(box)) - 4;
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(head), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(head)) + entry.Length - OldBytes);
        }

        return [.. bytes[..at], .. entry, .. bytes[(at + OldBytes)..]];
    }

    private static byte[] Flip(byte[] bytes, int seed, int flips)
    {
        var random = new Random(seed);
        for (var i = 0; i < flips; i++) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    private static byte[] Noise(byte[] bytes, int start)
    {
        new Random(1).NextBytes(bytes.AsSpan(start));
        return bytes;
    }

    /// <summary>
    /// FLV (Adobe's specification, annex E) whose first video tag is a black picture of 16x16 in Sorenson H.263, so that there is something to decode, and whose other tags hold one byte
    /// of a picture, at the given milliseconds.
    /// </summary>
    private static byte[] Flv(int tags, Func<int, int> time)
    {
        byte[] picture = [0x12, 0, 0, 0x84, 0, 8, 8, 0x1F, 0xA6, 0x20, 0x20, 0x20, 0x21, 0xFF, 0xFE];
        byte[] crumb = [0x22, 0];
        using var bytes = new MemoryStream();
        bytes.Write([.. "FLV"u8, 1, 1, 0, 0, 0, 9, 0, 0, 0, 0]);
        for (var tag = 0; tag < tags; tag++)
        {
            var (data, at) = (tag == 0 ? picture : crumb, time(tag));
            bytes.Write([9, 0, 0, (byte)data.Length, (byte)(at >> 16), (byte)(at >> 8), (byte)at, (byte)(at >> 24), 0, 0, 0]);
            bytes.Write(data);
            bytes.Write([0, 0, 0, (byte)(11 + data.Length)]);
        }

        return bytes.ToArray();
    }

    /// <summary>Sets the clock of a cluster back to zero (RFC 9559, 5.1.3.1), counted from 1.</summary>
    private static byte[] Rewind(byte[] bytes, int cluster)
    {
        ReadOnlySpan<byte> head = [0x1F, 0x43, 0xB6, 0x75];
        var at = 0;
        for (; cluster > 0; cluster--)
        {
            var next = bytes.AsSpan(at).IndexOf(head);
            if (next < 0) throw new InvalidOperationException("There are fewer clusters.");
            at += next + head.Length;
        }

        at += bytes.AsSpan(at).IndexOf((byte)0xE7) + 1;
        bytes.AsSpan(at + 1, bytes[at] & 0x7F).Clear();
        return bytes;
    }

    /// <summary>Takes the type of every NAL unit of one kind away.</summary>
    private static byte[] Blank(byte[] bytes, byte header)
    {
        for (var at = bytes.AsSpan().IndexOf("mdat"u8) + 4; at < bytes.Length - 5; at++)
            if (bytes[at] == 0 && bytes[at + 4] == header) bytes[at + 4] = 0;
        return bytes;
    }
}
