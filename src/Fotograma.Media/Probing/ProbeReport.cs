using System.Text.Json.Serialization;
using Fotograma.Media.Faults;
using Fotograma.Media.Options;

namespace Fotograma.Media.Probing;

/// <summary>What a video's container and first frames say about it.</summary>
public sealed record ProbeReport
{
    /// <summary>Short name of the container format, for example <c>mov,mp4,m4a,3gp,3g2,mj2</c>.</summary>
    public required string Container { get; init; }

    /// <summary>Short name of the video codec, for example <c>h264</c>.</summary>
    public required string Codec { get; init; }

    /// <summary>Width in pixels as shown, after rotation and in square pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels as shown, after rotation and in square pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Clockwise rotation applied to show the picture upright: 0, 90, 180 or 270.</summary>
    public int Rotation { get; init; }

    /// <summary>Whether the picture is mirrored left to right after that rotation; left out of JSON when it is not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Mirrored { get; init; }

    /// <summary>Length in seconds by the container; null when it does not say.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>The time from which moments are counted, in seconds: the container's start or, where its clock may jump, the picture's if that is later.</summary>
    public double StartSeconds { get; init; }

    /// <summary>How long before <see cref="StartSeconds"/> the container begins, and <see cref="DurationSeconds"/> with it: where its clock may jump sound can come first. In seconds; left out of JSON when 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double LeadSeconds { get; init; }

    /// <summary>Average frame rate by the container; unknown as <c>default</c>.</summary>
    public Rational AverageFrameRate { get; init; }

    /// <summary>The unit of this stream's timestamps, in seconds.</summary>
    public Rational TimeBase { get; init; }

    /// <summary>Pixel format by its libav name, for example <c>yuv420p</c>.</summary>
    public string? PixelFormat { get; init; }

    /// <summary>Colour matrix by its libav name, for example <c>bt709</c>; null when unspecified.</summary>
    public string? ColorSpace { get; init; }

    /// <summary>Transfer characteristics by their libav name; null when unspecified.</summary>
    public string? ColorTransfer { get; init; }

    /// <summary><c>tv</c> or <c>pc</c>; null when unspecified.</summary>
    public string? ColorRange { get; init; }

    /// <summary>What a user should know.</summary>
    public IReadOnlyList<MediaWarning> Warnings { get; init; } = [];
}
