using Fotograma.Media.Options;

namespace Fotograma.Media.Manifest;

/// <summary>The names of an archive's entries.</summary>
public static class FrameNames
{
    /// <summary>The manifest as JSON.</summary>
    public const string ManifestJson = "manifest.json";

    /// <summary>The images of <see cref="ManifestJson"/> alone, one JSON object a line.</summary>
    public const string ManifestLines = "manifest.ndjson";

    /// <summary>The manifest as comma-separated values (RFC 4180).</summary>
    public const string ManifestCsv = "manifest.csv";

    /// <summary>The image that tells most.</summary>
    public const string Poster = "poster.jpg";

    /// <summary>The overview with time codes.</summary>
    public const string ContactSheet = "contact-sheet.jpg";

    /// <summary>Which part of which sprite shows when (WebVTT).</summary>
    public const string Storyboard = "storyboard/storyboard.vtt";

    /// <summary>Name of sprite <paramref name="number"/> (from 1).</summary>
    public static string Sprite(int number) => $"storyboard/{SpriteFile(number)}";

    /// <summary>
    /// Name of an image, for example <c>frames/frame_000001.png</c>. Where a template gives several images one name, all but the first have
    /// <c>_2</c>, <c>_3</c> and so on behind it.
    /// </summary>
    public static string Image(in FrameIndexRecord image, ImageFormat format, NameTemplate names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var name = names.Of(image.Index, image.Time, image.Pts, image.SourceFrame);
        return image.NameRepeat > 1 ? $"frames/{name}_{image.NameRepeat}.{Extension(format)}" : $"frames/{name}.{Extension(format)}";
    }

    /// <summary>Name of a sprite within its folder, as the storyboard names it.</summary>
    internal static string SpriteFile(int number) => $"sprite_{number:D4}.jpg";

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
