using System.Globalization;
using Fotograma.Media.Options;

namespace Fotograma.Media.Manifest;

/// <summary>The names of an archive's entries.</summary>
public static class FrameNames
{
    /// <summary>The manifest as JSON.</summary>
    public const string ManifestJson = "manifest.json";

    /// <summary>The manifest as comma-separated values (RFC 4180).</summary>
    public const string ManifestCsv = "manifest.csv";

    /// <summary>Name of image <paramref name="index"/> (from 1), for example <c>frames/frame_000001.png</c>.</summary>
    public static string Image(int index, ImageFormat format) =>
        string.Create(CultureInfo.InvariantCulture, $"frames/frame_{index:D6}.{Extension(format)}");

    /// <summary>The media type of images in a format, for example <c>image/png</c>.</summary>
    public static string MediaType(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "image/jpeg",
        ImageFormat.Webp => "image/webp",
        _ => "image/png",
    };

    private static string Extension(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "jpg",
        ImageFormat.Webp => "webp",
        _ => "png",
    };
}
