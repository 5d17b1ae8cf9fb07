namespace Fotograma.Media.Options;

/// <summary>How the images are encoded.</summary>
public enum ImageFormat
{
    /// <summary>Lossless, 8-bit RGB. A video's transparency is left out.</summary>
    Png,

    /// <summary>Lossy; <see cref="ExtractionOptions.Quality"/> applies.</summary>
    Jpeg,

    /// <summary>Lossy; <see cref="ExtractionOptions.Quality"/> applies.</summary>
    Webp,
}

/// <summary>What to do about interlaced pictures.</summary>
public enum Deinterlacing
{
    /// <summary>Pictures that say they are interlaced are made whole.</summary>
    Auto,

    /// <summary>Every picture is treated as interlaced.</summary>
    On,

    /// <summary>Pictures stay as they are stored.</summary>
    Off,
}

/// <summary>A rectangle of the upright picture, in its pixels.</summary>
public readonly record struct Crop(int Left, int Top, int Width, int Height);

/// <summary>Pictures made beside the images, stored in the archive. Values combine.</summary>
[Flags]
public enum Extras
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>poster.jpg</c>: the image that tells most, avoiding black and blank ones.</summary>
    Poster = 1,

    /// <summary><c>storyboard/</c>: sprites of small pictures and a WebVTT file that says which shows when.</summary>
    Storyboard = 2,

    /// <summary><c>contact-sheet.jpg</c>: one overview with time codes.</summary>
    ContactSheet = 4,
}

/// <summary>
/// What to extract from one video. Values are in range once made by <c>ExtractionOptionsParser</c>; others are refused with <see cref="ArgumentException"/>
/// before anything is started.
/// </summary>
public sealed record ExtractionOptions
{
    /// <summary>Which frames become images.</summary>
    public required Sampling Sampling { get; init; }

    /// <summary>
    /// The parts of the video to look at, ascending, without overlap; empty for all of it. Regular grids start anew with every range.
    /// Of <see cref="Sampling.Timestamps"/> and <see cref="Sampling.Numbered"/>, those outside are missing, and told like those that the video does not have.
    /// </summary>
    public ValueList<TimeRange> Ranges { get; init; } = [];

    /// <summary>At most this many images (1 or more); null for the limit of <see cref="Isolation.DecoderLimits"/>.</summary>
    public int? MaxFrames { get; init; }

    /// <summary>
    /// Leaves out an image whose 64-bit perceptual hash differs from that of the last image kept in at most this many bits (0 to 32); null
    /// keeps all. <see cref="MaxFrames"/> counts the images that are kept.
    /// </summary>
    public int? DuplicateDistance { get; init; }

    /// <summary>Takes this part of the upright picture, before scaling; null for all of it.</summary>
    public Crop? Crop { get; init; }

    /// <summary>The images fit in this width in pixels (2 to 16384), keeping the picture's shape; null keeps the size.</summary>
    public int? Width { get; init; }

    /// <summary>The images fit in this height in pixels (2 to 16384), keeping the picture's shape; null keeps the size.</summary>
    public int? Height { get; init; }

    /// <summary>Whether pictures smaller than <see cref="Width"/> and <see cref="Height"/> are enlarged to them.</summary>
    public bool Enlarge { get; init; }

    /// <summary>Whether stored pixels that are not square are made square by scaling.</summary>
    public bool SquarePixels { get; init; } = true;

    /// <summary>Whether HDR (PQ, HLG) is brought into the range of ordinary images.</summary>
    public bool ToneMap { get; init; } = true;

    /// <summary>What to do about interlaced pictures.</summary>
    public Deinterlacing Deinterlace { get; init; }

    /// <summary>The image format.</summary>
    public ImageFormat Format { get; init; } = ImageFormat.Png;

    /// <summary>Quality of JPEG and WebP, 1 (smallest) to 100 (best).</summary>
    public int Quality { get; init; } = 90;

    /// <summary>The images' names; null for <see cref="NameTemplate.Default"/>.</summary>
    public NameTemplate? Name { get; init; }

    /// <summary>What is made beside the images.</summary>
    public Extras Extras { get; init; }
}
