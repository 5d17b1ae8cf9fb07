namespace Fotograma.Media.Options;

/// <summary>How the images are encoded.</summary>
public enum ImageFormat
{
    /// <summary>Lossless, 8-bit RGB.</summary>
    Png,

    /// <summary>Lossy; <see cref="ExtractionOptions.Quality"/> applies.</summary>
    Jpeg,
}

/// <summary>
/// What to extract from one video. Values are in range once made by <c>ExtractionOptionsParser</c>; the engine refuses others.
/// </summary>
public sealed record ExtractionOptions
{
    /// <summary>Which moments become images.</summary>
    public required Sampling Sampling { get; init; }

    /// <summary>Start of the range in seconds from the video's start; null for the start itself.</summary>
    public Rational? From { get; init; }

    /// <summary>End of the range in seconds from the video's start, exclusive; null for the end of the video.</summary>
    public Rational? To { get; init; }

    /// <summary>At most this many images (1 or more); null for the limit of <see cref="Isolation.DecoderLimits"/>.</summary>
    public int? MaxFrames { get; init; }

    /// <summary>The images fit in this width in pixels (2 to 16384), keeping the picture's shape and never enlarging; null keeps the size.</summary>
    public int? Width { get; init; }

    /// <summary>The images fit in this height in pixels (2 to 16384), keeping the picture's shape and never enlarging; null keeps the size.</summary>
    public int? Height { get; init; }

    /// <summary>The image format.</summary>
    public ImageFormat Format { get; init; } = ImageFormat.Png;

    /// <summary>JPEG quality, 1 (smallest) to 100 (best).</summary>
    public int Quality { get; init; } = 90;
}
