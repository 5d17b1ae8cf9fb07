using System.Globalization;

namespace Fotograma.Clips;

/// <summary>
/// Videos whose codec, container, structure and timing are drawn from a seed: groups of pictures long and short, open and closed, with and
/// without pictures that refer forward, with and without a steady frame rate, with and without sound between the pictures, upright or not, with pixels square or not.
/// </summary>
public static class RandomClips
{
    private static readonly string[] MovieKinds = ["mp4", "mov", "mkv"];

    /// <summary>The video of a seed; the same for ever.</summary>
    public static Clip Of(int seed)
    {
        var dice = new Dice(seed);
        var rate = dice.OneOf("25", "30", "24000/1001", "12", "50");
        var seconds = dice.OneOf("3", "4.3", "6");
        var size = dice.OneOf("64x48", "96x54", "80x62");
        var source = dice.OneOf("testsrc", "testsrc2", "mandelbrot");
        var drop = dice.Chance(3) ? " -vf select=gt(random(" + seed + ")\\,0.4) -fps_mode vfr" : "";
        var (codec, kinds) = Codec(dice);
        var kind = dice.OneOf(kinds);
        var movie = kind is "mp4" or "mov"
            ? dice.OneOf("", " -movflags +faststart", " -movflags +negative_cts_offsets", " -use_editlist 0", " -movflags frag_keyframe+empty_moov", " -output_ts_offset 3.3")
            : dice.OneOf("", " -output_ts_offset 1.07", " -live 1", " -cluster_time_limit 300");
        if (kind == "webm" && movie.Contains("live", StringComparison.Ordinal)) movie = "";
        var (tone, sound) = dice.Chance(3) ? Sound(dice, kind) : ("", "");
        var shape = dice.Chance(4) ? $" -aspect {dice.OneOf("4:3", "16:9", "1:1")}" : "";
        var turn = kind is "mp4" or "mov" && dice.Chance(3) ? $" -metadata:s:v:0 rotate={dice.OneOf("90", "180", "270")}" : "";
        var arguments = $"-f lavfi -i {source}=s={size}:r={rate}{tone} -t {seconds}{drop} {codec}{sound}{movie}{shape}{turn}";
        return Clip.Of(string.Create(CultureInfo.InvariantCulture, $"random{seed:D3}.{kind}"), arguments, arguments);
    }

    /// <summary>
    /// The same, cut without coding it anew: at a key frame, behind which an edit list or times below zero hide what comes before the cut, or in the middle of a group, so that its first pictures refer to
    /// what is not there.
    /// </summary>
    public static Clip CutOf(int seed)
    {
        var whole = Of(seed);
        var dice = new Dice(seed);
        var start = string.Create(CultureInfo.InvariantCulture, $"-ss {(200 + dice.Next(2200)) / 1000m}");
        var (before, after) = dice.Next(4) switch
        {
            0 => ("", $"-bsf:v noise=drop=lt(n\\,{1 + dice.Next(30)})"),
            1 => (start, "-avoid_negative_ts make_zero"),
            2 => (start, "-avoid_negative_ts disabled"),
            _ => (start, ""),
        };
        return Clip.Cut($"cut-{whole.Name}", $"{before} {after} of a random video.", whole, before, $"-c copy {after}");
    }

    /// <summary>The same with bits flipped here and there, in what is decoded and in what says where it lies.</summary>
    public static Clip DamagedOf(int seed)
    {
        var whole = Of(seed);
        return Clip.From(whole, $"damaged-{whole.Name}", "Bits are flipped in a random video.", $"flips {seed}", bytes =>
        {
            var dice = new Dice(seed);
            for (var flips = 1 << dice.Next(6); flips > 0; flips--) bytes[dice.Next(bytes.Length)] ^= (byte)(1 << dice.Next(8));
            return bytes;
        });
    }

    /// <summary>Sound that may begin later than the picture, and lies in pieces of several lengths between the pictures.</summary>
    private static (string Input, string Codec) Sound(Dice dice, string kind) => (
        $"{dice.OneOf("", " -itsoffset 0.37")} -f lavfi -i sine=frequency=330:sample_rate=48000",
        $"{(kind == "webm" ? " -c:a libopus" : dice.OneOf(" -c:a aac", " -c:a libmp3lame"))} -b:a 48k");

    private static (string Arguments, string[] Kinds) Codec(Dice dice)
    {
        var group = dice.OneOf("5", "12", "25", "60", "250");
        switch (dice.Next(10))
        {
            case 0 or 1 or 2:
                var structure = $"-bf {dice.Next(5)} -refs {1 + dice.Next(4)} -b_strategy {dice.Next(3)}";
                var parameters = dice.OneOf("open-gop=0", "open-gop=1", "b-pyramid=strict", "b-pyramid=none", "intra-refresh=1", "interlaced=1", "weightp=2", "no-deblock=1:open-gop=1", "sliced-threads=1");
                return ($"-c:v libx264 -preset veryfast -pix_fmt {dice.OneOf("yuv420p", "yuv420p", "yuv444p", "yuv422p10le")} -g {group} {structure} -x264-params {parameters}", MovieKinds);
            case 3 or 4:
                var layers = dice.OneOf("open-gop=0", "open-gop=1", "b-pyramid=0", "temporal-layers=1", "bframes=0", "bframes=8:b-adapt=2:rc-lookahead=20");
                return ($"-c:v libx265 -preset ultrafast -pix_fmt {dice.OneOf("yuv420p", "yuv420p10le")} -g {group} -x265-params log-level=none:keyint={group}:{layers}", MovieKinds);
            case 5:
                return ($"-pix_fmt yuv420p -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 120k -g {group} -auto-alt-ref {dice.Next(2)} -lag-in-frames {dice.OneOf("0", "12")}", ["webm", "mkv", "mp4"]);
            case 6:
                return ($"-c:v libvpx -deadline realtime -cpu-used 8 -b:v 120k -g {group} -auto-alt-ref {dice.Next(2)} -lag-in-frames {dice.OneOf("0", "8")}", ["webm", "mkv"]);
            case 7:
                return ($"-c:v {dice.OneOf("mpeg4", "mpeg2video")} -q:v 4 -bf {dice.Next(3)} -g {group}", dice.Chance(2) ? ["mkv", "mov"] : ["mkv"]);
            case 8:
                return ($"-pix_fmt {dice.OneOf("yuv420p", "yuv420p10le")} -c:v libaom-av1 -usage realtime -cpu-used 8 -row-mt 1 -b:v 120k -g {group}", ["mp4", "webm"]);
            default:
                return (dice.OneOf("-c:v mjpeg -q:v 4 -pix_fmt yuvj420p", "-c:v prores_ks -profile:v 0 -pix_fmt yuv422p10le"), ["mov", "mkv"]);
        }
    }
}
