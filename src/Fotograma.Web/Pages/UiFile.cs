using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace Fotograma.Web.Pages;

/// <summary>One file of the user interface, with its compressed forms made when first asked for.</summary>
internal sealed class UiFile
{
    private static readonly FileExtensionContentTypeProvider Types = new();
    private readonly Lazy<byte[]>? brotli;
    private readonly Lazy<byte[]>? gzip;

    private UiFile(string contentType, byte[] bytes, bool compresses)
    {
        (ContentType, Bytes) = (contentType, bytes);
        Hash = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));
        if (!compresses) return;
        brotli = new(() => Compress(target => new BrotliStream(target, CompressionLevel.Optimal)));
        gzip = new(() => Compress(target => new GZipStream(target, CompressionLevel.Optimal)));
    }

    public string ContentType { get; }

    public byte[] Bytes { get; }

    /// <summary>Names the content, for ETags.</summary>
    public string Hash { get; }

    /// <summary>The content in the first encoding of <c>br</c> and <c>gzip</c> that this file has and <paramref name="accepts"/> allows.</summary>
    public (byte[] Bytes, string? Encoding) In(Func<string, bool> accepts) => this switch
    {
        { brotli: { } made } when accepts("br") => (made.Value, "br"),
        { gzip: { } made } when accepts("gzip") => (made.Value, "gzip"),
        _ => (Bytes, null),
    };

    public static UiFile Read(FileInfo file)
    {
        var type = Types.TryGetContentType(file.Name, out var known) ? known : "application/octet-stream";
        var isText = type.StartsWith("text/", StringComparison.Ordinal)
            || type is "application/javascript" or "application/json" or "application/manifest+json" or "image/svg+xml";
        return new UiFile(type.StartsWith("text/", StringComparison.Ordinal) ? $"{type}; charset=utf-8" : type, File.ReadAllBytes(file.FullName), isText);
    }

    private byte[] Compress(Func<Stream, Stream> encoder)
    {
        using var target = new MemoryStream();
        using (var stream = encoder(target)) stream.Write(Bytes);
        return target.ToArray();
    }
}
