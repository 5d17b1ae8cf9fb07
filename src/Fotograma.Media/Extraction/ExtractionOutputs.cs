namespace Fotograma.Media.Extraction;

/// <summary>Where the parts of a result go. All streams are written front to back and stay open.</summary>
public sealed record ExtractionOutputs
{
    /// <summary>The ZIP archive with the images and the manifest.</summary>
    public required Stream Archive { get; init; }

    /// <summary>The thumbnails (JPEG), one after the other; the index says where each lies. None are made without it.</summary>
    public Stream? Thumbnails { get; init; }

    /// <summary>The <see cref="Manifest.FrameIndex"/>.</summary>
    public Stream? Index { get; init; }

    /// <summary>A copy of the archive's <c>manifest.json</c>.</summary>
    public Stream? Manifest { get; init; }

    /// <summary>A copy of the archive's <c>manifest.ndjson</c>.</summary>
    public Stream? ManifestLines { get; init; }

    /// <summary>A copy of the archive's <c>manifest.csv</c>.</summary>
    public Stream? ManifestTable { get; init; }

    /// <summary>The time the archive's entries carry; null for now. With a fixed time, equal frames give equal archives.</summary>
    public DateTimeOffset? Timestamp { get; init; }
}

/// <summary>How far an extraction is.</summary>
/// <param name="FramesWritten">Images in the archive.</param>
/// <param name="ExpectedFrames">Images there will be; null when that is not known.</param>
/// <param name="PositionSeconds">Where in the video the decoder is.</param>
/// <param name="DurationSeconds">Length of the part of the video it works through; null when that is not known.</param>
/// <param name="ImageBytes">Bytes of the images so far.</param>
public readonly record struct ExtractionProgress(
    int FramesWritten, int? ExpectedFrames, double PositionSeconds, double? DurationSeconds, long ImageBytes);

/// <summary>A finished extraction.</summary>
public sealed record ExtractionResult
{
    /// <summary>Number of images.</summary>
    public required int Frames { get; init; }

    /// <summary>Images left out because they were like the image before; see <see cref="Options.ExtractionOptions.DuplicateDistance"/>.</summary>
    public required int DuplicatesRemoved { get; init; }

    /// <summary>Length of the archive.</summary>
    public required long ArchiveBytes { get; init; }

    /// <summary>Length of the images together.</summary>
    public required long ImageBytes { get; init; }

    /// <summary>Length of the thumbnails together.</summary>
    public required long ThumbnailBytes { get; init; }

    /// <summary>Time of the first image, in seconds.</summary>
    public required decimal FirstSeconds { get; init; }

    /// <summary>Time of the last image, in seconds.</summary>
    public required decimal LastSeconds { get; init; }

    /// <summary>Width of the first image, in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height of the first image, in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>What the container says.</summary>
    public required Probing.ProbeReport Video { get; init; }

    /// <summary>The files made beside the images, in the order of the archive.</summary>
    public required IReadOnlyList<ExtraFile> Extras { get; init; }

    /// <summary>What a user should know: the report's warnings and those met on the way.</summary>
    public required IReadOnlyList<Faults.MediaWarning> Warnings { get; init; }
}
