using Fotograma.Media.Extraction;
using Fotograma.Worker.Running;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Worker.Tests.Running;

public sealed class ProgressMeterTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void A_quarter_of_the_video_in_ten_seconds_leaves_thirty()
    {
        var meter = new ProgressMeter(clock);
        clock.Advance(TimeSpan.FromSeconds(10));

        meter.Report(new ExtractionProgress(FramesWritten: 20, ExpectedFrames: 80, PositionSeconds: 20, DurationSeconds: 80, ImageBytes: 1));

        meter.Current.Percent.ShouldBe(25);
        meter.Current.EtaSeconds.ShouldNotBeNull().ShouldBe(30, 0.001);
        meter.Current.Speed.ShouldNotBeNull().ShouldBe(2, 0.001);
        (meter.Current.FramesDone, meter.Current.FramesExpected).ShouldBe((20, 80));
    }

    [Fact]
    public void Progress_never_goes_back_and_is_not_complete_before_the_result_is_stored()
    {
        var meter = new ProgressMeter(clock);
        meter.Report(new ExtractionProgress(5, null, 50, 100, 1));
        meter.Report(new ExtractionProgress(6, null, 40, 100, 1));
        meter.Current.Percent.ShouldBe(50);
        meter.Report(new ExtractionProgress(9, null, 120, 100, 1));
        meter.Current.Percent.ShouldBe(99);
    }

    [Fact]
    public void Without_a_length_the_frames_are_counted_and_without_either_nothing_is_claimed()
    {
        var meter = new ProgressMeter(clock);
        clock.Advance(TimeSpan.FromSeconds(1));
        meter.Report(new ExtractionProgress(1, null, 3, null, 1));
        meter.Current.Percent.ShouldBe(0);
        meter.Current.EtaSeconds.ShouldBeNull();
        meter.Report(new ExtractionProgress(2, 4, 3, null, 1));
        meter.Current.Percent.ShouldBe(50);
    }
}
