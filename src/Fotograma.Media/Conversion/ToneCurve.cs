namespace Fotograma.Media.Conversion;

/// <summary>
/// The tone curve: the EETF of Report ITU-R BT.2390 (section 5.4.1), from a mastering peak of 1000 cd/m² to a picture whose white is the HDR
/// reference white of Report ITU-R BT.2408, 203 cd/m². Light up to about 88 cd/m² stays as it is, above that a Hermite spline in PQ rolls off into white; what is
/// beyond the mastering peak is white.
/// </summary>
internal static class ToneCurve
{
    /// <summary>What white of the images stands for, in cd/m²; light is measured in this unit.</summary>
    public const double White = 203;

    /// <summary>The light that becomes white, in cd/m². Most HDR is mastered for it, and HLG's nominal screen has it.</summary>
    public const double SourcePeak = 1000;

    private static readonly double SourcePq = HdrTransfer.ToPq(SourcePeak);
    private static readonly double WhiteShare = HdrTransfer.ToPq(White) / SourcePq;
    private static readonly double KneeShare = 1.5 * WhiteShare - 0.5;

    /// <summary>Light, in units of <see cref="White"/>, up to which nothing changes.</summary>
    public static double Knee { get; } = HdrTransfer.FromPq(KneeShare * SourcePq) / White;

    /// <summary>The image's light (0 to 1) for light of the scene on screen, both in units of <see cref="White"/>.</summary>
    public static double Map(double light)
    {
        if (light <= Knee) return light;
        var share = Math.Min(1, HdrTransfer.ToPq(light * White) / SourcePq);
        var t = (share - KneeShare) / (1 - KneeShare);
        double square = t * t, cube = square * t;
        var spline = (2 * cube - 3 * square + 1) * KneeShare + (cube - 2 * square + t) * (1 - KneeShare) + (3 * square - 2 * cube) * WhiteShare;
        return Math.Min(1, HdrTransfer.FromPq(spline * SourcePq) / White);
    }

    /// <summary>The 8-bit code of light from 0 to 1 in sRGB (IEC 61966-2-1), which is what viewers take images for.</summary>
    public static double ToSrgb(double light) => 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * Math.Pow(light, 1 / 2.4) - 0.055);
}
