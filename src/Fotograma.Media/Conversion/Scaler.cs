using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Converts pictures between formats and sizes with the settings of the ffmpeg program's scale filter (5.1), and keeps the prepared
/// conversion as long as pictures look the same. One instance serves one thread.
/// </summary>
internal sealed class Scaler : IDisposable
{
    /// <summary>MPEG-2's place of chroma samples between two rows, which is the convention for 4:2:0; in 256ths of a luma row.</summary>
    private const int Mpeg2ChromaRow = 128;
    private const int Default = -513;

    private NativeScaler? scaler;
    private Shape prepared;

    /// <summary>
    /// Converts <paramref name="source"/> into <paramref name="target"/>, which is reshaped when needed.
    /// </summary>
    /// <param name="source">The picture.</param>
    /// <param name="target">Receives the result.</param>
    /// <param name="width">Width of the result in pixels.</param>
    /// <param name="height">Height of the result in pixels.</param>
    /// <param name="format">Format of the result.</param>
    /// <param name="flags">A method of <see cref="SwScale"/>.</param>
    /// <param name="targetFull">The range of the result, where the format does not imply it.</param>
    /// <exception cref="LibavException">The picture cannot be converted.</exception>
    public void Convert(NativeFrame source, NativeFrame target, int width, int height, PixelFormat format, int flags, bool? targetFull = null)
    {
        target.Reshape(width, height, format.Number);
        Prepare(source, width, height, format, flags, targetFull);
        PairLastPixels(source);
        scaler!.Convert(source, target);
    }

    /// <summary>Prepares the conversion of <paramref name="source"/>, for <see cref="ConvertRows"/>; the parameters are those of <see cref="Convert"/>.</summary>
    /// <exception cref="LibavException">The picture cannot be converted.</exception>
    public void Prepare(NativeFrame source, int width, int height, PixelFormat format, int flags, bool? targetFull = null)
    {
        var shape = new Shape(source.Width, source.Height, source.Format, source.ColorRange, width, height, format.Number, flags);
        if (scaler is null || shape != prepared)
        {
            scaler?.Dispose();
            scaler = null;
            scaler = Prepare(shape);
            prepared = shape;
        }

        scaler.UseColorsOf(source, targetFull);
    }

    /// <summary>
    /// Converts some rows of <paramref name="source"/> as if they were a picture, into <paramref name="target"/> from its row <paramref name="place"/>
    /// on; false when they do not give as many rows.
    /// </summary>
    public bool ConvertRows(NativeFrame source, int first, int rows, NativeFrame target, int place) => scaler!.ConvertRows(source, first, rows, target, place) == rows;

    /// <summary>Frees the prepared conversion.</summary>
    public void Dispose() => scaler?.Dispose();

    /// <summary>
    /// swscale makes one sample of chroma of two pixels of RGB, also where the row ends between them: without this, of what happens to lie in
    /// memory. Pictures in rgb24 are our own, and have the room (<see cref="NativeFrame.Reshape"/>).
    /// </summary>
    private static unsafe void PairLastPixels(NativeFrame picture)
    {
        const int PixelBytes = 3;
        if (picture.Width % 2 == 0 || picture.Format != PixelFormat.Named("rgb24").Number) return;
        for (var row = 0; row < picture.Height; row++)
        {
            var end = picture.Plane(0) + (nint)row * picture.LineSize(0) + picture.Width * PixelBytes;
            Buffer.MemoryCopy(end - PixelBytes, end, PixelBytes, PixelBytes);
        }
    }

    private static NativeScaler Prepare(Shape shape)
    {
        var yuv420 = PixelFormat.Named("yuv420p").Number;
        List<(string, long)> options =
        [
            ("srcw", shape.SourceWidth), ("srch", shape.SourceHeight), ("src_format", shape.SourceFormat),
            ("dstw", shape.Width), ("dsth", shape.Height), ("dst_format", shape.Format), ("sws_flags", shape.Flags),
            ("src_h_chr_pos", Default), ("src_v_chr_pos", shape.SourceFormat == yuv420 ? Mpeg2ChromaRow : Default),
            ("dst_h_chr_pos", Default), ("dst_v_chr_pos", shape.Format == yuv420 ? Mpeg2ChromaRow : Default),
        ];
        if (shape.Range != AvColorRange.Unspecified) options.Add(("src_range", shape.Range == AvColorRange.Full ? 1 : 0));
        return NativeScaler.Open([.. options]);
    }

    private readonly record struct Shape(
        int SourceWidth, int SourceHeight, int SourceFormat, int Range, int Width, int Height, int Format, int Flags);
}
