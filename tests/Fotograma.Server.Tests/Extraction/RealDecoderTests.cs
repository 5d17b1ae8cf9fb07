using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Fotograma.Clips;
using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Manifest;
using Fotograma.Media.Options;
using Fotograma.Server.Tests.Cli;

namespace Fotograma.Server.Tests.Extraction;

/// <summary>The whole way with the real decoder process: video in, archive out, held against ffmpeg and ffprobe.</summary>
public sealed class RealDecoderTests
{
    private static readonly VideoExtractor Extractor = new(new VideoExtractorOptions { DecoderPath = BuiltProgram.Decoder });

    private static ExtractionOptions AsStored => ExtractionOptionsParser.Default with { SquarePixels = false, ToneMap = false, Deinterlace = Deinterlacing.Off };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // One of each container: that every clip has the pixels and times of ffmpeg, in whatever way it is asked for, is what the library's own tests show.
    public static TheoryData<string> Good => [.. GoodClips.All.DistinctBy(clip => Path.GetExtension(clip.Name)).Select(clip => clip.Name)];

    public static TheoryData<string> Bad => [.. BadClips.All.Select(pair => pair.Clip.Name)];

    [Theory]
    [MemberData(nameof(Good))]
    public async Task The_archive_holds_the_frames_that_ffmpeg_gives_with_their_true_times(string name)
    {
        var path = await GoodClips.All.Single(clip => clip.Name == name).PathAsync(Cancellation);
        using var archive = new MemoryStream();
        using var index = new MemoryStream();

        var result = await Extractor.ExtractAsync(path, new InputFacts(name, 1), AsStored, new ExtractionOutputs { Archive = archive, Index = index }, null, Cancellation);

        var records = (await FrameIndex.ReadAsync(index, 0, int.MaxValue, Cancellation)).Records;
        records.Count.ShouldBe(result.Frames);
        var images = new MemoryStream();
        foreach (var record in records)
        {
            var image = archive.ToArray().AsSpan((int)record.ImageOffset, record.ImageBytes);
            Convert.ToHexStringLower(SHA256.HashData(image)).ShouldBe(record.Sha256.ToString());
            images.Write(image);
        }

        (await PixelsAsync(["-f", "png_pipe", "-i", "-"], images.ToArray())).ShouldBe(await PixelsAsync(["-i", path, "-vf", "fps=1:round=up"], null));
        using var zip = new ZipArchive(archive);
        using var manifest = await JsonDocument.ParseAsync(await zip.GetEntry("manifest.json")!.OpenAsync(Cancellation), default, Cancellation);
        manifest.RootElement.GetProperty("frames").GetArrayLength().ShouldBe(result.Frames);
        if (!name.EndsWith(".avi", StringComparison.Ordinal)) // ffprobe has no pts for AVI
            manifest.RootElement.GetProperty("frames").EnumerateArray().Select(frame => frame.GetProperty("time").GetRawText()).Except(await TimesAsync(path)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_file_that_cannot_be_used_ends_with_its_fault(string name)
    {
        var (clip, code) = BadClips.All.Single(pair => pair.Clip.Name == name);
        var path = await clip.PathAsync(Cancellation);

        var exception = await Should.ThrowAsync<MediaException>(() => Extractor.ExtractAsync(
            path, new InputFacts(name, 1), ExtractionOptionsParser.Default, new ExtractionOutputs { Archive = Stream.Null }, null, Cancellation));

        exception.Fault.Code.ShouldBe(code, exception.Detail);
    }

    [Fact]
    public async Task Jpeg_images_and_thumbnails_have_the_size_that_was_asked_for()
    {
        var path = await GoodClips.H264Mp4.PathAsync(Cancellation);
        ExtractionOptionsParser.TryParse(new Dictionary<string, string> { ["every"] = "0.5", ["format"] = "jpeg", ["width"] = "64", ["from"] = "1" }, out var options, out _).ShouldBeTrue();
        using var archive = new MemoryStream();
        using var thumbnails = new MemoryStream();
        using var index = new MemoryStream();

        var result = await Extractor.ExtractAsync(
            path, new InputFacts("a", 1), options, new ExtractionOutputs { Archive = archive, Thumbnails = thumbnails, Index = index }, null, Cancellation);

        result.Width.ShouldBe(64);
        result.FirstSeconds.ShouldBe(1m);
        result.ThumbnailBytes.ShouldBe(thumbnails.Length);
        var records = (await FrameIndex.ReadAsync(index, 0, 100, Cancellation)).Records;
        records.ShouldAllBe(record => record.ThumbnailBytes > 100);
        records[^1].ThumbnailOffset.ShouldBe(thumbnails.Length - records[^1].ThumbnailBytes);
    }

    [Fact]
    public async Task The_command_line_finds_its_decoder_and_makes_an_archive()
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-cli-");
        try
        {
            var path = await GoodClips.H264Mp4.PathAsync(Cancellation);

            var (code, _, error) = await CliProgram.RunAsync("extract", path, "-o", Path.Combine(folder.FullName, "out.zip"), "--count", "3");

            code.ShouldBe(0, error);
            using var zip = ZipFile.OpenRead(Path.Combine(folder.FullName, "out.zip"));
            zip.Entries.Select(entry => Path.GetExtension(entry.Name)).ShouldBe([".png", ".png", ".png", ".json", ".ndjson", ".csv"], ignoreOrder: true);
            (await CliProgram.RunAsync("probe", path)).Out.ShouldContain("codec      h264");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_command_line_decodes_what_old_archives_hold_where_it_is_told_to()
    {
        var path = await OddClips.H263.PathAsync(Cancellation);

        var (refused, _, error) = await CliProgram.RunAsync("probe", path);
        var (taken, output, _) = await CliProgram.RunAsync("probe", "--old-codecs", path);

        refused.ShouldBe(3);
        error.ShouldContain("media.codec_too_old");
        error.ShouldContain("The codec is h263.");
        taken.ShouldBe(0);
        output.ShouldContain("codec      h263");
    }

    public static TheoryData<Ask> Asks => [.. Ask.All];

    [Theory]
    [MemberData(nameof(Asks))]
    public async Task The_command_line_makes_what_it_was_asked_for(Ask ask)
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-cli-");
        try
        {
            var output = Path.Combine(folder.FullName, "out.zip");

            var (code, _, error) = await CliProgram.RunAsync(["extract", await ask.Clip.PathAsync(Cancellation), "-o", output, .. ask.Arguments]);

            code.ShouldBe(0, error);
            error.Split('\n').Count(line => line.StartsWith("warning: ", StringComparison.Ordinal)).ShouldBe(ask.Warnings.Length);
            if (ask.Options.ContainsKey("dedupe")) error.ShouldContain(", 57 near-duplicates left out");
            using var zip = ZipFile.OpenRead(output);
            using var manifest = await JsonDocument.ParseAsync(await zip.GetEntry("manifest.json")!.OpenAsync(Cancellation), default, Cancellation);
            var frames = manifest.RootElement.GetProperty("frames").EnumerateArray().ToList();
            frames.Select(frame => frame.GetProperty("sourceFrame").GetInt64()).ShouldBe(ask.SourceFrames);
            frames.Select(frame => (frame.GetProperty("width").GetInt32(), frame.GetProperty("height").GetInt32(), frame.GetProperty("sha256").GetString()))
                .ShouldBe(await ImagesAsync(ask), "the library's");
            if (ask.Options.TryGetValue("name", out var name))
                frames.Select(frame => Path.GetFileNameWithoutExtension(frame.GetProperty("file").GetString())).ShouldBe(ask.SourceFrames.Select(number => name.Replace("{sourceFrame}", $"{number}", StringComparison.Ordinal)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Asks))]
    public async Task The_library_gives_what_it_was_asked_for(Ask ask)
    {
        ExtractionOptionsParser.TryParse(ask.Options, out var options, out _).ShouldBeTrue();
        var reading = Extractor.ReadAsync(await ask.Clip.PathAsync(Cancellation), options!, Cancellation);
        var frames = new List<ExtractedFrame>();

        await foreach (var frame in reading) frames.Add(frame);

        frames.Select(frame => frame.SourceFrame).ShouldBe(ask.SourceFrames.Select(number => (long?)number));
        reading.Warnings.Select(warning => warning.Code).ShouldBe(ask.Warnings);
        if (ask.Options.ContainsKey("dedupe")) reading.DuplicatesRemoved.ShouldBe(57);
    }

    private static async Task<List<(int, int, string?)>> ImagesAsync(Ask ask)
    {
        ExtractionOptionsParser.TryParse(ask.Options, out var options, out _).ShouldBeTrue();
        var images = new List<(int, int, string?)>();
        await foreach (var frame in Extractor.ReadAsync(await ask.Clip.PathAsync(Cancellation), options!, Cancellation))
            images.Add((frame.Width, frame.Height, Convert.ToHexStringLower(SHA256.HashData(frame.Image.Span))));
        return images;
    }

    private static Task<byte[]> PixelsAsync(string[] source, byte[]? input) =>
        Tool.RunAsync("ffmpeg", [.. source, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], Cancellation, input);

    private static async Task<IEnumerable<string?>> TimesAsync(string path)
    {
        var json = await Tool.RunAsync("ffprobe", ["-select_streams", "v:0", "-show_entries", "frame=pts_time", "-of", "json", path], Cancellation);
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.GetProperty("frames").EnumerateArray().Select(frame => frame.TryGetProperty("pts_time", out var time) ? time.GetString() : null)];
    }
}
