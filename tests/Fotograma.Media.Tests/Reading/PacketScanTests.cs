using Fotograma.Clips;
using Fotograma.Media.Input;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Plan;
using Fotograma.Media.Reading;

namespace Fotograma.Media.Tests.Reading;

/// <summary>Packets are read as far as what was asked for may depend on them, and each is a sign of life.</summary>
public sealed class PacketScanTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A group of pictures has 24 packets; what lies in one is settled when the first of the next but one is read.</summary>
    [Theory]
    [InlineData("fps=1;maxFrames=1", 49)]
    [InlineData("timestamps=0.5", 49)]
    [InlineData("fps=4;to=0.9", 49)]
    [InlineData("frames=3", 49)]
    [InlineData("keyframes=true;maxFrames=2", 73)]
    [InlineData("scenes=0.1;from=0.3;to=0.6", 49)]
    [InlineData("timestamps=0.5,1.5;maxFrames=1", 73)]
    [InlineData("fps=1", 96)]
    [InlineData("timestamps=0.5,90", 96)]
    [InlineData("scenes=0.1;from=0.3", 96)]
    public async Task No_more_packets_are_read_than_the_choice_depends_on(string ask, int packets)
    {
        var (map, passed) = await ScanAsync(await GoodClips.H264Mkv.PathAsync(Cancellation), ask);

        map.Packets.ShouldBe(packets);
        map.Problem.ShouldBeNull();
        passed.ShouldBe(packets);
    }

    [Theory]
    [InlineData("fps=1", true)]
    [InlineData("fps=1;maxFrames=1", true)]
    [InlineData("scenes=0.1;from=0.3", true)]
    // How far apart a given number of moments lies is known at the end alone.
    [InlineData("count=2", false)]
    public async Task A_map_that_is_of_no_use_is_completed_only_for_its_end(string ask, bool endsEarly)
    {
        using var file = File.OpenHandle(await GoodClips.H264Mkv.PathAsync(Cancellation));
        using var input = VideoInput.Open(file, new DecoderLimits(), AllowList.Usual, Cancellation);
        var scan = PacketScan.For(Options(ask), 5, input, file, new DecoderLimits().FramePixelsMax);
        var map = new PacketMap();

        (scan.IsEnough?.Invoke(map) ?? false).ShouldBeFalse();
        map.Distrust("A test says so.");
        (scan.IsEnough?.Invoke(map) ?? false).ShouldBe(endsEarly);
    }

    [Fact]
    public void Of_a_file_whose_key_frames_go_back_in_time_everything_is_read()
    {
        ExtractionOptionsParser.TryParse(new Dictionary<string, string> { ["frames"] = "0" }, out var options, out _).ShouldBeTrue();
        var end = new ScanEnd(SamplingPlan.Make(options, new NativeRational(1, 1000), default), long.MaxValue);
        var map = new PacketMap();
        var isReached = false;
        for (var packet = 0; packet < 100_000; packet++)
        {
            map.Add(1_000_000 - packet, 1, PacketTraits.Key, 0);
            isReached |= end.IsReached(map);
        }

        isReached.ShouldBeFalse();
    }

    private static Task<(PacketMap Map, int Passed)> ScanAsync(string path, string ask)
    {
        var options = Options(ask);
        using var file = File.OpenHandle(path);
        using var input = VideoInput.Open(file, new DecoderLimits(), AllowList.Usual, Cancellation);
        var scan = PacketScan.For(options, options.MaxFrames ?? long.MaxValue, input, file, new DecoderLimits().FramePixelsMax);
        var passed = 0;
        return Task.FromResult((scan.Read(() => passed++, Cancellation), passed));
    }

    private static ExtractionOptions Options(string ask)
    {
        var values = ask.Split(';').Select(part => part.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return ExtractionOptionsParser.TryParse(values, out var options, out _) ? options : throw new InvalidOperationException(ask);
    }
}
