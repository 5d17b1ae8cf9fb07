using Fotograma.Media.Conversion;
using Fotograma.Media.Faults;
using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Plan;
using Fotograma.Media.Probing;
using Fotograma.Media.Reading;

namespace Fotograma.Media.Input;

/// <summary>Puts what a container says about its video into a <see cref="ProbeReport"/>.</summary>
internal static unsafe class FactsReader
{
    private const double Microseconds = 1_000_000;
    private const int Unspecified = 2;

    /// <summary>
    /// The facts of an open video, with warnings about images made by <paramref name="options"/>; null for those made when nothing is asked for.
    /// </summary>
    public static ProbeReport Read(VideoInput input, ExtractionOptions? options)
    {
        var stream = input.Stream;
        // Neither the container nor any of the first packets says it: there is no picture in them.
        if (stream.Width <= 0 || stream.Height <= 0) throw new MediaException(MediaFault.Undecodable, "The size of the pictures is not known.");
        var turn = Turn.FromMatrix(stream.DisplayMatrix);
        var aspect = PixelAspect.Of(stream);
        var (width, height) = turn.Size(stream.Width, stream.Height);
        (width, height) = aspect.Turned(turn).Shown(width, height);
        var container = input.Container;
        var start = Ticks.Seconds(PacketClock.TicksOfOrigin(container, stream), stream.TimeBase);
        return new ProbeReport
        {
            Container = container.Name,
            Codec = stream.Codec,
            Width = width,
            Height = height,
            Rotation = turn.Degrees,
            Mirrored = turn.IsMirrored,
            DurationSeconds = container.Duration < 0 ? null : container.Duration / Microseconds,
            StartSeconds = start,
            LeadSeconds = container.StartTime == Libav.NoTimestamp ? 0 : Math.Max(0, start - container.StartTime / Microseconds),
            AverageFrameRate = stream.AverageRate.ToRational(),
            TimeBase = new Rational(stream.TimeBase.Numerator, stream.TimeBase.Denominator),
            PixelFormat = stream.Format < 0 ? null : new PixelFormat(stream.Format).Name,
            ColorSpace = stream.ColorSpace == Unspecified ? null : Memory.Text(AvUtil.ColorSpaceName(stream.ColorSpace)),
            ColorTransfer = stream.ColorTransfer == Unspecified ? null : Memory.Text(AvUtil.ColorTransferName(stream.ColorTransfer)),
            ColorRange = stream.ColorRange switch { AvColorRange.Limited => "tv", AvColorRange.Full => "pc", _ => null },
            Warnings = Warnings(stream, turn, aspect, options ?? ExtractionOptionsParser.Default),
        };
    }

    private static List<MediaWarning> Warnings(NativeStream stream, Turn turn, PixelAspect aspect, ExtractionOptions options)
    {
        var warnings = new List<MediaWarning>();
        if (!turn.IsNone) warnings.Add(ConversionNotes.TurnApplied);
        if (turn.IsOblique) warnings.Add(new MediaWarning("rotation_ignored", "The video asks for a rotation that is not a quarter turn; the images are not rotated."));
        if (aspect.IsAbsurd)
            warnings.Add(new MediaWarning("pixel_aspect_ignored", $"The video says its pixels are {aspect.Width}:{aspect.Height}, which cannot be; they are taken as square."));
        else if (!aspect.IsSquare && options.SquarePixels)
            warnings.Add(new MediaWarning("pixels_squared", $"The video's pixels are {aspect.Width}:{aspect.Height}; the images are scaled in width so that pixels are square."));
        if (stream.IsInterlaced && options.Deinterlace == Deinterlacing.Off)
            warnings.Add(new MediaWarning("interlaced", "The video says its pictures are interlaced; the images are made of them as they are."));
        if (HdrTransfer.Is(stream.ColorTransfer)) warnings.Add(ConversionNotes.Hdr(options.ToneMap));
        return warnings;
    }
}
