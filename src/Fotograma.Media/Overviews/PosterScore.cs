namespace Fotograma.Media.Overviews;

/// <summary>
/// Says how well a picture stands for its video, 0 (worst) to 100, from the luma of a small version of it. Three things are asked for, and
/// each can only take away from the others: a middle brightness (black, white and faded pictures are none), contrast (the standard deviation
/// of luma), and edges (the mean absolute Laplacian, a common measure of focus: blurred pictures have few). The product is rounded to
/// steps of five, so that pictures that are about as good count as equal, and the first of them is taken.
/// </summary>
internal static class PosterScore
{
    /// <summary>The small version fits in a square of this side.</summary>
    public const int SideMax = 320;

    /// <summary>Best score.</summary>
    public const int Max = 100;

    private const int Step = 5;

    /// <summary>Standard deviation of luma, in levels, from which on there is contrast enough.</summary>
    private const double ContrastEnough = 45;

    /// <summary>Mean absolute Laplacian, in levels, from which on there are edges enough.</summary>
    private const double EdgesEnough = 8;

    /// <summary>Below this mean luma, and as close to white, brightness takes away from the score.</summary>
    private const double DarkLevel = 64;

    /// <summary>The score of <paramref name="height"/> rows of <paramref name="width"/> luma samples without gaps.</summary>
    public static int Of(ReadOnlySpan<byte> luma, int width, int height)
    {
        long sum = 0, squares = 0, edges = 0;
        for (var y = 0; y < height; y++)
        {
            var row = luma.Slice(y * width, width);
            foreach (var level in row)
            {
                sum += level;
                squares += level * level;
            }

            if (y > 0 && y < height - 1) edges += Edges(luma.Slice((y - 1) * width, width), row, luma.Slice((y + 1) * width, width));
        }

        double count = width * height;
        var mean = sum / count;
        var deviation = Math.Sqrt(Math.Max(0, squares / count - mean * mean));
        var sharpness = edges / (4 * count);
        var score = Max * Ramp(Math.Min(mean, byte.MaxValue - mean), DarkLevel) * Ramp(deviation, ContrastEnough) * Ramp(sharpness, EdgesEnough);
        // The least bad of many bad ones is still told apart: below one step, whole numbers count.
        return score < Step ? (int)score : (int)(score / Step) * Step;
    }

    private static long Edges(ReadOnlySpan<byte> above, ReadOnlySpan<byte> row, ReadOnlySpan<byte> below)
    {
        var sum = 0L;
        for (var x = 1; x < row.Length - 1; x++) sum += Math.Abs(4 * row[x] - row[x - 1] - row[x + 1] - above[x] - below[x]);
        return sum;
    }

    /// <summary>From 0 to 1 with a falling slope, so that more of the same counts less.</summary>
    private static double Ramp(double value, double enough) => Math.Sqrt(Math.Min(1, value / enough));
}
