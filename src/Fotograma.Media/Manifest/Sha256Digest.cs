using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Fotograma.Media.Manifest;

/// <summary>A SHA-256 as a value of 32 bytes, without an array of its own.</summary>
public readonly record struct Sha256Digest(UInt128 High, UInt128 Low)
{
    /// <summary>Length in bytes.</summary>
    public const int Bytes = 32;

    /// <summary>The digest of <paramref name="data"/>.</summary>
    public static Sha256Digest Of(ReadOnlySpan<byte> data)
    {
        Span<byte> digest = stackalloc byte[Bytes];
        SHA256.HashData(data, digest);
        return Read(digest);
    }

    /// <summary>Takes the first <see cref="Bytes"/> bytes of <paramref name="source"/>.</summary>
    public static Sha256Digest Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(source), BinaryPrimitives.ReadUInt128BigEndian(source[16..]));

    /// <summary>Writes <see cref="Bytes"/> bytes to <paramref name="target"/>.</summary>
    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt128BigEndian(target, High);
        BinaryPrimitives.WriteUInt128BigEndian(target[16..], Low);
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> digest = stackalloc byte[Bytes];
        Write(digest);
        return Convert.ToHexStringLower(digest);
    }
}
