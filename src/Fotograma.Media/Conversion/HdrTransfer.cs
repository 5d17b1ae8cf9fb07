namespace Fotograma.Media.Conversion;

/// <summary>The transfer functions of HDR video, by their numbers in ISO/IEC 23091-2.</summary>
internal static class HdrTransfer
{
    /// <summary>Perceptual quantizer (SMPTE ST 2084): code values stand for cd/m².</summary>
    public const int PerceptualQuantizer = 16;

    /// <summary>Hybrid log-gamma (ARIB STD-B67): code values stand for the light of the scene.</summary>
    public const int HybridLogGamma = 18;

    /// <summary>Whether <paramref name="transfer"/> is one of them.</summary>
    public static bool Is(int transfer) => transfer is PerceptualQuantizer or HybridLogGamma;
}
