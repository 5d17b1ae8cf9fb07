using System.Diagnostics;
using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Extraction;

public sealed class HostileDecoderTests
{
    private const string PlayAndHang = "cat \"$input.answer\"; exec sleep 300";

    private static readonly DecoderLimits Impatient = new() { NoProgressSecondsMax = 1, WallClockSecondsMax = 20 };

    private static readonly Dictionary<string, string> AllExtras = new() { ["extras"] = "poster,storyboard,sheet" };

    private static readonly Dictionary<string, Play> Plays = new()
    {
        ["ends at once"] = new(new Answer(), MediaFault.DecoderCrashed, "exit 0"),
        ["ends after a frame"] = new(Good().Frame(0), MediaFault.DecoderCrashed),
        ["is killed by a signal"] = new(Good(), MediaFault.DecoderCrashed, "cat \"$input.answer\"; kill -SEGV $$"),
        ["ends in the middle of a frame"] = new(Good().Prefix(DecoderMessage.Frame, 500).Raw(1, 2, 3), MediaFault.DecoderCrashed),
        ["ends in the middle of a prefix"] = new(Good().Raw(3, 0), MediaFault.DecoderCrashed),
        ["ends in the middle of an image"] = new(HalfAFrame(), MediaFault.DecoderCrashed),
        ["closes its output and runs on"] = new(Good(), MediaFault.DecoderCrashed, "cat \"$input.answer\"; exec >&-; exec sleep 300"),
        ["does not read its request"] = new(new Answer(), MediaFault.DecoderCrashed, "exec <&-; exit 9"),
        ["says nothing"] = new(new Answer(), MediaFault.Stalled, "exec sleep 300", Impatient),
        ["falls silent"] = new(Good().Frame(0), MediaFault.Stalled, PlayAndHang, Impatient),
        ["falls silent in an image"] = new(HalfAFrame(), MediaFault.Stalled, PlayAndHang, Impatient),
        ["dribbles a message byte by byte"] = new(new Answer(), MediaFault.Stalled, "printf '\\001\\377\\000\\000\\000'; while :; do printf a; sleep 0.1; done", Impatient),
        ["hides in another process"] = new(new Answer(), MediaFault.Stalled, "sleep 300 & echo $! > \"$input.child.pid\"; wait", Impatient),
        ["ignores requests to end"] = new(new Answer(), MediaFault.Stalled, "trap '' TERM INT HUP; while :; do sleep 1; done", Impatient),
        ["is alive for ever"] = new(Good().Progress(1), MediaFault.TimedOut, "cat \"$input.answer\"; while :; do printf '\\004\\051\\000\\000\\000{\"positionSeconds\":1,\"durationSeconds\":2}'; sleep 0.1; done",
            new DecoderLimits { WallClockSecondsMax = 1 }),
        ["sends a frame before the facts"] = new(new Answer().Frame(0), MediaFault.DecoderMisbehaved),
        ["is done before the facts"] = new(new Answer().Done(0), MediaFault.DecoderMisbehaved),
        ["sends the facts twice"] = new(Good().Facts(), MediaFault.DecoderMisbehaved),
        ["sends a plan after a frame"] = new(Good().Frame(0).Plan(2), MediaFault.DecoderMisbehaved),
        ["sends two plans"] = new(Good().Plan(1).Plan(1), MediaFault.DecoderMisbehaved),
        ["plans a negative number"] = new(Good().Plan(-1), MediaFault.DecoderMisbehaved),
        ["sends kind 0"] = new(Good().Prefix(0, 0), MediaFault.DecoderMisbehaved, PlayAndHang),
        ["sends kind 10"] = new(Good().Prefix((DecoderMessage)10, 0), MediaFault.DecoderMisbehaved, PlayAndHang),
        ["announces facts of 4 GiB"] = new(new Answer().Prefix(DecoderMessage.Facts, uint.MaxValue), MediaFault.DecoderMisbehaved, PlayAndHang),
        ["announces a warning of 65537 bytes"] = new(Good().Prefix(DecoderMessage.Warning, 65_537), MediaFault.DecoderMisbehaved, PlayAndHang),
        ["announces a frame of 4 GiB"] = new(Good().Frame(0, length: uint.MaxValue), MediaFault.DecoderMisbehaved, PlayAndHang),
        ["announces a frame of 2 GiB"] = new(Good().Frame(0, head => head with { ImageBytes = int.MaxValue - 61 }, length: int.MaxValue), MediaFault.DecoderMisbehaved, PlayAndHang),
        ["sends a frame without a head"] = new(Good().Prefix(DecoderMessage.Frame, 60), MediaFault.DecoderMisbehaved, PlayAndHang),
        ["sends lengths that do not add up"] = new(Good().Frame(0, length: 1000), MediaFault.DecoderMisbehaved, PlayAndHang),
        ["sends an empty image"] = new(Good().Frame(0, image: []), MediaFault.DecoderMisbehaved),
        ["sends a negative image"] = new(Good().Frame(0, head => head with { ImageBytes = -5 }), MediaFault.DecoderMisbehaved),
        ["sends a negative thumbnail"] = new(Good().Frame(0, head => head with { ThumbnailBytes = -5 }), MediaFault.DecoderMisbehaved),
        ["sends a thumbnail nobody asked for"] = new(Good().Frame(0, thumbnail: Answer.Jpeg()), MediaFault.DecoderMisbehaved),
        ["starts at frame 1"] = new(Good().Frame(1), MediaFault.DecoderMisbehaved),
        ["leaves a frame out"] = new(Good().Frame(0).Frame(2), MediaFault.DecoderMisbehaved),
        ["repeats a frame"] = new(Good().Frame(0).Frame(0), MediaFault.DecoderMisbehaved),
        ["goes back in time"] = new(Good().Frame(0, head => head with { Pts = 5000 }).Frame(1), MediaFault.DecoderMisbehaved),
        ["goes back in time by its time base"] = new(Good().Frame(0, head => head with { Pts = 900, TimeBaseDenominator = 1 }).Frame(1), MediaFault.DecoderMisbehaved),
        ["divides time by zero"] = new(Good().Frame(0, head => head with { TimeBaseDenominator = 0 }), MediaFault.DecoderMisbehaved),
        ["turns time around"] = new(Good().Frame(0, head => head with { TimeBaseNumerator = -1 }), MediaFault.DecoderMisbehaved),
        ["sends a negative duration"] = new(Good().Frame(0, head => head with { Duration = -1 }), MediaFault.DecoderMisbehaved),
        ["sends a frame without width"] = new(Good().Frame(0, head => head with { Width = 0 }), MediaFault.DecoderMisbehaved),
        ["sends a frame of negative size"] = new(Good().Frame(0, head => head with { Width = -5, Height = -3 }), MediaFault.DecoderMisbehaved),
        ["sends a frame over the limit"] = new(Good().Frame(0), MediaFault.FrameTooLarge, Limits: new DecoderLimits { FramePixelsMax = 14 }),
        ["sends a frame wider than asked for"] = new(Good().Frame(0), MediaFault.DecoderMisbehaved, Options: new() { ["width"] = "4" }),
        ["sends more frames than asked for"] = new(Good().Frame(0).Frame(1), MediaFault.DecoderMisbehaved, Options: new() { ["maxFrames"] = "1" }),
        ["sends more frames than counted"] = new(Good().Frame(0).Frame(1), MediaFault.DecoderMisbehaved, Options: new() { ["count"] = "1" }),
        ["sends more frames than allowed"] = new(Good().Frame(0).Frame(1), MediaFault.TooManyFrames, Limits: new DecoderLimits { FramesOutMax = 1 }),
        ["sends more bytes than allowed"] = new(Good().Frame(0).Frame(1), MediaFault.OutputTooLarge, Limits: new DecoderLimits { OutputBytesMax = 100 }),
        ["sends something that is not an image"] = new(Good().Frame(0, image: new byte[100]), MediaFault.DecoderMisbehaved),
        ["sends a PNG of another size"] = new(Good().Frame(0, image: Answer.Png(0, Answer.Width + 1)), MediaFault.DecoderMisbehaved),
        ["sends a JPEG for a PNG"] = new(Good().Frame(0, image: Answer.Jpeg()), MediaFault.DecoderMisbehaved),
        ["sends a PNG that is cut off"] = new(Good().Frame(0, image: Answer.Png(0)[..^1]), MediaFault.DecoderMisbehaved),
        ["sends a PNG with a tail"] = new(Good().Frame(0, image: [.. Answer.Png(0), 1]), MediaFault.DecoderMisbehaved),
        ["sends a PNG whose checksum is wrong"] = new(Good().Frame(0, image: Flip(Answer.Png(0), 29)), MediaFault.DecoderMisbehaved),
        ["sends a PNG whose pixels were changed"] = new(Good().Frame(0, image: Flip(Answer.Png(0), 43)), MediaFault.DecoderMisbehaved),
        ["sends a JPEG with a message in it"] = new(
            Good().Frame(0, image: [.. Answer.Jpeg()[..20], 0xFF, 0xFE, 0, 4, 65, 66, .. Answer.Jpeg()[20..]]), MediaFault.DecoderMisbehaved, Options: new() { ["format"] = "jpeg" }),
        ["sends more frames than moments"] = new(Good().Frame(0).Frame(1).Frame(2), MediaFault.DecoderMisbehaved, Options: new() { ["timestamps"] = "0,1" }),
        ["sends more frames than numbers"] = new(Good().Frame(0).Frame(1).Frame(2), MediaFault.DecoderMisbehaved, Options: new() { ["frames"] = "0-1" }),
        ["sends a PNG with a message in it"] = new(Good().Frame(0, image: [.. Answer.Png(0)[..33], 0, 0, 0, 1, .. "tEXt"u8, 65, 0, 0, 0, 0, .. Answer.Png(0)[33..]]), MediaFault.DecoderMisbehaved),
        ["sends a JPEG of another size"] = new(Good().Frame(0, image: Answer.Jpeg(6)), MediaFault.DecoderMisbehaved, Options: new() { ["format"] = "jpeg" }),
        ["sends a JPEG without a size"] = new(Good().Frame(0, image: [0xFF, 0xD8, 0xFF, 0xD9]), MediaFault.DecoderMisbehaved, Options: new() { ["format"] = "jpeg" }),
        ["sends a scene score that is no number"] = new(Good().Frame(0, head => head with { SceneScore = float.NaN }), MediaFault.DecoderMisbehaved),
        ["sends what was to be left out"] = new(Good().Frame(0).Frame(1), MediaFault.DecoderMisbehaved, Options: new() { ["dedupe"] = "3" }),
        ["leaves out a negative number"] = new(Good().Frame(0).Text(DecoderMessage.Done, """{"frames":1,"duplicates":-1}"""), MediaFault.DecoderMisbehaved),
        ["sends an extra nobody asked for"] = new(Good().Frame(0).Extra(Extras.Poster), MediaFault.DecoderMisbehaved),
        ["sends an extra of no kind"] = Extra(answer => answer.Extra(Extras.None)),
        ["sends an extra of two kinds"] = Extra(answer => answer.Extra(Extras.Poster | Extras.Storyboard)),
        ["sends an extra before the frames"] = new(Good().Extra(Extras.Poster), MediaFault.DecoderMisbehaved, Options: AllExtras),
        ["sends a frame after an extra"] = new(Good().Frame(0).Extra(Extras.Poster).Frame(1), MediaFault.DecoderMisbehaved, Options: AllExtras),
        ["sends two posters"] = Extra(answer => answer.Extra(Extras.Poster).Extra(Extras.Poster)),
        ["sends two contact sheets"] = Extra(answer => answer.Extra(Extras.ContactSheet).Extra(Extras.ContactSheet, head => head with { Ordinal = 1 })),
        ["sends extras out of order"] = Extra(answer => answer.Extra(Extras.ContactSheet).Extra(Extras.Poster)),
        ["sends a poster of an image that never came"] = Extra(answer => answer.Extra(Extras.Poster, head => head with { FirstImage = 1 })),
        ["sends an extra of another size"] = Extra(answer => answer.Extra(Extras.Poster, jpeg: Answer.Jpeg(6))),
        ["sends an extra without a picture"] = Extra(answer => answer.Extra(Extras.Poster, jpeg: [])),
        ["sends an extra without a head"] = Extra(answer => answer.Message(DecoderMessage.Extra, new byte[39])),
        ["announces an extra of 1 GiB"] = Extra(answer => answer.Prefix(DecoderMessage.Extra, 1 << 30)),
        ["sends an extra wider than any"] = Extra(answer => answer.Extra(Extras.Poster, head => head with { Width = 5000 }, Answer.Jpeg(5000))),
        ["sends a sprite whose tiles do not make its size"] = Extra(answer => answer.Extra(Extras.Storyboard, head => head with { TileWidth = 4 })),
        ["sends a sprite of tiles that never came"] = Extra(answer => answer.Extra(Extras.Storyboard, head => head with { Tiles = 2, Height = 6 }, Answer.Jpeg(height: 6))),
        ["sends a sprite of no tiles"] = Extra(answer => answer.Extra(Extras.Storyboard, head => head with { Tiles = 0 })),
        ["sends a sprite of negative columns"] = Extra(answer => answer.Extra(Extras.Storyboard, head => head with { Columns = -1 })),
        ["leaves an extra out"] = Extra(answer => answer.Extra(Extras.Poster).Extra(Extras.Storyboard)),
        ["leaves half a storyboard out"] = new(
            Good().Frame(0).Frame(1).Extra(Extras.Poster).Extra(Extras.Storyboard).Extra(Extras.ContactSheet).Done(2), MediaFault.DecoderMisbehaved, Options: AllExtras),
        ["sends facts that are not JSON"] = new(new Answer().Text(DecoderMessage.Facts, "{"), MediaFault.DecoderMisbehaved),
        ["sends facts that are null"] = new(new Answer().Text(DecoderMessage.Facts, "null"), MediaFault.DecoderMisbehaved),
        ["leaves facts out"] = new(new Answer().Text(DecoderMessage.Facts, """{"container":"mov"}"""), MediaFault.DecoderMisbehaved),
        ["sends an endless video"] = new(new Answer().Text(DecoderMessage.Facts, """{"container":"mov","codec":"h264","width":5,"height":3,"durationSeconds":1e999}"""), MediaFault.DecoderMisbehaved),
        ["nests deeply"] = new(new Answer().Text(DecoderMessage.Facts, new string('[', 60_000)), MediaFault.DecoderMisbehaved),
        ["sends a warning without words"] = new(Good().Text(DecoderMessage.Warning, "{}"), MediaFault.DecoderMisbehaved),
        ["names a codec in a sentence"] = new(new Answer().Facts(Answer.Video with { Codec = "pay to see this" }), MediaFault.DecoderMisbehaved),
        ["names a format in other letters"] = new(new Answer().Facts(Answer.Video with { PixelFormat = "\u202Eyuv" }), MediaFault.DecoderMisbehaved),
        ["names a container at length"] = new(new Answer().Facts(Answer.Video with { Container = new string('a', 101) }), MediaFault.DecoderMisbehaved),
        ["warns of something that does not exist"] = new(Good().Warning("your_account", "It will be closed."), MediaFault.DecoderMisbehaved),
        ["warns in words of its own"] = new(Good().Warning("damaged", "Pay at https://example.org/ to see the video."), MediaFault.DecoderMisbehaved),
        ["says words where a number belongs"] = new(Good().Warning("timestamps_missing", "All frames had no time in the file; it was estimated."), MediaFault.DecoderMisbehaved),
        ["adds words to a warning"] = new(Good().Warning("cut_off", "The file ends before the video does. Pay."), MediaFault.DecoderMisbehaved),
        ["turns a warning's direction around"] = new(Good().Warning("cut_off", "\u202EThe file ends before the video does."), MediaFault.DecoderMisbehaved),
        ["warns in the facts in words of its own"] = new(
            new Answer().Facts(Answer.Video with { Warnings = [new MediaWarning("hdr", "Call us.")] }), MediaFault.DecoderMisbehaved),
        ["sends an impossible position"] = new(Good().Text(DecoderMessage.Progress, """{"positionSeconds":1e999,"durationSeconds":1}"""), MediaFault.DecoderMisbehaved),
        ["counts wrongly"] = new(Good().Frame(0).Done(2), MediaFault.DecoderMisbehaved),
        ["is done without a frame"] = new(Good().Done(0), MediaFault.NothingSelected),
        ["reports a fault that does not exist"] = new(new Answer().Fault("media.bad_mood"), MediaFault.DecoderMisbehaved),
        ["floods with warnings"] = new(Enumerable.Range(0, 1001).Aggregate(Good(), (answer, i) => answer.Warning()), MediaFault.DecoderMisbehaved, PlayAndHang),
        ["misses more than was asked for"] = new(
            Good().Frame(0).Missing().Missing().Missing().Done(1), MediaFault.DecoderMisbehaved, PlayAndHang, Options: new() { ["timestamps"] = "0,9" }),
        ["misses what was not asked for"] = new(Good().Frame(0).Missing().Done(1), MediaFault.DecoderMisbehaved, PlayAndHang),
        ["floods with progress"] = new(Enumerable.Range(0, 5000).Aggregate(Good(), (answer, i) => answer.Progress(1)), MediaFault.DecoderMisbehaved, PlayAndHang),
        ["floods with zeros"] = new(Good(), MediaFault.DecoderMisbehaved, "cat \"$input.answer\" /dev/zero"),
    };

    public static TheoryData<string> Names => [.. Plays.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_decoder_that_misbehaves_is_ended_with_the_right_fault(string name)
    {
        var play = Plays[name];
        using var stage = new FakeDecoder(play.Answer, play.Script);
        ExtractionOptionsParser.TryParse(play.Options ?? [], out var options, out _).ShouldBeTrue();

        var exception = await Should.ThrowAsync<MediaException>(() => FakeDecoder.Extractor(play.Limits).ExtractAsync(
            stage.Input, new InputFacts("in", 1), options!, new ExtractionOutputs { Archive = Stream.Null }, null, TestContext.Current.CancellationToken));

        exception.Fault.ShouldBe(play.Fault, exception.Detail);
        stage.HasLeftAProcess().ShouldBeFalse();
    }

    [Fact]
    public async Task A_fault_the_decoder_reports_is_the_fault_of_the_extraction()
    {
        foreach (var fault in MediaFault.All)
        {
            using var stage = new FakeDecoder(new Answer().Fault(fault.Code), "cat \"$input.answer\"; exit 3");

            var exception = await Should.ThrowAsync<MediaException>(() => ProbeAsync(stage));

            exception.Fault.ShouldBe(fault);
            exception.Detail.ShouldBe("what the library said");
        }
    }

    [Fact]
    public async Task The_detail_of_a_crash_has_the_exit_code_and_the_last_words()
    {
        using var stage = new FakeDecoder(new Answer(), "head -c 300000 /dev/zero | tr '\\0' 'x' >&2; exit 42");
        using var brief = new FakeDecoder(new Answer(), "printf 'bad\\033[31m header' >&2; exit 42");

        (await Should.ThrowAsync<MediaException>(() => ProbeAsync(stage))).Detail.Length.ShouldBeLessThan(1000);
        (await Should.ThrowAsync<MediaException>(() => ProbeAsync(brief))).Detail.ShouldBe("The decoder ended with code 42 and without a result. It said: bad [31m header");
    }

    [Fact]
    public async Task A_probe_accepts_no_frames()
    {
        using var stage = new FakeDecoder(Good().Frame(0).Done(1));

        (await Should.ThrowAsync<MediaException>(() => ProbeAsync(stage))).Fault.ShouldBe(MediaFault.DecoderMisbehaved);
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_is_an_unavailable_decoder()
    {
        foreach (var path in new[] { "/nonexistent/decoder", AppContext.BaseDirectory, typeof(Answer).Assembly.Location })
        {
            var extractor = new VideoExtractor(new VideoExtractorOptions { DecoderPath = path });

            var exception = await Should.ThrowAsync<MediaException>(() => extractor.ProbeAsync("in.mp4", TestContext.Current.CancellationToken));

            exception.Fault.ShouldBe(MediaFault.DecoderUnavailable, path);
        }
    }

    [Fact]
    public async Task Cancelling_ends_the_decoder_within_two_seconds()
    {
        using var stage = new FakeDecoder(Good().Frame(0), "cat \"$input.answer\"; : > \"$input.played\"; exec sleep 300");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var extraction = FakeDecoder.Extractor().ExtractAsync(
            stage.Input, new InputFacts("in", 1), ExtractionOptionsParser.Default, new ExtractionOutputs { Archive = Stream.Null }, null, cancel.Token);
        await stage.HappenedAsync("played", TestContext.Current.CancellationToken);
        var clock = Stopwatch.StartNew();

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => extraction);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        stage.HasLeftAProcess().ShouldBeFalse();
    }

    /// <summary>One frame and then something wrong, where all extras were asked for.</summary>
    private static Play Extra(Func<Answer, Answer> more) => new(more(Good().Frame(0)).Done(1), MediaFault.DecoderMisbehaved, Options: AllExtras);

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= 1;
        return bytes;
    }

    private static Answer Good() => new Answer().Facts();

    private static Answer HalfAFrame() => Good().Frame(
        0, head => head with { ImageBytes = head.ImageBytes + 100 }, length: (uint)(FrameHeader.Bytes + Answer.Png(0).Length + 100));

    private static Task<Probing.ProbeReport> ProbeAsync(FakeDecoder stage) =>
        FakeDecoder.Extractor().ProbeAsync(stage.Input, TestContext.Current.CancellationToken);

    private sealed record Play(
        Answer Answer, MediaFault Fault, string Script = "cat \"$input.answer\"", DecoderLimits? Limits = null, Dictionary<string, string>? Options = null);
}
