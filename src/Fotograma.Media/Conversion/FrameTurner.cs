using System.Runtime.CompilerServices;
using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Turns pictures plane by plane, before any colour conversion, as the ffmpeg program does: chroma samples keep their place in the grid, and
/// the converted pixels are the same, odd sizes included. Formats whose planes cannot be turned one by one are converted first.
/// </summary>
internal sealed unsafe class FrameTurner : IDisposable
{
    private readonly Scaler scaler = new();
    private readonly NativeFrame converted = new();
    private readonly NativeFrame turned = new();

    /// <summary>The upright picture: <paramref name="frame"/> itself, or one that is valid until the next call.</summary>
    /// <param name="frame">The picture.</param>
    /// <param name="turn">What makes it upright.</param>
    /// <param name="otherwise">The format of the result where planes cannot be turned one by one.</param>
    public NativeFrame Upright(NativeFrame frame, Turn turn, string otherwise)
    {
        if (turn.IsNone) return frame;
        var format = Turnable(new PixelFormat(frame.Format), turn.Swap) ?? PixelFormat.Named(otherwise);
        if (format.Number != frame.Format)
        {
            scaler.Convert(frame, converted, frame.Width, frame.Height, format, SwScale.Bicubic, format.IsRgb ? null : frame.ColorRange == AvColorRange.Full);
            if (!format.IsRgb) converted.UseColorsOf(frame);
            frame = converted;
        }

        var (width, height) = turn.Size(frame.Width, frame.Height);
        turned.Reshape(width, height, frame.Format);
        turned.UseColorsOf(frame);
        Planes(frame, turned, format, turn);
        return turned;
    }

    /// <summary>Frees the pictures.</summary>
    public void Dispose()
    {
        scaler.Dispose();
        converted.Dispose();
        turned.Dispose();
    }

    private static PixelFormat? Turnable(PixelFormat format, bool swap)
    {
        // Chroma that is halved in one direction only would be halved in the other after columns and rows have changed places.
        var turnable = format.IsUsable && format.IsFullyPlanar && (!swap || format.ChromaWidthShift == format.ChromaHeightShift);
        return turnable ? format : null;
    }

    private static void Planes(NativeFrame source, NativeFrame target, PixelFormat format, Turn turn)
    {
        var packed = format.IsRgb && !format.IsFullyPlanar;
        var planes = packed ? 1 : format.Components;
        for (var plane = 0; plane < planes; plane++)
        {
            var chroma = plane is 1 or 2 && !format.IsRgb;
            var (widthShift, heightShift) = chroma ? (format.ChromaWidthShift, format.ChromaHeightShift) : (0, 0);
            var from = source.Plane(plane);
            nint fromRow = source.LineSize(plane);
            nint fromColumn = format.SampleBytes;
            var width = ShiftUp(target.Width, widthShift);
            var height = ShiftUp(target.Height, heightShift);
            if (turn.Swap) (fromRow, fromColumn) = (fromColumn, fromRow);
            if (turn.FlipColumns)
            {
                from += fromColumn * (width - 1);
                fromColumn = -fromColumn;
            }

            if (turn.FlipRows)
            {
                from += fromRow * (height - 1);
                fromRow = -fromRow;
            }

            var step = new Steps(fromRow, fromColumn, target.LineSize(plane), width, height);
            switch (format.SampleBytes)
            {
                case 1: Copy<byte>(from, target.Plane(plane), step); break;
                case 2: Copy<ushort>(from, target.Plane(plane), step); break;
                case 3: Copy<Three>(from, target.Plane(plane), step); break;
                default: throw new NotSupportedException($"Samples of {format.SampleBytes} bytes cannot be turned.");
            }
        }
    }

    /// <summary>Copies in small squares, so that reading across rows stays in the cache.</summary>
    private static void Copy<T>(byte* source, byte* target, Steps step) where T : unmanaged
    {
        const int Square = 16;
        for (var top = 0; top < step.Height; top += Square)
        {
            var bottom = Math.Min(top + Square, step.Height);
            for (var left = 0; left < step.Width; left += Square)
            {
                var right = Math.Min(left + Square, step.Width);
                for (var y = top; y < bottom; y++)
                {
                    var to = (T*)(target + y * step.TargetRow);
                    var from = source + y * step.SourceRow + left * step.SourceColumn;
                    for (var x = left; x < right; x++, from += step.SourceColumn) to[x] = Unsafe.ReadUnaligned<T>(from);
                }
            }
        }
    }

    private static int ShiftUp(int value, int shift) => (value + (1 << shift) - 1) >> shift;

    private readonly record struct Steps(nint SourceRow, nint SourceColumn, nint TargetRow, int Width, int Height);

    [InlineArray(3)]
    private struct Three
    {
        private byte first;
    }
}
