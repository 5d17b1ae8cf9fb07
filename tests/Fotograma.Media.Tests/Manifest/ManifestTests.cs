using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Manifest;
using Fotograma.Media.Options;
using Fotograma.Media.Probing;

namespace Fotograma.Media.Tests.Manifest;

public sealed class ManifestTests
{
    private static readonly ProbeReport Video = new() { Container = "mov", Codec = "h264", Width = 64, Height = 48, TimeBase = new Rational(1, 12800) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A small one, of two images.</summary>
    internal static async Task<byte[]> WriteAsync()
    {
        var ledger = Ledger(ImageFormat.Png);
        for (var i = 1; i <= 2; i++) ledger.Add(Record(i, i));
        using var stored = new MemoryStream();
        await new ManifestWriter(Facts, ledger).WriteJsonAsync(stored, Cancellation);
        return stored.ToArray();
    }

    [Fact]
    public async Task The_json_says_everything_about_the_input_and_every_image()
    {
        var ledger = Ledger(ImageFormat.Png);
        ledger.Add(Record(1, pts: 0));
        ledger.Add(Record(2, pts: 12800) with { KeyFrame = true, Duration = 0, SourceFrame = -1, SceneScore = 0.25f });

        using var json = JsonDocument.Parse(await JsonAsync(ledger));

        var root = json.RootElement;
        root.EnumerateObject().Select(property => property.Name).ShouldBe(
            ["formatVersion", "generator", "definition", "input", "video", "options", "images", "warnings", "totals", "frames"]);
        root.GetProperty("input").GetRawText().ShouldContain("férias.mp4");
        root.GetProperty("video").GetProperty("timeBase").GetString().ShouldBe("1/12800");
        root.GetProperty("options").GetProperty("fps").GetString().ShouldBe("1");
        root.GetProperty("warnings")[0].GetProperty("code").GetString().ShouldBe("variable_frame_rate");
        root.GetProperty("totals").GetProperty("imageBytes").GetInt64().ShouldBe(2000);
        root.GetProperty("totals").GetProperty("duplicatesRemoved").GetInt32().ShouldBe(7);
        root.GetProperty("images").GetProperty("format").GetString().ShouldBe("png");
        root.GetProperty("images").GetProperty("encoding").GetString().ShouldBe(global::Fotograma.Media.Png.PngEncoder.Description);
        root.GetProperty("totals").GetProperty("lastTime").GetRawText().ShouldBe("1.000000");
        root.GetProperty("frames")[0].GetRawText().ShouldBe(
            """{"index":1,"file":"frames/frame_000001.png","time":0.000000,"pts":0,"timeBase":"1/12800","duration":0.040000,"sourceFrame":25,"keyFrame":false,"width":64,"height":48,"bytes":1000,"sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","perceptualHash":"0123456789abcdef"}""");
        root.GetProperty("frames")[1].TryGetProperty("duration", out _).ShouldBeFalse();
        root.GetProperty("frames")[1].TryGetProperty("sourceFrame", out _).ShouldBeFalse();
        root.GetProperty("frames")[1].GetProperty("sceneScore").GetRawText().ShouldBe("0.250000");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9_000)]
    public async Task The_report_on_the_video_is_read_from_the_head_alone(int moments)
    {
        var ledger = Ledger(ImageFormat.Png);
        for (var i = 1; i <= 2_000; i++) ledger.Add(Record(i, i));
        var options = ExtractionOptionsParser.Default with { Sampling = new Sampling.Timestamps(ValueList.Of<Rational>([.. Enumerable.Range(0, moments + 1).Select(i => new Rational(i, 7))])) };
        using var stored = new MemoryStream();
        await new ManifestWriter(Facts with { Options = options }, ledger).WriteJsonAsync(stored, Cancellation);
        stored.Position = 0;

        var report = await ManifestHead.ReadReportAsync(stored, Cancellation);

        report.Warnings.ShouldBe(Facts.Warnings);
        (report with { Warnings = [] }).ShouldBe(Video with { Warnings = [] });
        stored.Position.ShouldBeLessThan(stored.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"video\": 7, \"frames\": []}")]
    [InlineData("{\"frames\": []}")]
    [InlineData("{\"video\": {\"container\": \"mov\"")]
    [InlineData("not JSON")]
    public async Task What_is_no_manifest_gives_no_report(string text)
    {
        using var stored = new MemoryStream(Encoding.UTF8.GetBytes(text));

        await Should.ThrowAsync<InvalidDataException>(ManifestHead.ReadReportAsync(stored, Cancellation));
    }

    [Fact]
    public async Task Each_image_has_its_own_line_in_the_json()
    {
        var ledger = Ledger(ImageFormat.Jpeg);
        for (var i = 1; i <= 3; i++) ledger.Add(Record(i, i));

        var lines = Encoding.UTF8.GetString(await JsonAsync(ledger)).Split('\n');

        lines.Count(line => line.StartsWith("    {\"index\":", StringComparison.Ordinal)).ShouldBe(3);
        lines[^1].ShouldBeEmpty();
    }

    [Fact]
    public async Task The_csv_has_a_head_and_a_row_for_each_image()
    {
        var ledger = Ledger(ImageFormat.Jpeg);
        ledger.Add(Record(1, pts: -6400) with { Duration = 0, SourceFrame = -1 });
        ledger.Add(Record(2, pts: 1) with { SceneScore = 1, PerceptualHash = ulong.MaxValue });
        using var csv = new MemoryStream();

        await Writer(ledger).WriteCsvAsync(csv, Cancellation);

        Encoding.UTF8.GetString(csv.ToArray()).ShouldBe(
            "index,file,time,pts,timeBase,duration,sourceFrame,keyFrame,sceneScore,width,height,bytes,sha256,perceptualHash\r\n"
            + "1,frames/frame_000001.jpg,-0.500000,-6400,1/12800,,,false,,64,48,1000,9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08,0123456789abcdef\r\n"
            + "2,frames/frame_000002.jpg,0.000078,1,1/12800,0.040000,25,false,1.000000,64,48,1000,9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08,ffffffffffffffff\r\n");
    }

    [Fact]
    public async Task The_lines_are_the_images_of_the_json()
    {
        var ledger = Ledger(ImageFormat.Webp);
        for (var i = 1; i <= 500; i++) ledger.Add(Record(i, i));
        using var lines = new MemoryStream();

        await Writer(ledger).WriteLinesAsync(lines, Cancellation);

        using var json = JsonDocument.Parse(await JsonAsync(ledger));
        Encoding.UTF8.GetString(lines.ToArray()).ShouldEndWith("}\n");
        Encoding.UTF8.GetString(lines.ToArray()).TrimEnd().Split('\n').ShouldBe(json.RootElement.GetProperty("frames").EnumerateArray().Select(frame => frame.GetRawText()));
    }

    [Fact]
    public void Images_that_would_have_one_name_are_told_apart()
    {
        NameTemplate.TryParse("{pts}", out var template).ShouldBeTrue();
        var ledger = new FrameLedger(ImageFormat.Png, template);

        var named = new long[] { -5, -5, 0, 0, 0, 7 }.Select((pts, i) => ledger.Named(Record(i + 1, pts))).ToList();

        named.Select(record => ledger.NameOf(record)).ShouldBe(
            ["frames/_-5.png", "frames/_-5_2.png", "frames/0.png", "frames/0_2.png", "frames/0_3.png", "frames/7.png"]);
    }

    [Fact]
    public async Task A_hundred_thousand_images_are_all_listed_in_both_forms()
    {
        var ledger = Ledger(ImageFormat.Png);
        for (var i = 1; i <= 100_000; i++) ledger.Add(Record(i, i * 512L));
        using var csv = new MemoryStream();
        await Writer(ledger).WriteCsvAsync(csv, Cancellation);

        using var json = JsonDocument.Parse(await JsonAsync(ledger));

        json.RootElement.GetProperty("frames").GetArrayLength().ShouldBe(100_000);
        json.RootElement.GetProperty("frames")[99_999].GetProperty("file").GetString().ShouldBe("frames/frame_100000.png");
        csv.ToArray().Count(character => character == '\n').ShouldBe(100_001);
    }

    [Fact]
    public async Task Times_are_the_text_that_ffprobe_prints()
    {
        // 1/12800 makes exact ties at the sixth decimal (100 ticks = 0.0078125 s); the others make doubles just beside them.
        foreach (var (rate, scale) in new[] { ("128", 12_800), ("25", 12_800), ("30000/1001", 90_000), ("60", 48_000), ("7", 1_000_003) })
        {
            var packets = await ProbeTimesAsync(rate, scale);
            packets.Count.ShouldBeGreaterThan(1000);
            packets.ShouldAllBe(packet => FrameTime.Format(packet.Pts, 1, packet.Denominator) == packet.Time);
        }
    }

    private static async Task<List<(long Pts, int Denominator, string Time)>> ProbeTimesAsync(string rate, int scale)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".mov");
        try
        {
            await RunAsync("ffmpeg", "-v", "error", "-f", "lavfi", "-i", $"color=size=16x16:rate={rate}", "-frames:v", "1500", "-c:v", "rawvideo", "-pix_fmt", "rgb24",
                "-video_track_timescale", scale.ToString(CultureInfo.InvariantCulture), path);
            var output = await RunAsync("ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts,pts_time:stream=time_base", "-of", "json", path);
            using var json = JsonDocument.Parse(output);
            var denominator = int.Parse(json.RootElement.GetProperty("streams")[0].GetProperty("time_base").GetString()!.AsSpan(2), CultureInfo.InvariantCulture);
            return [.. json.RootElement.GetProperty("packets").EnumerateArray()
                .Select(packet => (packet.GetProperty("pts").GetInt64(), denominator, packet.GetProperty("pts_time").GetString()!))];
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        process.ExitCode.ShouldBe(0);
        return output;
    }

    private static FrameIndexRecord Record(int index, long pts) => new(
        index, 64, 48, KeyFrame: false, pts, Duration: 512, 1, 12800, SourceFrame: 25, ImageOffset: 77, ImageBytes: 1000, ThumbnailOffset: 0,
        ThumbnailBytes: 10, Sha256Digest.Of("test"u8)) { PerceptualHash = 0x0123456789abcdef };

    private static FrameLedger Ledger(ImageFormat format) => new(format, NameTemplate.Default);

    private static ManifestFacts Facts => new(
        new InputFacts("férias.mp4", 123, "ab"), Video, ExtractionOptionsParser.Default,
        [new MediaWarning("variable_frame_rate", "The frame rate changes.")], DuplicatesRemoved: 7);

    private static ManifestWriter Writer(FrameLedger ledger) => new(Facts, ledger);

    private static async Task<byte[]> JsonAsync(FrameLedger ledger)
    {
        using var memory = new MemoryStream();
        await Writer(ledger).WriteJsonAsync(memory, Cancellation);
        return memory.ToArray();
    }
}
