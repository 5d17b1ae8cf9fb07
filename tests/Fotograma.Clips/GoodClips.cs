using System.Buffers.Binary;

namespace Fotograma.Clips;

/// <summary>Videos that can be decoded, small enough to be made in moments, each for a reason.</summary>
public static class GoodClips
{
    private const string Small = "-f lavfi -i testsrc=s=96x64:r=25";
    private const string X264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p";

    private const string Moving = "-f lavfi -i testsrc2=s=192x128:r=50:d=1.2";
    private const string Lossless = "-c:v libx264 -preset veryfast -qp 0 -pix_fmt yuv420p";

    public static Clip H264Mp4 { get; } = Clip.Of("h264.mp4", "The usual: H.264 with B-frames and several groups of pictures.",
        $"-f lavfi -i testsrc=s=320x180:r=30:d=5 {X264} -g 30 -bf 2");

    public static Clip H264Mkv { get; } = Clip.Of("h264.mkv", "Matroska rounds times to milliseconds.", $"-f lavfi -i testsrc=s=128x96:r=24:d=4 {X264} -g 24 -bf 3");

    public static Clip HevcMp4 { get; } = Clip.Of("hevc.mp4", "HEVC.", $"{Small}:d=3 -c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p -tag:v hvc1");

    public static Clip Vp9Webm { get; } = Clip.Of("vp9.webm", "VP9 in WebM.", $"{Small}:d=3 -pix_fmt yuv420p -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 100k");

    public static Clip Vp8Webm { get; } = Clip.Of("vp8.webm", "VP8.", $"{Small}:d=3 -c:v libvpx -deadline realtime -cpu-used 8 -b:v 100k -auto-alt-ref 1 -lag-in-frames 8");

    public static Clip Av1Webm { get; } = Clip.Of("av1.webm", "AV1 in WebM, as RGB planes.", $"{Small}:d=3 -c:v libaom-av1 -cpu-used 8 -b:v 100k");

    public static Clip Av1Mp4 { get; } = Clip.Of("av1.mp4", "AV1 in MP4.", $"{Small}:d=2 -pix_fmt yuv420p -c:v libaom-av1 -cpu-used 8 -b:v 100k");

    public static Clip Mpeg4Avi { get; } = Clip.Of("mpeg4.avi", "MPEG-4 with B-frames in AVI, which has no presentation times.", $"{Small}:d=4 -c:v mpeg4 -bf 2 -q:v 4");

    public static Clip MjpegAvi { get; } = Clip.Of("mjpeg.avi", "Motion JPEG: full range, only key frames.", $"{Small}:d=3 -c:v mjpeg -q:v 3");

    public static Clip Mjpeg422Avi { get; } = Clip.Of("mjpeg422.avi", "Motion JPEG with 4:2:2 chroma.", $"{Small}:d=2 -c:v mjpeg -q:v 3 -pix_fmt yuvj422p");

    public static Clip Mpeg2Ps { get; } = Clip.Of("mpeg2.mpg", "MPEG-2 in a program stream: times may jump and start late.", $"{Small}:d=3 -c:v mpeg2video -bf 2 -q:v 4 -f vob");

    public static Clip WmvAsf { get; } = Clip.Of("wmv2.wmv", "Windows Media Video in ASF.", $"{Small}:d=3 -c:v wmv2 -q:v 4");

    public static Clip Flv { get; } = Clip.Of("h264.flv", "H.264 in FLV.", $"{Small}:d=3 {X264} -bf 2");

    public static Clip TheoraOgg { get; } = Clip.Of("theora.ogv", "Theora in Ogg.", $"{Small}:d=3 -c:v libtheora -q:v 6");

    public static Clip Prores { get; } = Clip.Of("prores.mov", "ProRes: 4:2:2 with ten bits.", $"{Small}:d=2 -c:v prores_ks -profile:v 1 -pix_fmt yuv422p10le");

    public static Clip Ts { get; } = Clip.Of("h264.ts", "MPEG-TS starts at 1.4 s and has a 90 kHz clock.", $"{Small}:d=4 {X264} -g 25 -bf 2");

    public static Clip TsWithSound { get; } = Clip.Of("sound.ts", "In MPEG-TS the sound may start before the picture.",
        $"-itsoffset 0.7 {Small}:d=3 -f lavfi -i sine=d=4 {X264} -g 25 -c:a mp2 -map 0:v -map 1:a");

    public static Clip VfrMp4 { get; } = Clip.Of("vfr.mp4", "Variable frame rate.",
        $"{Small}:d=5 -vf select=not(mod(n\\,7))+not(mod(n\\,3)) -fps_mode vfr {X264} -bf 2");

    public static Clip VfrMkv { get; } = Clip.Of("vfr.mkv", "Variable frame rate with times in milliseconds and a long hole.",
        $"{Small}:d=6 -vf select=not(between(n\\,40\\,95))*(not(mod(n\\,5))+gt(random(0)\\,0.5)) -fps_mode vfr {X264} -bf 0");

    public static Clip LateStart { get; } = Clip.Of("late.mp4", "The container starts at 5.04 s.", $"{Small}:d=3 {X264} -bf 2 -output_ts_offset 5.04");

    public static Clip LatePicture { get; } = Clip.Of("latepicture.mp4", "Sound starts at zero, the picture 0.7 s later.",
        $"-itsoffset 0.7 {Small}:d=3 -f lavfi -i sine=d=4 {X264} -c:a aac -map 0:v -map 1:a -fps_mode passthrough");

    public static Clip Ntsc { get; } = Clip.Of("ntsc.mp4", "29.97 frames per second: frames never fall on whole seconds.", $"-f lavfi -i testsrc=s=96x64:r=30000/1001:d=5 {X264} -bf 2");

    public static Clip OddSize { get; } = Clip.Of("odd.mp4", "Odd width and height with 4:2:0 chroma.", "-f lavfi -i testsrc=s=97x63:r=25:d=2 -c:v mpeg4 -q:v 3");

    public static Clip FullRange { get; } = Clip.Of("fullrange.mp4", "Full range.", $"{Small}:d=2 -vf scale=out_range=pc -color_range pc {X264}");

    public static Clip Bt709 { get; } = Clip.Of("bt709.mp4", "BT.709 matrix.",
        $"{Small}:d=2 -vf scale=out_color_matrix=bt709 -colorspace bt709 -color_primaries bt709 -color_trc bt709 {X264}");

    public static Clip Bt2020TenBit { get; } = Clip.Of("bt2020.mp4", "Ten bits, BT.2020, PQ.",
        $"{Small}:d=2 -c:v libx265 -preset ultrafast -x265-params log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc -pix_fmt yuv420p10le");

    public static Clip TenBit { get; } = Clip.Of("tenbit.mp4", "H.264 with ten bits.", $"{Small}:d=2 -c:v libx264 -preset veryfast -pix_fmt yuv420p10le");

    public static Clip FullChroma { get; } = Clip.Of("yuv444.mp4", "4:4:4 chroma.", $"{Small}:d=2 -c:v libx264 -preset veryfast -pix_fmt yuv444p");

    public static Clip Gray { get; } = Clip.Of("gray.mp4", "No chroma at all.", $"{Small}:d=2 -c:v libx264 -preset veryfast -pix_fmt gray");

    public static Clip OneSecond { get; } = Clip.Of("1s.mp4", "A clip of N seconds gives N frames at one a second.", $"-f lavfi -i testsrc=s=64x48:r=25:d=1 {X264}");

    public static Clip ThreeSeconds { get; } = Clip.Of("3s.mp4", "A clip of N seconds gives N frames at one a second.", $"-f lavfi -i testsrc=s=64x48:r=25:d=3 {X264}");

    public static Clip FiveSeconds { get; } = Clip.Of("5s.mp4", "A clip of N seconds gives N frames at one a second.", $"-f lavfi -i testsrc=s=64x48:r=25:d=5 {X264}");

    public static Clip ManyFrames { get; } = Clip.Of("many.mp4", "Thousands of tiny frames.", $"-f lavfi -i testsrc=s=32x32:r=25:d=120 {X264} -g 10");

    public static Clip SizeChange { get; } = Clip.Joined("sizes.ts", "The picture's size changes in the middle.",
        $"-f lavfi -i testsrc=s=64x64:r=25:d=2 {X264} -f mpegts", $"-f lavfi -i testsrc=s=128x96:r=25:d=2 {X264} -output_ts_offset 2 -f mpegts");

    public static Clip Anamorphic { get; } = Clip.Of("anamorphic.mp4", "Pixels that are wider than high, as in DV and on DVDs.", $"{Small}:d=2 {X264} -aspect 2:1");

    public static Clip AnamorphicTs { get; } = Clip.Of("narrow.ts", "In MPEG-TS only the codec knows that pixels are higher than wide.", $"-f lavfi -i testsrc=s=120x80:r=25:d=2 {X264} -aspect 4:3");

    public static Clip AnamorphicTurned { get; } = Turn("anamorphic90.mov", Anamorphic, 0, 1, -1, 0);

    public static Clip AbsurdPixels { get; } = Clip.Of("absurd.mp4", "Pixels that are a thousand times as wide as high.", $"-f lavfi -i testsrc=s=64x48:r=25:d=1,setsar=1000 {X264}");

    public static Clip PqDim { get; } = Hdr("pqdim.mp4", "PQ whose white is at 90 cd/m2, where tone mapping changes nothing.", "smpte2084", 90, "null", "yuv444p10le");

    public static Clip PqBright { get; } = Hdr("pqbright.mp4", "PQ up to 1000 cd/m2.", "smpte2084", 1000, "null", "yuv420p10le");

    public static Clip HlgGray { get; } = Hdr("hlggray.mp4", "HLG without colour, dim.", "arib-std-b67", 90, "hue=s=0", "yuv420p10le");

    public static Clip PqTurned { get; } = Turn("pqturned.mov", PqBright, 0, 1, -1, 0);

    /// <summary>What the two interlaced clips are made of: every field of theirs has a whole picture here.</summary>
    public static Clip Fields { get; } = Clip.Of("fields.mp4", "Fifty whole pictures a second, without loss.", $"{Moving} {Lossless}");

    public static Clip TopFirst { get; } = Clip.Of("topfirst.mp4", "Interlaced, upper field first.",
        $"{Moving} -vf tinterlace=interleave_top -flags +ilme+ildct -x264-params tff=1 {Lossless}");

    public static Clip BottomFirst { get; } = Clip.Of("bottomfirst.mp4", "Interlaced, lower field first.",
        $"{Moving} -vf tinterlace=interleave_bottom -flags +ilme+ildct -x264-params bff=1 {Lossless}");

    public static Clip InterlacedMpeg2 { get; } = Clip.Of("interlaced.mpg", "Interlaced MPEG-2 as on DVDs, with loss.",
        $"{Moving} -vf tinterlace=interleave_top,setfield=tff -flags +ilme+ildct -c:v mpeg2video -q:v 2 -bf 2 -f vob");

    public static Clip InterlacedTenBit { get; } = Clip.Of("interlacedten.mov", "Interlaced ProRes: ten bits and 4:2:2.",
        $"{Moving} -vf tinterlace=interleave_top,setfield=tff -flags +ilme+ildct -c:v prores_ks -profile:v 3 -pix_fmt yuv422p10le");

    public static Clip Damaged { get; } = Clip.From(H264Mp4, "damaged.mp4", "Some packets are garbage.", "damage 3", bytes =>
    {
        for (var at = bytes.Length / 4; at < bytes.Length / 4 + 600; at++) bytes[at] ^= 0x5A;
        return bytes;
    });

    public static Clip Slides { get; } = Clip.Of("slides.mp4", "Three still pictures of two seconds each, under moving noise.",
        "-f lavfi -i smptebars=s=320x180:r=10:d=2 -f lavfi -i gradients=s=320x180:r=10:d=2:speed=0.00001:seed=3:n=2:c0=0xFFFFFF:c1=0xE0FFE0 -f lavfi -i rgbtestsrc=s=320x180:r=10:d=2 "
        + $"-filter_complex [0][1][2]concat=n=3,noise=alls=20:allf=t {X264}");

    public static Clip Scrolling { get; } = Clip.Of("scrolling.mp4", "The whole picture moves all the time.",
        $"-f lavfi -i testsrc2=s=320x180:r=10:d=3,scroll=h=0.07 {X264}");

    public static Clip FadeFromBlack { get; } = Clip.Of("fade.mp4", "Black, blurred, white, and one clear second in between.",
        "-f lavfi -i color=black:s=320x180:r=10:d=1 -f lavfi -i mandelbrot=s=320x180:r=10 -f lavfi -i mandelbrot=s=320x180:r=10 -f lavfi -i color=white:s=320x180:r=10:d=1 "
        + $"-filter_complex [1]trim=duration=1,gblur=12,setsar=1[b];[2]trim=duration=1,setsar=1[c];[0][b][c][3]concat=n=4 {X264}");

    public static Clip Black { get; } = Clip.Of("black.mp4", "Nothing but black.", $"-f lavfi -i color=black:s=96x64:r=10:d=2 {X264}");

    /// <summary>H.264 in QuickTime whose track asks to be turned by 90 degrees, size even and odd, and the other seven ways.</summary>
    public static IReadOnlyList<Clip> Turned { get; } =
    [
        Turn("turned90.mov", H264Mp4, 0, 1, -1, 0), Turn("turned180.mov", H264Mp4, -1, 0, 0, -1), Turn("turned270.mov", H264Mp4, 0, -1, 1, 0),
        Turn("mirrored.mov", H264Mp4, -1, 0, 0, 1), Turn("upended.mov", H264Mp4, 1, 0, 0, -1), Turn("transposed.mov", H264Mp4, 0, 1, 1, 0),
        Turn("antitransposed.mov", H264Mp4, 0, -1, -1, 0), Turn("turnedodd.mov", OddSize, 0, 1, -1, 0), Turn("turnedodd270.mov", OddSize, 0, -1, 1, 0),
        Turn("turnedten.mov", TenBit, 0, 1, -1, 0), Turn("mirrored422.mov", Prores, -1, 0, 0, 1),
        Turn("turnedgray.mov", Gray, 0, 1, -1, 0),
    ];

    /// <summary>An eighth of a turn, which no images are made of.</summary>
    public static Clip Oblique { get; } = Turn("oblique.mov", H264Mp4, 46341, 46341, -46341, 46341, one: 1);

    /// <summary>A quarter turn of chroma that is halved in one direction only: it has to become RGB before it is turned.</summary>
    public static Clip TurnedHalfChroma { get; } = Turn("turned422.mov", Prores, 0, 1, -1, 0);

    /// <summary>Every clip whose frames must equal ffmpeg's.</summary>
    public static IReadOnlyList<Clip> All { get; } =
    [
        H264Mp4, H264Mkv, HevcMp4, Vp9Webm, Vp8Webm, Av1Webm, Av1Mp4, Mpeg4Avi, MjpegAvi, Mjpeg422Avi, Mpeg2Ps, WmvAsf, Flv, TheoraOgg, Prores, Ts,
        TsWithSound, VfrMp4, VfrMkv, LateStart, LatePicture, Ntsc, OddSize, FullRange, Bt709, Bt2020TenBit, TenBit, FullChroma, Gray, OneSecond,
        ThreeSeconds, FiveSeconds, .. Turned,
    ];

    /// <summary>The colours of an ordinary picture as light, white at a given number of cd/m², in BT.2020 and an HDR transfer function.</summary>
    private static Clip Hdr(string name, string reason, string transfer, int white, string filter, string format) => Clip.Of(name, reason,
        $"-f lavfi -i testsrc2=s=160x90:r=25:d=0.2 -vf format=gbrp,{filter},format=gbrp,"
        + $"zscale=tin=bt709:pin=bt709:min=gbr:rin=pc:t=linear:p=bt709:m=gbr:r=pc:npl={white},format=gbrpf32le,"
        + $"zscale=tin=linear:pin=bt709:min=gbr:p=bt2020:t={transfer}:m=bt2020nc:r=tv:npl={white},format={format} "
        + $"-c:v libx265 -x265-params lossless=1:log-level=none:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc -tag:v hvc1");

    private static Clip Turn(string name, Clip source, int a, int b, int c, int d, int one = 1 << 16) =>
        Clip.From(source, name, $"The track's matrix is ({a} {b} {c} {d}).", $"matrix {a} {b} {c} {d}", bytes => WithMatrix(bytes, a, b, c, d, one));

    /// <summary>Writes the display matrix of the track header (ISO/IEC 14496-12, "tkhd", version 0), as parts of <paramref name="one"/>.</summary>
    private static byte[] WithMatrix(byte[] bytes, int a, int b, int c, int d, int one)
    {
        const int MatrixFromType = 44;
        var matrix = bytes.AsSpan(bytes.AsSpan().IndexOf("tkhd"u8) + MatrixFromType);
        ReadOnlySpan<(int Place, int Value)> values = [(0, a), (1, b), (3, c), (4, d)];
        foreach (var (place, value) in values) BinaryPrimitives.WriteInt32BigEndian(matrix[(place * sizeof(int))..], value * one);
        return bytes;
    }
}
