namespace Fotograma.Media.Conversion;

/// <summary>The transfer functions of HDR video, by their numbers in ISO/IEC 23091-2, and their mathematics.</summary>
internal static class HdrTransfer
{
    /// <summary>Perceptual quantizer (SMPTE ST 2084): code values stand for light on the screen.</summary>
    public const int PerceptualQuantizer = 16;

    /// <summary>Hybrid log-gamma (ARIB STD-B67): code values stand for the light of the scene.</summary>
    public const int HybridLogGamma = 18;

    /// <summary>What the highest code of PQ stands for, in cd/m².</summary>
    public const double PqPeak = 10_000;

    /// <summary>Exponent of the luminance in HLG's opto-optical transfer function for a screen of 1000 cd/m² (BT.2100: the system gamma 1.2, less one).</summary>
    public const double HlgSystemExponent = 0.2;

    private const double M1 = 2610.0 / 16384;
    private const double M2 = 2523.0 / 4096 * 128;
    private const double C1 = 3424.0 / 4096;
    private const double C2 = 2413.0 / 4096 * 32;
    private const double C3 = 2392.0 / 4096 * 32;

    /// <summary>Whether <paramref name="transfer"/> is one of them.</summary>
    public static bool Is(int transfer) => transfer is PerceptualQuantizer or HybridLogGamma;

    /// <summary>The light in cd/m² that a PQ signal (0 to 1) stands for (ST 2084, section 5.2).</summary>
    public static double FromPq(double signal)
    {
        var power = Math.Pow(Math.Clamp(signal, 0, 1), 1 / M2);
        return PqPeak * Math.Pow(Math.Max(0, power - C1) / (C2 - C3 * power), 1 / M1);
    }

    /// <summary>The PQ signal (0 to 1) for light in cd/m² (ST 2084, section 5.3).</summary>
    public static double ToPq(double light)
    {
        var power = Math.Pow(Math.Clamp(light / PqPeak, 0, 1), M1);
        return Math.Pow((C1 + C2 * power) / (1 + C3 * power), M2);
    }

    /// <summary>The light of the scene (0 to 1) that an HLG signal (0 to 1) stands for (BT.2100, table 5).</summary>
    public static double FromHlg(double signal)
    {
        const double A = 0.17883277;
        const double B = 1 - 4 * A;
        var c = 0.5 - A * Math.Log(4 * A);
        return signal <= 0.5 ? signal * signal / 3 : (Math.Exp((signal - c) / A) + B) / 12;
    }
}
