using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// How a picture must be turned to be shown upright: first flips, or a swap of rows and columns with flips. Follows what the ffmpeg program
/// (5.1) inserts for a display matrix, so that pixels come out the same.
/// </summary>
/// <param name="Swap">Columns become rows.</param>
/// <param name="FlipColumns">The result is mirrored left to right.</param>
/// <param name="FlipRows">The result is mirrored top to bottom.</param>
/// <param name="IsOblique">The matrix asks for something that is not a quarter turn; nothing is done.</param>
internal readonly record struct Turn(bool Swap, bool FlipColumns, bool FlipRows, bool IsOblique = false)
{
    private const double ToleranceDegrees = 1;

    /// <summary>Clockwise rotation: 0, 90, 180 or 270. Where the picture <see cref="IsMirrored"/>, that comes afterwards.</summary>
    public int Degrees => (Swap ? 90 : 0) + (FlipRows ? 180 : 0);

    /// <summary>Whether the picture is mirrored left to right after it was turned by <see cref="Degrees"/>.</summary>
    public bool IsMirrored => Swap ^ FlipColumns ^ FlipRows;

    /// <summary>Whether the picture stays as it is.</summary>
    public bool IsNone => !Swap && !FlipColumns && !FlipRows;

    /// <summary>The turn a display matrix (nine numbers, see libavutil's display.h) asks for; none for a null pointer.</summary>
    public static unsafe Turn FromMatrix(int* matrix)
    {
        if (matrix == null) return default;
        var rotation = AvUtil.DisplayRotation(matrix);
        if (double.IsNaN(rotation)) return default;
        var theta = -Math.Round(rotation, MidpointRounding.AwayFromZero);
        theta -= 360 * Math.Floor(theta / 360 + 0.9 / 360);
        if (Math.Abs(theta - 90) < ToleranceDegrees) return new Turn(true, matrix[3] <= 0, false);
        if (Math.Abs(theta - 180) < ToleranceDegrees) return new Turn(false, matrix[0] < 0, matrix[4] < 0);
        if (Math.Abs(theta - 270) < ToleranceDegrees) return new Turn(true, matrix[3] < 0, true);
        return Math.Abs(theta) > ToleranceDegrees ? new Turn(false, false, false, IsOblique: true) : new Turn(false, false, matrix[4] < 0);
    }

    /// <summary>The size of a turned picture.</summary>
    public (int Width, int Height) Size(int width, int height) => Swap ? (height, width) : (width, height);
}
