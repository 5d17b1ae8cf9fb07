using System.Globalization;
using Fotograma.Media.Manifest;

namespace Fotograma.Video.Downloads;

/// <summary>One frame of a result; the same facts as in the manifest.</summary>
internal sealed record FrameJson(
    int Index, string File, double Time, long Pts, string TimeBase, double? Duration, long? SourceFrame, bool KeyFrame, int Width, int Height,
    int Bytes, string Sha256, double? SceneScore, string? PerceptualHash)
{
    public static FrameJson Of(FrameIndexRecord frame, FrameIndexPage page) => new(
        frame.Index, page.NameOf(frame), double.Parse(frame.Time, CultureInfo.InvariantCulture), frame.Pts,
        string.Create(CultureInfo.InvariantCulture, $"{frame.TimeBaseNumerator}/{frame.TimeBaseDenominator}"),
        frame.DurationTime is { } duration ? double.Parse(duration, CultureInfo.InvariantCulture) : null,
        frame.SourceFrame >= 0 ? frame.SourceFrame : null, frame.KeyFrame, frame.Width, frame.Height, frame.ImageBytes, frame.Sha256.ToString(),
        frame.SceneScore >= 0 ? Math.Round(frame.SceneScore, 6) : null, frame.PerceptualHash?.ToString("x16", CultureInfo.InvariantCulture));
}

/// <summary>A slice of a result's frames.</summary>
internal sealed record FrameListJson(int Total, IReadOnlyList<FrameJson> Items);
