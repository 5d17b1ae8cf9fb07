using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Fotograma.Media.Extraction;
using Fotograma.Media.Manifest;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Extraction;

public sealed class VideoExtractorTests
{
    private static readonly DateTimeOffset Moment = new(2026, 1, 2, 3, 4, 6, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frames_become_an_archive_with_manifest_index_and_thumbnails()
    {
        using var stage = new FakeDecoder(new Answer().Facts().Plan(2).Progress(0.5)
            .Frame(0, thumbnail: Answer.Jpeg()).Warning().Frame(1, thumbnail: Answer.Jpeg()).Done(2));
        using var archive = new MemoryStream();
        using var thumbnails = new MemoryStream();
        using var index = new MemoryStream();
        using var manifest = new MemoryStream();
        var reports = new Reports();

        var result = await FakeDecoder.Extractor().ExtractAsync(stage.Input, new InputFacts("a.mp4", 7, "00ff"), ExtractionOptionsParser.Default,
            new ExtractionOutputs { Archive = archive, Thumbnails = thumbnails, Index = index, Manifest = manifest, Timestamp = Moment }, reports, Cancellation);

        result.ShouldSatisfyAllConditions(
            () => result.Frames.ShouldBe(2), () => result.ArchiveBytes.ShouldBe(archive.Length), () => result.FirstSeconds.ShouldBe(0), () => result.LastSeconds.ShouldBe(1),
            () => result.Width.ShouldBe(Answer.Width), () => result.ThumbnailBytes.ShouldBe(thumbnails.Length),
            () => result.Warnings.Select(warning => warning.Code).ShouldBe(["rotation_applied", "time_jumps"]));
        var records = (await FrameIndex.ReadAsync(index, 0, 10, Cancellation)).Records;
        for (var i = 0; i < 2; i++)
        {
            var image = archive.ToArray().AsSpan((int)records[i].ImageOffset, records[i].ImageBytes).ToArray();
            image.ShouldBe(Answer.Png(i));
            records[i].Sha256.ToString().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(image)));
            thumbnails.ToArray().AsSpan((int)records[i].ThumbnailOffset, records[i].ThumbnailBytes).ToArray().ShouldBe(Answer.Jpeg());
        }

        using var zip = new ZipArchive(archive);
        zip.Entries.Select(entry => entry.FullName).ShouldBe(["frames/frame_000001.png", "frames/frame_000002.png", "manifest.json", "manifest.ndjson", "manifest.csv"]);
        using var inside = new MemoryStream();
        await (await zip.GetEntry("manifest.json")!.OpenAsync(Cancellation)).CopyToAsync(inside, Cancellation);
        inside.ToArray().ShouldBe(manifest.ToArray());
        using var json = JsonDocument.Parse(manifest.ToArray());
        json.RootElement.GetProperty("warnings").GetArrayLength().ShouldBe(2);
        json.RootElement.GetProperty("frames")[1].GetProperty("time").GetDecimal().ShouldBe(1m);
        reports.Last.ShouldBe(new ExtractionProgress(2, 2, 0.5, 2, result.ImageBytes));
        stage.HasLeftAProcess().ShouldBeFalse();
    }

    public static IEnumerable<TheoryDataRow<string, ExtractionOptions>> Impossible =>
    [
        new("enlarge to nothing", ExtractionOptionsParser.Default with { Enlarge = true }),
        new("500 a second", ExtractionOptionsParser.Default with { Sampling = new Sampling.Rate(new Rational(500, 1)) }),
        new("no rate", ExtractionOptionsParser.Default with { Sampling = new Sampling.Rate(default) }),
        new("no frames", ExtractionOptionsParser.Default with { Sampling = new Sampling.Count(0) }),
        new("no moments", ExtractionOptionsParser.Default with { Sampling = new Sampling.Timestamps([]) }),
        new("nothing to choose by", ExtractionOptionsParser.Default with { Sampling = null! }),
        new("no images", ExtractionOptionsParser.Default with { MaxFrames = 0 }),
        new("range backwards", ExtractionOptionsParser.Default with { Ranges = [new TimeRange(new Rational(2, 1), new Rational(1, 1))] }),
        new("quality", ExtractionOptionsParser.Default with { Quality = 101 }),
        new("format", ExtractionOptionsParser.Default with { Format = (ImageFormat)9 }),
        new("crop of nothing", ExtractionOptionsParser.Default with { Crop = new Crop(0, 0, 0, 5) }),
    ];

    [Theory, MemberData(nameof(Impossible))]
    public async Task Options_that_cannot_be_are_refused_before_a_process_is_started(string reason, ExtractionOptions options)
    {
        var extractor = new VideoExtractor(new VideoExtractorOptions { DecoderPath = "/nowhere/decoder" });

        (await Should.ThrowAsync<ArgumentException>(
            extractor.ExtractAsync("in.mp4", new InputFacts("in", 1), options, new ExtractionOutputs { Archive = Stream.Null }, null, Cancellation), reason)).ParamName.ShouldBe("extraction");
        Should.Throw<ArgumentException>(() => extractor.ReadAsync("in.mp4", options, Cancellation), reason).ParamName.ShouldBe("extraction");
    }

    [Fact]
    public async Task Extras_are_in_the_archive_and_can_be_cut_out_of_it()
    {
        using var stage = new FakeDecoder(new Answer().Facts().Frame(0).Frame(1).Extra(Extras.Poster, head => head with { FirstImage = 1 })
            .Extra(Extras.Storyboard, head => head with { Tiles = 2, Columns = 2, Width = 2 * Answer.Width }, Answer.Jpeg(2 * Answer.Width))
            .Extra(Extras.ContactSheet).Done(2));
        ExtractionOptionsParser.TryParse(new Dictionary<string, string> { ["extras"] = "poster,storyboard,sheet", ["name"] = "at_{time}" }, out var options, out _).ShouldBeTrue();
        using var archive = new MemoryStream();

        var result = await FakeDecoder.Extractor().ExtractAsync(
            stage.Input, new InputFacts("a.mp4", 7), options!, new ExtractionOutputs { Archive = archive, Timestamp = Moment }, null, Cancellation);

        result.Extras.Select(extra => (extra.Name, extra.FirstImage)).ShouldBe(
            [("poster.jpg", 2), ("storyboard/sprite_0001.jpg", 1), ("contact-sheet.jpg", 1), ("storyboard/storyboard.vtt", 1)]);
        foreach (var extra in result.Extras)
            Convert.ToHexStringLower(SHA256.HashData(archive.ToArray().AsSpan((int)extra.Offset, extra.Bytes))).ShouldBe(extra.Sha256);
        var text = result.Extras[^1];
        System.Text.Encoding.UTF8.GetString(archive.ToArray().AsSpan((int)text.Offset, text.Bytes)).ShouldBe(
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nsprite_0001.jpg#xywh=0,0,5,3\n\n00:00:01.000 --> 00:00:02.000\nsprite_0001.jpg#xywh=5,0,5,3\n");
        using var list = new MemoryStream();
        await ExtraFiles.WriteAsync(list, result.Extras, Cancellation);
        list.Position = 0;
        (await ExtraFiles.ReadAsync(list, Cancellation)).ShouldBe(result.Extras);
        using var zip = new ZipArchive(archive);
        zip.Entries.Select(entry => entry.FullName).ShouldBe(["frames/at_0.000000.png", "frames/at_1.000000.png", .. result.Extras.Select(extra => extra.Name),
            "manifest.json", "manifest.ndjson", "manifest.csv"]);
    }

    /// <summary>Frames at 0 and at 1 second of a container of two seconds.</summary>
    [Theory]
    [InlineData(0, "00:00:02.000")]
    [InlineData(0.4, "00:00:01.600")]
    [InlineData(1.5, "00:00:02.000")]
    public async Task The_last_cue_of_a_storyboard_ends_where_the_container_does_however_early_its_sound_began(double lead, string end)
    {
        using var stage = new FakeDecoder(new Answer().Facts(Answer.Video with { LeadSeconds = lead }).Frame(0).Frame(1)
            .Extra(Extras.Storyboard, head => head with { Tiles = 2, Columns = 2, Width = 2 * Answer.Width }, Answer.Jpeg(2 * Answer.Width)).Done(2));
        ExtractionOptionsParser.TryParse(new Dictionary<string, string> { ["extras"] = "storyboard" }, out var options, out _).ShouldBeTrue();
        using var archive = new MemoryStream();

        var result = await FakeDecoder.Extractor().ExtractAsync(
            stage.Input, new InputFacts("a.mp4", 7), options!, new ExtractionOutputs { Archive = archive, Timestamp = Moment }, null, Cancellation);

        var text = result.Extras[^1];
        System.Text.Encoding.UTF8.GetString(archive.ToArray().AsSpan((int)text.Offset, text.Bytes)).ShouldContain($"\n\n00:00:01.000 --> {end}\n");
    }

    [Fact]
    public async Task Equal_frames_at_an_equal_time_make_equal_archives()
    {
        (await ArchiveAsync(Moment)).ShouldBe(await ArchiveAsync(Moment));
    }

    [Fact]
    public async Task A_probe_gives_the_facts()
    {
        using var stage = new FakeDecoder(new Answer().Facts().Warning().Done(0));

        var report = await FakeDecoder.Extractor().ProbeAsync(stage.Input, Cancellation);

        (report with { Warnings = [] }).ShouldBe(Answer.Video with { Warnings = [] });
        report.Warnings.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_decoder_that_complains_a_lot_and_lingers_after_its_last_word_has_still_done_its_work()
    {
        using var stage = new FakeDecoder(
            new Answer().Facts().Frame(0).Done(1), "head -c 3000000 /dev/zero >&2; cat \"$input.answer\"; exec sleep 300");

        (await ExtractAsync(stage, Stream.Null)).Frames.ShouldBe(1);

        stage.HasLeftAProcess().ShouldBeFalse();
    }

    [Fact]
    public async Task The_decoder_sees_no_environment_but_what_it_needs()
    {
        using var stage = new FakeDecoder(new Answer().Facts().Frame(0).Done(1), "tr '\\0' '\\n' < /proc/$$/environ > \"$input.environ\"; cat \"$input.answer\"");

        await ExtractAsync(stage, Stream.Null);

        var names = (await File.ReadAllLinesAsync(stage.Input + ".environ", Cancellation)).Select(line => line.Split('=')[0]);
        names.Except(["LD_LIBRARY_PATH", "DOTNET_ROOT", "DOTNET_EnableDiagnostics", "MALLOC_ARENA_MAX", "MALLOC_MMAP_THRESHOLD_"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_request_is_one_line_and_the_pipe_behind_it_stays_open()
    {
        using var stage = new FakeDecoder(
            new Answer().Facts().Frame(0).Done(1), "printf %s \"$request\" > \"$input.request\"; timeout 0.3 cat; echo $? > \"$input.code\"; cat \"$input.answer\"");

        await ExtractAsync(stage, Stream.Null);

        using var request = JsonDocument.Parse(await File.ReadAllTextAsync(stage.Input + ".request", Cancellation));
        request.RootElement.GetProperty("operation").GetString().ShouldBe("extract");
        request.RootElement.GetProperty("inputPath").GetString().ShouldBe(stage.Input);
        (await File.ReadAllTextAsync(stage.Input + ".code", Cancellation)).ShouldBe("124\n", "the read should have run into its time limit, not into the end of the pipe");
    }

    [Fact]
    public async Task An_error_of_the_output_comes_through_and_ends_the_decoder()
    {
        using var stage = new FakeDecoder(new Answer().Facts().Frame(0), "cat \"$input.answer\"; exec sleep 300");

        var exception = await Should.ThrowAsync<IOException>(() => ExtractAsync(stage, new FullDisk()));

        exception.Message.ShouldBe("The disk is full.");
        stage.HasLeftAProcess().ShouldBeFalse();
    }

    private static Task<ExtractionResult> ExtractAsync(FakeDecoder stage, Stream archive) => FakeDecoder.Extractor().ExtractAsync(
        stage.Input, new InputFacts("a.mp4", 7), ExtractionOptionsParser.Default, new ExtractionOutputs { Archive = archive, Timestamp = Moment }, null, Cancellation);

    private static async Task<byte[]> ArchiveAsync(DateTimeOffset moment)
    {
        using var stage = new FakeDecoder(new Answer().Facts().Frame(0).Done(1));
        using var archive = new MemoryStream();
        await FakeDecoder.Extractor().ExtractAsync(stage.Input, new InputFacts("a.mp4", 7), ExtractionOptionsParser.Default,
            new ExtractionOutputs { Archive = archive, Timestamp = moment }, null, Cancellation);
        return archive.ToArray();
    }

    private sealed class Reports : IProgress<ExtractionProgress>
    {
        public ExtractionProgress Last { get; private set; }

        public void Report(ExtractionProgress value) => Last = value;
    }

    private sealed class FullDisk : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException(new IOException("The disk is full."));
    }
}
