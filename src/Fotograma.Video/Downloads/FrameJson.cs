using System.Globalization;
using Fotograma.Media.Manifest;
using Fotograma.Media.Options;

namespace Fotograma.Video.Downloads;

/// <summary>One frame of a result; the same facts as in the manifest.</summary>
internal sealed record FrameJson(
    int Index, string File, double Time, long Pts, string TimeBase, double? Duration, long? SourceFrame, bool KeyFrame, int Width, int Height,
    int Bytes, string Sha256)
{
    public static FrameJson Of(FrameIndexRecord frame, ImageFormat format) => new(
        frame.Index, FrameNames.Image(frame.Index, format), double.Parse(frame.Time, CultureInfo.InvariantCulture), frame.Pts,
        string.Create(CultureInfo.InvariantCulture, $"{frame.TimeBaseNumerator}/{frame.TimeBaseDenominator}"),
        frame.DurationTime is { } duration ? double.Parse(duration, CultureInfo.InvariantCulture) : null,
        frame.SourceFrame >= 0 ? frame.SourceFrame : null, frame.KeyFrame, frame.Width, frame.Height, frame.ImageBytes, frame.Sha256.ToString());
}

/// <summary>A slice of a result's frames.</summary>
internal sealed record FrameListJson(int Total, IReadOnlyList<FrameJson> Items);
