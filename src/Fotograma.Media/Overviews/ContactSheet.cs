using System.Globalization;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;

namespace Fotograma.Media.Overviews;

/// <summary>A tile of a contact sheet: the picture, its image's position from 0, and its time in seconds.</summary>
internal readonly record struct SheetTile(SmallPicture Picture, int Image, double Seconds);

/// <summary>What stands above a contact sheet: the images' size, the first and the last time, and how many there are.</summary>
internal readonly record struct SheetTitle(int Width, int Height, double FirstSeconds, double LastSeconds, int Images);

/// <summary>One picture that shows a whole video at a glance: tiles in rows, each with its time, and a line above them.</summary>
internal static class ContactSheet
{
    /// <summary>Tiles of a sheet.</summary>
    public const int TilesMax = Sizes.SheetColumns * Sizes.SheetRows;

    private const int Quality = 88;
    private const int Margin = 24;
    private const int Gap = 12;
    private const int TitleHeight = 56;
    private const int Dot = 2;
    private const int TitleDot = 3;
    private const int Padding = 6;
    private const byte Paper = 24;
    private const byte Ink = 235;
    private const byte Label = 12;

    /// <summary>Makes the sheet of an even choice of <paramref name="tiles"/>. All take the room of the first, or of the times where these need more.</summary>
    public static (ExtraHeader Head, byte[] Jpeg) Make(IReadOnlyList<SheetTile> tiles, SheetTitle title)
    {
        var count = Math.Min(tiles.Count, TilesMax);
        var chosen = Enumerable.Range(0, count).Select(i => tiles[(int)((long)i * tiles.Count / count)]).ToList();
        var width = Math.Max(tiles[0].Picture.Width, chosen.Max(tile => LabelSize(TimeCode(tile.Seconds), dot: 1).Width));
        var height = Math.Max(tiles[0].Picture.Height, LabelSize("", dot: 1).Height);
        var columns = Math.Min(count, Sizes.SheetColumns);
        var rows = (count + columns - 1) / columns;
        var line = LineOf(title);
        var inner = Math.Max(columns * (width + Gap) - Gap, Even(DotLetters.WidthOf(line) * TitleDot));
        using var canvas = new Canvas(2 * Margin + inner, Margin + TitleHeight + rows * (height + Gap) - Gap + Margin, Paper);
        canvas.Write(line, Margin, Margin, TitleDot, Ink);
        for (var i = 0; i < count; i++)
        {
            var tile = chosen[i];
            var (left, top) = (Margin + i % columns * (width + Gap), Margin + TitleHeight + i / columns * (height + Gap));
            canvas.Fill(left, top, width, height, shade: 0);
            canvas.DrawInside(tile.Picture, left, top, width, height);
            WriteTime(canvas, TimeCode(tile.Seconds), left, top, width, height);
        }

        return (new ExtraHeader(Extras.ContactSheet, 0, canvas.Width, canvas.Height, tiles[0].Image, 0, count, columns, width, height), canvas.Encode(Quality));
    }

    /// <summary><c>00:01:30.500</c>, with a minus before it where the time is negative.</summary>
    internal static string TimeCode(double seconds)
    {
        var milliseconds = (long)Math.Round(Math.Abs(seconds) * 1000);
        return string.Create(CultureInfo.InvariantCulture,
            $"{(seconds < 0 ? "-" : "")}{milliseconds / 3_600_000:D2}:{milliseconds / 60_000 % 60:D2}:{milliseconds / 1000 % 60:D2}.{milliseconds % 1000:D3}");
    }

    private static string LineOf(SheetTitle title) => string.Create(CultureInfo.InvariantCulture,
        $"{title.Width}x{title.Height}   {TimeCode(title.FirstSeconds)} - {TimeCode(title.LastSeconds)}   {title.Images} IMAGE{(title.Images == 1 ? "" : "S")}");

    private static (int Width, int Height) LabelSize(string text, int dot) => (Even(DotLetters.WidthOf(text) * dot + 2 * Padding), Even(DotLetters.Height * dot + 2 * Padding));

    /// <summary>Writes into the lower left corner, on a dark ground.</summary>
    private static void WriteTime(Canvas canvas, string text, int left, int top, int width, int height)
    {
        var large = LabelSize(text, Dot);
        var dot = large.Width <= width && large.Height <= height ? Dot : 1;
        var (boxWidth, boxHeight) = LabelSize(text, dot);
        canvas.Fill(left, top + height - boxHeight, boxWidth, boxHeight, Label);
        canvas.Write(text, left + Padding, top + height - boxHeight + Padding, dot, Ink);
    }

    private static int Even(int side) => (side + 1) / 2 * 2;
}
