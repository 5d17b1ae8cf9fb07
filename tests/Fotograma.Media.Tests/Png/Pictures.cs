namespace Fotograma.Media.Tests.Png;

/// <summary>Pictures that are hard in different ways, as bytes; what lies between the rows is not 0.</summary>
internal static class Pictures
{
    public static readonly string[] Kinds = ["noise", "constant", "black", "gradient", "smooth", "text", "grey noise", "rare values", "stripes", "sparse", "far repeats"];

    public static byte[] Make(string kind, int width, int height, int stride, int pixelBytes, int seed)
    {
        var random = new Random(seed);
        var picture = new byte[stride * height];
        random.NextBytes(picture);
        if (kind == "noise") return picture;
        var glyphs = new byte[64];
        random.NextBytes(glyphs);
        var repeated = new byte[32 << 10];
        random.NextBytes(repeated);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var grey = (byte)random.Next(256);
                for (var c = 0; c < pixelBytes; c++) picture[y * stride + x * pixelBytes + c] = Value(c, grey, y, x);
            }
        }

        return picture;

        byte Value(int c, byte grey, int y, int x) => kind switch
        {
            "constant" => (byte)(40 * (c + 1)),
            "black" => 0,
            "gradient" => (byte)(x + (2 * y) + c),
            "smooth" => (byte)((x / 9) + (y / 7) + (random.Next(12) == 0 ? 1 : 0)),
            "text" => (byte)(glyphs[(x + (7 * (y / 8))) % 64] > 128 && y % 8 < 6 ? 20 : 250),
            "grey noise" => grey,
            // Fibonacci-like counts make the longest codes there can be.
            "rare values" => (byte)Math.Min(255, -Math.Log(1 - random.NextDouble()) / Math.Log(1.618)),
            "stripes" => (byte)(y % 2 == 0 ? 255 : x % 3),
            "sparse" => (byte)(random.Next(90) == 0 ? random.Next(256) : 7),
            "far repeats" => repeated[((y * width * pixelBytes) + (x * pixelBytes) + c) % (repeated.Length - (y % 5))],
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    public static byte[] Tight(byte[] picture, int rowBytes, int height, int stride)
    {
        var tight = new byte[rowBytes * height];
        for (var y = 0; y < height; y++) picture.AsSpan(y * stride, rowBytes).CopyTo(tight.AsSpan(y * rowBytes));
        return tight;
    }
}
