using Fotograma.Media.Extraction;
using Fotograma.Server.Cli;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Server.Tests.Cli;

public sealed class ProgressLineTests
{
    private static readonly ExtractionProgress Half = new(50, 100, 60, 120, 1_000_000);

    [Fact]
    public void A_line_says_how_far_how_fast_and_how_long_still() =>
        ProgressLine.Plain(Half, TimeSpan.FromSeconds(5)).ShouldBe("50%, 50/100 frames, 12.0x real time, 0:05 left");

    [Fact]
    public void What_is_not_known_is_left_out()
    {
        ProgressLine.Plain(new ExtractionProgress(3, null, 0, null, 0), TimeSpan.FromSeconds(1)).ShouldBe("3 frames");
        ProgressLine.Plain(new ExtractionProgress(0, 100, 0, 10, 0), TimeSpan.Zero).ShouldBe("0%, 0/100 frames");
        ProgressLine.Plain(new ExtractionProgress(3, null, 90, 60, 0), TimeSpan.FromSeconds(1)).ShouldStartWith("100%, 3 frames");
    }

    [Fact]
    public void A_terminals_line_never_wraps()
    {
        for (var columns = 1; columns < 150; columns++) ProgressLine.Live(Half, TimeSpan.FromSeconds(5), columns).Length.ShouldBeLessThan(columns);
        ProgressLine.Live(Half, TimeSpan.FromSeconds(5), 120).ShouldStartWith("[###############...............] 50%");
    }

    [Fact]
    public void A_log_gets_a_line_every_two_seconds()
    {
        var time = new FakeTimeProvider();
        using var error = new StringWriter();
        var line = new ProgressLine(new Terminal(TextWriter.Null, error, IsLive: false, 80), time);

        for (var i = 0; i < 100; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            line.Report(Half);
        }

        line.Clear();
        error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(5);
    }

    [Theory]
    [InlineData(0.2, "0:01")]
    [InlineData(61, "1:01")]
    [InlineData(3661, "1:01:01")]
    [InlineData(1e9, "99:59:59")]
    public void A_span_of_time_is_written_as_a_clock(double seconds, string text) =>
        ProgressLine.Clock(TimeSpan.FromSeconds(seconds)).ShouldBe(text);
}
