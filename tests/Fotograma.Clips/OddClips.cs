using System.Buffers.Binary;

namespace Fotograma.Clips;

/// <summary>Videos that decode, but have something about them that programs get wrong. Each says what.</summary>
public static class OddClips
{
    private const string Small = "-f lavfi -i testsrc=s=96x64:r=25";
    private const string Busy = "-f lavfi -i testsrc2=s=96x64:r=25";
    private const string X264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p";
    private const string X265 = "-c:v libx265 -preset ultrafast -pix_fmt yuv420p";

    // Codecs.
    public static Clip Cavlc { get; } = Clip.Of("cavlc.mp4", "H.264 baseline with CAVLC and several slices.", $"{Busy}:d=3 {X264} -profile:v baseline -slices 4 -g 12");
    public static Clip Pyramid { get; } = Clip.Of("pyramid.mp4", "B-frames that are referred to themselves.", $"{Busy}:d=4 {X264} -g 24 -bf 7 -b_strategy 0 -x264-params b-pyramid=normal");
    public static Clip OpenGop { get; } = Clip.Of("opengop.mp4", "Groups whose first pictures in presentation order refer to the group before.", $"{Busy}:d=4 {X264} -g 20 -bf 3 -b_strategy 0 -x264-params open-gop=1");
    public static Clip IntraRefresh { get; } = Clip.Of("refresh.mkv", "No key frame but the first; the picture renews itself column by column.", $"{Busy}:d=4 {X264} -g 20 -x264-params intra-refresh=1");
    public static Clip Interlaced { get; } = Clip.Of("interlaced.mp4", "Interlaced H.264, top field first.", $"{Busy}:d=3 -vf tinterlace=interleave_top -flags +ilme+ildct {X264} -x264-params interlaced=1 -g 15");
    public static Clip HalfChroma { get; } = Clip.Of("yuv422.mp4", "H.264 4:2:2 with ten bits.", $"{Busy}:d=2 -c:v libx264 -preset veryfast -pix_fmt yuv422p10le");
    public static Clip Rgb { get; } = Clip.Of("gbr.mp4", "H.264 that stores red, green and blue.", $"{Busy}:d=2 -c:v libx264rgb -preset veryfast -pix_fmt rgb24");
    public static Clip Lossless { get; } = Clip.Of("lossless.mkv", "Lossless H.264.", $"{Busy}:d=2 {X264} -qp 0");
    public static Clip HevcTen { get; } = Clip.Of("hevc10.mp4", "HEVC with ten bits.", $"{Busy}:d=2 -c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params log-level=none");
    public static Clip HevcOpen { get; } = Clip.Of("hevcopen.mkv", "HEVC whose groups start with CRA pictures and leading pictures behind them.", $"{Busy}:d=4 {X265} -x265-params log-level=none:keyint=20:min-keyint=20:open-gop=1:bframes=4:b-adapt=0");
    public static Clip HevcLayers { get; } = Clip.Of("hevclayers.mp4", "HEVC with temporal layers.", $"{Busy}:d=3 {X265} -x265-params log-level=none:temporal-layers=1:bframes=4:keyint=25");
    public static Clip HevcInBand { get; } = Clip.Of("hev1.mp4", "HEVC with its parameter sets inside the packets.", $"{Busy}:d=2 {X265} -x265-params log-level=none:repeat-headers=1:keyint=10 -tag:v hev1");
    public static Clip Vp9Alpha { get; } = Clip.Of("alpha.webm", "VP9 with a transparency that is stored beside the picture.", $"{Small}:d=2 -vf format=yuva420p,colorchannelmixer=aa=0.5 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuva420p");
    public static Clip Vp9Ten { get; } = Clip.Of("vp9ten.webm", "VP9 with ten bits and 4:4:4.", $"{Small}:d=2 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuv444p10le");
    public static Clip Vp9Groups { get; } = Clip.Of("vp9groups.webm", "VP9 with many groups.", $"{Busy}:d=4 -pix_fmt yuv420p -c:v libvpx-vp9 -deadline good -cpu-used 8 -g 20 -auto-alt-ref 1 -lag-in-frames 16 -b:v 200k");
    public static Clip Mpeg1 { get; } = Clip.Of("mpeg1.mpg", "MPEG-1 in its own program stream.", $"{Busy}:d=2 -c:v mpeg1video -bf 2 -q:v 4 -f mpeg");
    public static Clip Mpeg2Mkv { get; } = Clip.Of("mpeg2.mkv", "MPEG-2 with B-frames in Matroska, open groups.", $"{Busy}:d=3 -c:v mpeg2video -bf 2 -q:v 4 -g 12");
    public static Clip Mpeg2Interlaced { get; } = Clip.Of("mpeg2i.ts", "Interlaced MPEG-2 in MPEG-TS.", $"{Busy}:d=3 -vf tinterlace=interleave_bottom -flags +ilme+ildct -c:v mpeg2video -q:v 4");
    public static Clip Mpeg4Mp4 { get; } = Clip.Of("mpeg4.mp4", "MPEG-4 Part 2 with B-frames in MP4.", $"{Busy}:d=3 -c:v mpeg4 -bf 2 -q:v 4");
    public static Clip Msmpeg4 { get; } = Clip.Of("msmpeg4.avi", "Microsoft's MPEG-4 version 3.", $"{Busy}:d=2 -c:v msmpeg4 -q:v 4");
    public static Clip Msmpeg4Two { get; } = Clip.Of("msmpeg4v2.avi", "Microsoft's MPEG-4 version 2.", $"{Busy}:d=2 -c:v msmpeg4v2 -q:v 4");
    public static Clip MjpegMov { get; } = Clip.Of("mjpeg.mov", "Motion JPEG in QuickTime, 4:4:4.", $"{Busy}:d=2 -c:v mjpeg -q:v 3 -pix_fmt yuvj444p");
    public static Clip Wmv1 { get; } = Clip.Of("wmv1.wmv", "Windows Media Video 7.", $"{Busy}:d=2 -c:v wmv1 -q:v 4");
    public static Clip FlashVideo { get; } = Clip.Of("flv1.flv", "Sorenson's H.263 in FLV.", $"{Busy}:d=2 -c:v flv -q:v 4");
    public static Clip ProresAlpha { get; } = Clip.Of("prores4444.mov", "ProRes 4444 with transparency.", $"{Small}:d=1 -c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le");
    public static Clip H263 { get; } = Clip.Of("h263.3gp", "H.263 in 3GP, in one of its few sizes.", "-f lavfi -i testsrc=s=176x144:r=25:d=2 -c:v h263 -q:v 4");
    public static Clip Av1Ten { get; } = Clip.Of("av1ten.mkv", "AV1 with ten bits in Matroska, several groups.", $"{Small}:d=2 -pix_fmt yuv420p10le -c:v libaom-av1 -cpu-used 8 -b:v 100k -g 15");

    public static Clip Av1Layers { get; } = Clip.Of("av1layers.mp4", "AV1 half of whose pictures nobody refers to, in several groups.", $"{Busy}:d=3 -pix_fmt yuv420p -c:v libsvtav1 -preset 10 -g 25");

    // Containers and time.
    public static Clip FastStart { get; } = Clip.Of("faststart.mp4", "The index lies before the pictures.", $"{Busy}:d=3 {X264} -g 25 -bf 2 -movflags +faststart");
    public static Clip Fragmented { get; } = Clip.Of("fragmented.mp4", "The index is spread over the file.", $"{Busy}:d=4 {X264} -g 20 -bf 2 -movflags frag_keyframe+empty_moov+default_base_moof");
    public static Clip FragmentedSound { get; } = Clip.Of("fragsound.mp4", "Fragments, with sound between them.", $"{Busy}:d=3 -f lavfi -i sine=d=3 {X264} -g 25 -c:a aac -movflags frag_keyframe+empty_moov");
    public static Clip Vp8Milliseconds { get; } = Clip.InTwoPasses("vp8ms.webm", "VP8 whose frames that are never shown have times of their own.", $"{Busy}:d=3 -vf settb=1/1000 -fps_mode passthrough -enc_time_base 1/1000 -c:v libvpx -deadline good -cpu-used 4 -b:v 100k -auto-alt-ref 1 -lag-in-frames 16");
    public static Clip Vp9Hidden { get; } = Clip.InTwoPasses("vp9hidden.webm", "VP9 whose frames that are never shown share packets with others.", $"{Busy}:d=4 -pix_fmt yuv420p -c:v libvpx-vp9 -deadline good -cpu-used 4 -g 25 -auto-alt-ref 1 -lag-in-frames 16 -b:v 100k");
    public static Clip Vp9Split { get; } = Clip.Cut("vp9split.webm", "VP9 whose frames that are never shown have packets and times of their own.", Vp9Hidden, "", "-c copy -fflags -autobsf -bsf:v vp9_superframe_split,setts=pts=N*40:dts=N*40:duration=40");
    public static Clip EmptyMpeg4 { get; } = Clip.Cut("mpeg4empty.mp4", "MPEG-4 with packets that say there is no picture.", HandmadeClips.EmptyMpeg4, "-f m4v -r 25", "-c copy");
    public static Clip EmptyMpeg4Mkv { get; } = Clip.Cut("mpeg4empty.mkv", "The same in Matroska.", HandmadeClips.EmptyMpeg4, "-f m4v -r 25", "-c copy");
    public static Clip CutHevc { get; } = Clip.Cut("cuthevc.mkv", "It was cut at an open group: its first pictures refer to what is not there.", HevcOpen, "-ss 1.7", "-c copy");
    public static Clip CutHevcMp4 { get; } = Clip.Cut("cuthevc.mp4", "The same in MP4, whose edit list hides them.", HevcOpen, "-ss 1.2", "-c copy");
    public static Clip CutMpeg2 { get; } = Clip.Cut("cutmpeg2.mkv", "MPEG-2 cut at an open group.", Mpeg2Mkv, "-ss 1.2", "-c copy");
    public static Clip EditList { get; } = Clip.Cut("editlist.mp4", "An edit list hides the pictures before the cut.", FastStart, "-ss 1.3", "-c copy");
    public static Clip NoEditList { get; } = Clip.Of("noedit.mp4", "B-frames without an edit list: the first picture comes late.", $"{Busy}:d=3 {X264} -bf 3 -use_editlist 0");
    public static Clip NegativeCts { get; } = Clip.Of("negativects.mp4", "Composition offsets below zero.", $"{Busy}:d=3 {X264} -bf 3 -g 25 -movflags +negative_cts_offsets");
    public static Clip HugeTimes { get; } = Clip.Of("hugetimes.mkv", "The clock starts after eleven hours.", $"{Busy}:d=2 {X264} -bf 2 -output_ts_offset 40000");
    public static Clip HugeTimesMp4 { get; } = Clip.Of("hugetimes.mp4", "An edit list says that the first picture comes after eleven hours, in numbers of 64 bits.", $"{Busy}:d=2 {X264} -bf 2 -g 20 -output_ts_offset 40000 -video_track_timescale 240000 -movie_timescale 240000");
    public static Clip HugeTimesFragmented { get; } = Clip.Of("hugetimesfrag.mp4", "The clock of the fragments starts after eleven hours, in numbers of 64 bits.", $"{Busy}:d=2 {X264} -bf 2 -g 20 -output_ts_offset 40000 -video_track_timescale 240000 -movflags frag_keyframe+empty_moov+default_base_moof");
    public static Clip NegativeTimes { get; } = Clip.Of("negative.mkv", "The sound starts before zero.", $"{Busy}:d=3 -itsoffset -0.5 -f lavfi -i sine=d=3 {X264} -c:a flac -map 0:v -map 1:a -avoid_negative_ts disabled");
    public static Clip NegativePts { get; } = Clip.From(GoodClips.WmvAsf, "negativepts.wmv", "The first pictures have times below zero.", "preroll", AddPreroll);
    public static Clip BeforeZero { get; } = Clip.Of("beforezero.mkv", "The first pictures lie before zero, which Matroska cannot say.", $"{Busy}:d=3 {X264} -bf 2 -g 25 -output_ts_offset -1.5 -avoid_negative_ts disabled");
    public static Clip CutByEdit { get; } = Clip.Of("cutbyedit.mp4", "The first pictures lie before zero, so an edit list cuts them off.", $"{Busy}:d=3 {X264} -bf 2 -g 25 -output_ts_offset -1.5 -avoid_negative_ts disabled");
    public static Clip Wrap { get; } = Clip.Of("wrap.ts", "The clock of 33 bits runs over in the middle.", $"{Busy}:d=4 {X264} -bf 2 -g 25 -output_ts_offset 95441.7");
    public static Clip NoCues { get; } = Clip.Of("nocues.mkv", "Matroska as it is streamed: no index, no length.", $"{Busy}:d=4 {X264} -g 20 -bf 2 -live 1");
    public static Clip BrokenAvi { get; } = Clip.From(GoodClips.Mpeg4Avi, "brokenindex.avi", "The index at the end is cut off.", "no idx1", bytes => bytes[..bytes.AsSpan().LastIndexOf("idx1"u8)]);
    public static Clip Jump { get; } = Clip.Joined("jump.ts", "The clock jumps back in the middle.", $"{Busy}:d=2 {X264} -g 25 -output_ts_offset 500 -f mpegts", $"{Small}:d=2 {X264} -g 25 -f mpegts");
    public static Clip JumpAhead { get; } = Clip.Joined("jumpahead.ts", "The clock jumps ahead by a minute in the middle.", $"{Busy}:d=2 {X264} -g 25 -f mpegts", $"{Small}:d=2 {X264} -g 25 -output_ts_offset 62 -f mpegts");
    public static Clip Pause { get; } = Clip.Joined("pause.ts", "Five seconds are missing in the middle: too short a jump for a new clock.", $"{Busy}:d=2 {X264} -g 25 -f mpegts", $"{Small}:d=2 {X264} -g 25 -output_ts_offset 7 -f mpegts");
    public static Clip FlashJump { get; } = Clip.From(GoodClips.Flv, "jumpahead.flv", "In FLV, too, the clock may jump ahead: by 65 seconds in the middle.", "second half 65536 ms later", bytes => Later(bytes, bytes.Length / 2));
    public static Clip M2ts { get; } = Clip.Of("blueray.m2ts", "MPEG-TS with a time before every packet.", $"{Busy}:d=2 {X264} -bf 2");
    public static Clip TsMpeg2 { get; } = Clip.Of("mpeg2.ts", "MPEG-2 in MPEG-TS.", $"{Busy}:d=2 -c:v mpeg2video -q:v 4 -bf 2");
    public static Clip ThreeGp { get; } = Clip.Of("h264.3gp", "H.264 in 3GP.", $"{Busy}:d=2 {X264} -profile:v baseline");
    public static Clip TwoPictures { get; } = Clip.Of("two.mkv", "Two video tracks; the larger one is the video.", "-f lavfi -i testsrc=s=64x48:r=25:d=2 -f lavfi -i testsrc2=s=96x64:r=25:d=2 -map 0 -map 1 " + X264);
    public static Clip ClockOfPrimes { get; } = Clip.Of("timescale.mov", "A clock with an odd unit.", $"-f lavfi -i testsrc=s=96x64:r=24000/1001:d=2 {X264} -video_track_timescale 90011");
    public static Clip Sparse { get; } = Clip.Of("sparse.mp4", "A picture every five seconds.", $"-f lavfi -i testsrc=s=96x64:r=1/5:d=40 {X264} -bf 2");


    /// <summary>A picture an hour: too slow to be asked for thousands of images like <see cref="All"/>.</summary>
    public static IReadOnlyList<Clip> Slow { get; } = [Slowly("slow.mp4"), Slowly("slow.mkv")];

    // Pictures.
    public static Clip TurnedInside { get; } = Clip.Of("turnedinside.mkv", "The H.264 stream says that its pictures are turned, the container does not know.",
        "-f lavfi -i testsrc=s=96x64:r=25:d=1 -c:v libx264 -preset veryfast -pix_fmt yuv420p -bsf:v h264_metadata=display_orientation=insert:rotate=90");
    public static Clip HdrLater { get; } = Clip.Joined("hdrlater.ts", "The pictures become HDR in the middle.", $"-f lavfi -i testsrc=s=96x64:r=25:d=2 {X264} -f mpegts",
        $"-f lavfi -i testsrc=s=96x64:r=25:d=1 {X264} -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -output_ts_offset 2 -f mpegts");
    public static Clip Tiny { get; } = Clip.Of("tiny.mkv", "Sixteen pixels square.", $"-f lavfi -i testsrc=s=16x16:r=25:d=1 -vf scale=16:16 {X264}");
    public static Clip Narrow { get; } = Clip.Of("narrow.mkv", "Two pixels wide.", "-f lavfi -i color=red:s=2x480:r=25:d=1 -c:v mpeg4 -q:v 3");
    public static Clip OddBoth { get; } = Clip.Of("odd444.mp4", "Odd sizes at 4:4:4.", "-f lavfi -i testsrc2=s=101x55:r=25:d=1 -c:v libx264 -preset veryfast -pix_fmt yuv444p");
    public static Clip WidePixels { get; } = Clip.Of("widepixels.mp4", "Pixels a third wider than high.", $"{Busy}:d=2 -vf setsar=4/3 {X264}");
    public static Clip TallPixels { get; } = Clip.Of("tallpixels.mkv", "Pixels higher than wide, said by Matroska's display size.", $"{Busy}:d=2 -vf setsar=8/9 {X264}");
    public static Clip Bt601 { get; } = Clip.Of("bt601.mp4", "BT.601 that says so.", $"{Busy}:d=1 -color_primaries smpte170m -color_trc smpte170m -colorspace smpte170m {X264}");
    public static Clip Bt2020Eight { get; } = Clip.Of("bt2020sdr.mp4", "BT.2020 with eight bits and an ordinary transfer.", $"{Busy}:d=1 -color_primaries bt2020 -color_trc bt2020-10 -colorspace bt2020nc {X264}");
    public static Clip Hlg { get; } = Clip.Of("hlg.mp4", "HLG.", $"{Busy}:d=1 -c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params log-level=none:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc");
    public static Clip OnePicture { get; } = Clip.Of("single.mp4", "One picture.", $"{Busy} -frames:v 1 {X264}");
    public static Clip OnePictureMkv { get; } = Clip.Of("single.mkv", "One picture, whose length nobody says.", $"{Busy} -frames:v 1 {X264}");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Clip> All { get; } =
    [
        Cavlc, Pyramid, OpenGop, IntraRefresh, Interlaced, HalfChroma, Rgb, Lossless, HevcTen, HevcOpen, HevcLayers, HevcInBand, Vp9Alpha, Vp9Ten,
        Vp9Groups, Mpeg1, Mpeg2Mkv, Mpeg2Interlaced, Mpeg4Mp4, Msmpeg4, Msmpeg4Two, MjpegMov, Wmv1, HandmadeClips.Wmv3, FlashVideo, ProresAlpha, H263, Av1Ten, Av1Layers, FastStart, Fragmented,
        FragmentedSound, Vp8Milliseconds, Vp9Hidden, Vp9Split, EmptyMpeg4, EmptyMpeg4Mkv, CutHevc, CutHevcMp4, CutMpeg2, EditList, NoEditList, NegativeCts, HugeTimes, HugeTimesMp4, HugeTimesFragmented, NegativeTimes, NegativePts, BeforeZero, CutByEdit, Wrap, NoCues, BrokenAvi, Jump, JumpAhead, Pause, FlashJump, M2ts, TsMpeg2, ThreeGp, TwoPictures,
        ClockOfPrimes, Sparse, Tiny, Narrow, OddBoth, WidePixels, TallPixels, Bt601, Bt2020Eight, Hlg, OnePicture, OnePictureMkv,
    ];

    /// <summary>A group of ten seconds and seven megabytes, and another of two.</summary>
    public static Clip LongGroup { get; } = Clip.Of("longgroup.ts", "A long first group, to be cut.",
        "-f lavfi -i testsrc2=s=128x96:r=25:d=12,noise=alls=90:allf=t -c:v libx264 -preset ultrafast -pix_fmt yuv420p -qp 2 -g 250 -bf 0");

    /// <summary>The same without its first key frame: more bytes and more time than ffmpeg looks into come before anything says how large the pictures are.</summary>
    public static Clip MidBroadcast { get; } = Clip.From(LongGroup, "midbroadcast.ts", "Recorded from the middle of a broadcast.", "from packet 2128", bytes => bytes[(188 * 2128)..]);

    /// <summary>Files whose last key frame is missing, as after a lost packet: what comes after it was coded as changes to it.</summary>
    public static IReadOnlyList<(Clip Clip, Clip Whole)> WithoutLastKey { get; } =
    [
        WithoutKeysFrom(40, FastStart, "nolastkey.mp4"), WithoutKeysFrom(60, GoodClips.H264Mkv, "nolastkey.mkv"), WithoutKeysFrom(65, Cavlc, "nolastkeycavlc.mkv"),
        WithoutKeysFrom(60, GoodClips.Ts, "nolastkey.ts"), WithoutKeysFrom(70, HevcOpen, "nolastkeyhevc.mkv"), WithoutKeysFrom(70, Vp9Groups, "nolastkey.webm"),
        WithoutKeysFrom(90, GoodClips.Mpeg4Avi, "nolastkey.avi"), WithoutKeysFrom(65, Mpeg2Mkv, "nolastkeympeg2.mkv"),
    ];

    private static (Clip Clip, Clip Whole) WithoutKeysFrom(int packet, Clip whole, string name) =>
        (Clip.Cut(name, "The last key frame is missing.", whole, "", $"-c copy -bsf:v noise=drop=key*gte(n\\,{packet})"), whole);

    private static Clip Slowly(string name) => Clip.Of(name, "One picture in an hour.",
        $"-f lavfi -i testsrc=s=96x64:r=25 -frames:v 3 -vf settb=1/1000,setpts=N*3600000 -fps_mode passthrough -enc_time_base 1/1000 {X264}");

    /// <summary>Adds 65,536 milliseconds to the time of every tag from a place on (Adobe's FLV specification, E.4.1: eleven bytes of head, and the length of the whole behind).</summary>
    private static byte[] Later(byte[] bytes, int from)
    {
        const int FirstTag = 13;
        const int Head = 11;
        for (var at = FirstTag; at + Head < bytes.Length; at += Head + (bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3]) + sizeof(int))
            if (at >= from) bytes[at + 4]++;
        return bytes;
    }

    /// <summary>Makes a player count half a second more as lying before the start (ASF specification, 3.2, "Preroll").</summary>
    private static byte[] AddPreroll(byte[] bytes)
    {
        const int PrerollFromObject = 80;
        ReadOnlySpan<byte> fileProperties = [0xA1, 0xDC, 0xAB, 0x8C, 0x47, 0xA9, 0xCF, 0x11, 0x8E, 0xE4, 0x00, 0xC0, 0x0C, 0x20, 0x53, 0x65];
        var preroll = bytes.AsSpan(bytes.AsSpan().IndexOf(fileProperties) + PrerollFromObject);
        BinaryPrimitives.WriteInt64LittleEndian(preroll, BinaryPrimitives.ReadInt64LittleEndian(preroll) + 500);
        return bytes;
    }
}
