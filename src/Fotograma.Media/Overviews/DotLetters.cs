namespace Fotograma.Media.Overviews;

/// <summary>
/// Letters of five by seven dots for the little that is written on pictures: digits, what stands between them, and <c>IMAGES</c>. Each row is five
/// bits, the left dot first.
/// </summary>
internal static class DotLetters
{
    /// <summary>Width of a letter in dots.</summary>
    public const int Width = 5;

    /// <summary>Height of a letter in dots.</summary>
    public const int Height = 7;

    /// <summary>From one letter's left edge to the next one's, in dots.</summary>
    public const int Advance = Width + 1;

    private static readonly Dictionary<char, ulong> Letters = new Dictionary<char, string>
    {
        ['0'] = "01110 10001 10011 10101 11001 10001 01110",
        ['1'] = "00100 01100 00100 00100 00100 00100 01110",
        ['2'] = "01110 10001 00001 00110 01000 10000 11111",
        ['3'] = "11110 00001 00001 01110 00001 00001 11110",
        ['4'] = "00010 00110 01010 10010 11111 00010 00010",
        ['5'] = "11111 10000 11110 00001 00001 10001 01110",
        ['6'] = "00110 01000 10000 11110 10001 10001 01110",
        ['7'] = "11111 00001 00010 00100 01000 01000 01000",
        ['8'] = "01110 10001 10001 01110 10001 10001 01110",
        ['9'] = "01110 10001 10001 01111 00001 00010 01100",
        [':'] = "00000 00100 00100 00000 00100 00100 00000",
        ['.'] = "00000 00000 00000 00000 00000 01100 01100",
        ['-'] = "00000 00000 00000 11111 00000 00000 00000",
        ['x'] = "00000 00000 10001 01010 00100 01010 10001",
        ['A'] = "01110 10001 10001 11111 10001 10001 10001",
        ['E'] = "11111 10000 10000 11110 10000 10000 11111",
        ['G'] = "01110 10001 10000 10111 10001 10001 01110",
        ['I'] = "01110 00100 00100 00100 00100 00100 01110",
        ['M'] = "10001 11011 10101 10101 10001 10001 10001",
        ['S'] = "01111 10000 10000 01110 00001 00001 11110",
    }.ToDictionary(letter => letter.Key, letter => letter.Value.Where(dot => dot != ' ').Aggregate(0UL, (bits, dot) => bits << 1 | (dot == '1' ? 1UL : 0)));

    /// <summary>Whether a letter has a dot in a column and a row; what is not known has none.</summary>
    public static bool Has(char letter, int column, int row) =>
        (Letters.GetValueOrDefault(letter) >> (Width * Height - 1 - row * Width - column) & 1) != 0;

    /// <summary>Width in dots of a text.</summary>
    public static int WidthOf(string text) => Math.Max(0, text.Length * Advance - (Advance - Width));
}
