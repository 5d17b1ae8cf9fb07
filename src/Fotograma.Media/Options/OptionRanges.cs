namespace Fotograma.Media.Options;

/// <summary>The values the options may have, shown in help and documentation. All ends are inclusive.</summary>
public static class OptionRanges
{
    /// <summary>Fewest images a second: one a day.</summary>
    public static readonly Rational FramesPerSecondMin = new(1, 86_400);

    /// <summary>Most images a second.</summary>
    public static readonly Rational FramesPerSecondMax = new(240, 1);

    /// <summary>Shortest time between images, in seconds.</summary>
    public static readonly Rational EverySecondsMin = new(1, 1_000);

    /// <summary>Longest time between images, in seconds: a day.</summary>
    public static readonly Rational EverySecondsMax = new(86_400, 1);

    /// <summary>Latest end of a range, in seconds: a week.</summary>
    public static readonly Rational PositionSecondsMax = new(604_800, 1);

    /// <summary>Most images of one extraction.</summary>
    public const int FramesMax = 100_000;

    /// <summary>Smallest width and height, in pixels.</summary>
    public const int SidePixelsMin = 2;

    /// <summary>Largest width and height, in pixels.</summary>
    public const int SidePixelsMax = 16_384;

    /// <summary>Best JPEG quality.</summary>
    public const int QualityMax = 100;

    /// <summary>
    /// Largest numerator and denominator of a fraction in lowest terms. It leaves room to multiply with the timestamps of any container
    /// in 128 bits.
    /// </summary>
    public const long FractionTermMax = 1_000_000_000_000;

    /// <summary>Most timestamps, and most frame numbers or ranges of them, of one extraction.</summary>
    public const int TimestampsMax = 10_000;

    /// <summary>Most parts of a video that one extraction looks at.</summary>
    public const int RangesMax = 1_000;

    /// <summary>Largest distance of perceptual hashes that still counts as a duplicate, in bits of 64.</summary>
    public const int DuplicateDistanceMax = 32;

    /// <summary>Scene threshold when none is given.</summary>
    public static readonly Rational SceneThresholdDefault = new(3, 10);
}
