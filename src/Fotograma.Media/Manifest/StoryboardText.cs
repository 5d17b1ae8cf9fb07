using System.Globalization;
using System.Text;
using Fotograma.Media.Isolation;
using Fotograma.Media.Probing;

namespace Fotograma.Media.Manifest;

/// <summary>
/// Writes which part of which sprite shows when: WebVTT (W3C) whose cues are media fragments (<c>sprite_0001.jpg#xywh=160,0,160,90</c>), as players
/// take them for the previews of their seek bars. A cue lasts from its image's time to that of the next tile's image, the last one to the end
/// of the video. As in players, time counts from the start of the video, whatever the container calls it.
/// </summary>
internal static class StoryboardText
{
    /// <summary>How long the last tile shows if nothing else is known, in seconds.</summary>
    private const double LastSeconds = 1;

    /// <summary>The text for <paramref name="sprites"/>, which are in order.</summary>
    public static string Write(IReadOnlyList<ExtraHeader> sprites, FrameLedger ledger, ProbeReport video)
    {
        var text = new StringBuilder("WEBVTT\n");
        for (var ordinal = 0; ordinal < sprites.Count; ordinal++)
        {
            var sprite = sprites[ordinal];
            for (var tile = 0; tile < sprite.Tiles; tile++)
            {
                var image = sprite.FirstImage + tile * sprite.Step;
                var (from, to) = (Seconds(ledger[image]) - video.StartSeconds, EndOf(image + sprite.Step, ledger, video) - video.StartSeconds);
                // Several images of one frame: the first cue has it all.
                if (Clock(from) == Clock(to)) continue;
                var (left, top) = (tile % sprite.Columns * sprite.TileWidth, tile / sprite.Columns * sprite.TileHeight);
                text.Append(CultureInfo.InvariantCulture, $"\n{Clock(from)} --> {Clock(to)}\n")
                    .Append(CultureInfo.InvariantCulture, $"{FrameNames.SpriteFile(ordinal + 1)}#xywh={left},{top},{sprite.TileWidth},{sprite.TileHeight}\n");
            }
        }

        return text.ToString();
    }

    private static double EndOf(int next, FrameLedger ledger, ProbeReport video)
    {
        if (next < ledger.Count) return Seconds(ledger[next]);
        var last = Seconds(ledger[ledger.Count - 1]);
        var end = video.StartSeconds - video.LeadSeconds + video.DurationSeconds ?? 0;
        return end > last ? end : last + LastSeconds;
    }

    private static double Seconds(in FrameIndexRecord record) => record.Pts * (double)record.TimeBaseNumerator / record.TimeBaseDenominator;

    /// <summary>A WebVTT timestamp. There are none before zero.</summary>
    private static string Clock(double seconds)
    {
        var milliseconds = (long)Math.Round(Math.Max(0, seconds) * 1000);
        return string.Create(CultureInfo.InvariantCulture,
            $"{milliseconds / 3_600_000:D2}:{milliseconds / 60_000 % 60:D2}:{milliseconds / 1000 % 60:D2}.{milliseconds % 1000:D3}");
    }
}
