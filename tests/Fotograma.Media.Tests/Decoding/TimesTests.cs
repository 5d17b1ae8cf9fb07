using Fotograma.Clips;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>When a frame comes on screen and when it leaves it, held against what ffprobe prints of the frames and of the last one's packet.</summary>
public sealed class TimesTests
{
    public static IEnumerable<TheoryDataRow<Clip>> Clips => GoodClips.All.Concat(OddClips.All).Concat(OddClips.Slow).Select(clip => new TheoryDataRow<Clip>(clip));

    [Theory, MemberData(nameof(Clips))]
    public async Task Times_are_those_ffprobe_prints_and_a_frame_lasts_until_the_next(Clip clip)
    {
        var path = await clip.PathAsync(TestContext.Current.CancellationToken);
        var options = new ExtractionOptions { Sampling = new Sampling.All(), Format = ImageFormat.Jpeg, Width = 8, Deinterlace = Deinterlacing.Off };
        var decoded = await Decoded.RunAsync(path, options);
        if (decoded.WarningCodes.Contains("time_jumps"))
        {
            // ffprobe says where the clock has jumped to; times go on here as they do for the ffmpeg program.
            FfmpegFrames.TicksOf(decoded).ShouldBe((await FfmpegFrames.OfAsync(path)).All.Select(frame => frame.Ticks));
            return;
        }

        var (frames, lastDuration) = await Reference.TimesAsync(path);
        decoded.Images.Count.ShouldBe(frames.Count);
        for (var i = 0; i < frames.Count; i++)
        {
            var header = decoded.Images[i].Header;
            if (frames[i].Pts is null) decoded.WarningCodes.ShouldContain("timestamps_missing");
            else if (i > 0 && frames[i].Pts < decoded.Images[i - 1].Header.Pts)
            {
                // Those before it had no time. The file's own begin earlier than those that were made up for them, and time does not run backwards.
                decoded.WarningCodes.ShouldContain("timestamps_missing");
                header.Pts.ShouldBe(decoded.Images[i - 1].Header.Pts);
                continue;
            }
            else (header.Pts, Reference.Seconds(header)).ShouldBe((frames[i].Pts!.Value, frames[i].Seconds));
            var length = i + 1 < frames.Count ? frames[i + 1].Pts - frames[i].Pts : lastDuration;
            if (length > 0) header.Duration.ShouldBe(length.Value, $"{clip}: frame {i} of {frames.Count}");
        }
    }
}
