using Fotograma.Media.Decoding;
using Fotograma.Media.Native;
using Fotograma.Media.Options;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Makes whole pictures of interlaced ones: the rows of the field that comes first in time stay as they are, the others are filled in by
/// <see cref="FieldFilter{T}"/>, plane by plane. One image for a frame, at the frame's time; pictures that are not interlaced pass untouched.
/// </summary>
internal sealed unsafe class Deinterlacer(Deinterlacing mode, ConversionNotes notes) : IDisposable
{
    private readonly NativeFrame whole = new();
    private readonly PlanarPicture picture = new();
    private readonly PlanarPicture before = new();
    private readonly PlanarPicture after = new();

    /// <summary>The whole picture: the frame's own, or one that is valid until the next call.</summary>
    public NativeFrame Whole(ChosenFrame frame)
    {
        var source = frame.Picture;
        if (mode == Deinterlacing.Off || (mode == Deinterlacing.Auto && !source.IsInterlaced)) return source;
        notes.Deinterlaced = true;

        // Where nothing is said about the order of fields, the upper one is taken to come first, as in the ffmpeg program.
        var topFirst = !source.IsInterlaced || source.IsTopFirst;
        var now = picture.Of(source);
        var earlier = frame.Before is { } left && HaveSameShape(source, left) ? before.Of(left) : null;
        var later = frame.After is { } right && HaveSameShape(source, right) ? after.Of(right) : null;

        whole.Reshape(now.Width, now.Height, now.Format);
        whole.UseColorsOf(source);
        var format = new PixelFormat(now.Format);
        for (var plane = 0; plane < format.Components; plane++)
        {
            var place = new PlaneFields(now, earlier, later, plane, topFirst, format);
            if (format.SampleBytes == 1) Fill<byte>(place, whole);
            else Fill<ushort>(place, whole);
        }

        return whole;
    }

    /// <summary>Frees the pictures.</summary>
    public void Dispose()
    {
        whole.Dispose();
        picture.Dispose();
        before.Dispose();
        after.Dispose();
    }

    private static bool HaveSameShape(NativeFrame one, NativeFrame other) => (one.Width, one.Height, one.Format) == (other.Width, other.Height, other.Format);

    private static void Fill<T>(in PlaneFields fields, NativeFrame target) where T : unmanaged
    {
        for (var row = 0; row < fields.Height; row++)
        {
            var to = (T*)(target.Plane(fields.Plane) + (nint)row * target.LineSize(fields.Plane));
            if (row % 2 == fields.KeptParity) new ReadOnlySpan<T>(fields.Now<T>(row), fields.Width).CopyTo(new Span<T>(to, fields.Width));
            else if (fields.Width < FieldFilter<T>.Step) fields.Average(to, row);
            else FillRow(fields.Filter<T>(row), to, fields.Width);
        }
    }

    private static void FillRow<T>(in FieldFilter<T> filter, T* target, int width) where T : unmanaged
    {
        var x = 0;
        for (; x <= width - FieldFilter<T>.Step; x += FieldFilter<T>.Step) filter.Fill(target, x);
        if (x < width) filter.Fill(target, width - FieldFilter<T>.Step);
    }
}

/// <summary>A picture in a format whose planes can be worked on one by one: itself, or converted without mixing rows.</summary>
internal sealed class PlanarPicture : IDisposable
{
    private readonly Scaler scaler = new();
    private readonly NativeFrame converted = new();

    /// <summary>The picture; valid until the next call.</summary>
    public NativeFrame Of(NativeFrame frame)
    {
        var format = new PixelFormat(frame.Format);
        if (format.IsUsable && format.IsFullyPlanar && format.SampleBytes <= sizeof(ushort)) return frame;
        var target = PixelFormat.Named((format.IsRgb, format.ChromaHeightShift, format.Depth > 8) switch
        {
            (true, _, false) => "gbrp",
            (true, _, true) => "gbrp16le",
            (_, 0, false) => format.ChromaWidthShift == 0 ? "yuv444p" : "yuv422p",
            (_, 0, true) => format.ChromaWidthShift == 0 ? "yuv444p16le" : "yuv422p16le",
            (_, _, false) => "yuv420p",
            _ => "yuv420p16le",
        });
        scaler.Convert(frame, converted, frame.Width, frame.Height, target, SwScale.Bicubic, format.IsRgb ? null : frame.ColorRange == AvColorRange.Full);
        return converted;
    }

    /// <summary>Frees the converted picture.</summary>
    public void Dispose()
    {
        scaler.Dispose();
        converted.Dispose();
    }
}
