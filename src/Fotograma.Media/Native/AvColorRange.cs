namespace Fotograma.Media.Native;

/// <summary>Which part of their numbers samples use (<c>AVColorRange</c>).</summary>
internal static class AvColorRange
{
    public const int Unspecified = 0;

    /// <summary>Black is 16 and white 235, of 8 bits.</summary>
    public const int Limited = 1;

    /// <summary>Black is 0 and white 255, of 8 bits.</summary>
    public const int Full = 2;
}
