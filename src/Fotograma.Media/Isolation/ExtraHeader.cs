using System.Buffers.Binary;
using Fotograma.Media.Options;

namespace Fotograma.Media.Isolation;

/// <summary>The fixed head of a <see cref="DecoderMessage.Extra"/> payload. The JPEG follows. Sides are in pixels.</summary>
/// <param name="Kind">What this is: one of the kinds asked for.</param>
/// <param name="Ordinal">Position among those of its kind, from 0.</param>
/// <param name="Width">Width of the picture.</param>
/// <param name="Height">Height of the picture.</param>
/// <param name="FirstImage">Position among the images, from 0, of the image it shows first.</param>
/// <param name="Step">From one tile to the next, in images; 0 where tiles follow no even step, and for the poster.</param>
/// <param name="Tiles">Number of images it shows.</param>
/// <param name="Columns">Tiles side by side.</param>
/// <param name="TileWidth">Width of a tile.</param>
/// <param name="TileHeight">Height of a tile.</param>
internal readonly record struct ExtraHeader(
    Extras Kind, int Ordinal, int Width, int Height, int FirstImage, int Step, int Tiles, int Columns, int TileWidth, int TileHeight)
{
    /// <summary>Length of the head, in bytes.</summary>
    public const int Bytes = 40;

    /// <summary>Writes the head to the first <see cref="Bytes"/> bytes of <paramref name="target"/>.</summary>
    public void Write(Span<byte> target)
    {
        ReadOnlySpan<int> fields = [(int)Kind, Ordinal, Width, Height, FirstImage, Step, Tiles, Columns, TileWidth, TileHeight];
        for (var i = 0; i < fields.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(target[(i * sizeof(int))..], fields[i]);
    }

    /// <summary>Reads a head. The values are as the decoder gave them: the caller checks them.</summary>
    public static ExtraHeader Read(ReadOnlySpan<byte> source)
    {
        Span<int> fields = stackalloc int[Bytes / sizeof(int)];
        for (var i = 0; i < fields.Length; i++) fields[i] = BinaryPrimitives.ReadInt32LittleEndian(source[(i * sizeof(int))..]);
        return new ExtraHeader((Extras)fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], fields[6], fields[7], fields[8], fields[9]);
    }
}
