using Fotograma.Media.Options;

namespace Fotograma.Media.Extraction;

/// <summary>One image with what is known about it: the facts of a manifest, but for those of a file in an archive (its name, bytes and hash).</summary>
public sealed record ExtractedFrame
{
    /// <summary>Number of the image, from 1.</summary>
    public required int Index { get; init; }

    /// <summary>Presentation time in seconds, rounded to the microsecond; <see cref="Pts"/> × <see cref="TimeBase"/> is exact.</summary>
    public required decimal Seconds { get; init; }

    /// <summary>Presentation time in units of <see cref="TimeBase"/>, as the container has it.</summary>
    public required long Pts { get; init; }

    /// <summary>The unit of <see cref="Pts"/>, in seconds.</summary>
    public required Rational TimeBase { get; init; }

    /// <summary>Time on screen in seconds; null when unknown.</summary>
    public required decimal? DurationSeconds { get; init; }

    /// <summary>Number of the frame in the video in presentation order, from 0; null when unknown.</summary>
    public required long? SourceFrame { get; init; }

    /// <summary>Whether the video stores it as a key frame.</summary>
    public required bool IsKeyFrame { get; init; }

    /// <summary>Width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>How much it differs from the frame before it in the video, 0 to 1; null when that was not measured.</summary>
    public required double? SceneScore { get; init; }

    /// <summary>The 64 bits of its perceptual hash: images that look alike differ in few.</summary>
    public required ulong PerceptualHash { get; init; }

    /// <summary>The image file, in the format that was asked for.</summary>
    public required ReadOnlyMemory<byte> Image { get; init; }
}
