using Fotograma.Media.Faults;
using Fotograma.Media.Probing;

namespace Fotograma.Video.Downloads;

/// <summary>A <see cref="ProbeReport"/> for clients: fractions as text, for example 30000/1001.</summary>
internal sealed record VideoReportJson(
    string Container, string Codec, int Width, int Height, int Rotation, bool Mirrored, double? DurationSeconds, double StartSeconds, double LeadSeconds,
    string? AverageFrameRate, string TimeBase, string? PixelFormat, string? ColorSpace, string? ColorTransfer, string? ColorRange, IReadOnlyList<MediaWarning> Warnings)
{
    public static VideoReportJson Of(ProbeReport report) => new(
        report.Container, report.Codec, report.Width, report.Height, report.Rotation, report.Mirrored, report.DurationSeconds, report.StartSeconds, report.LeadSeconds,
        report.AverageFrameRate.IsUnknown ? null : report.AverageFrameRate.ToString(), report.TimeBase.ToString(),
        report.PixelFormat, report.ColorSpace, report.ColorTransfer, report.ColorRange, report.Warnings);
}
