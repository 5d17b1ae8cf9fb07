using System.Globalization;

namespace Fotograma.Media.Options;

/// <summary>Reads how the images look and what is made beside them.</summary>
internal static class PictureReader
{
    /// <summary>Gives <paramref name="options"/> with what the reader says of pictures.</summary>
    public static ExtractionOptions Read(OptionReader reader, ExtractionOptions options)
    {
        var read = options with
        {
            Crop = ReadCrop(reader, "crop"),
            Width = reader.Integer("width", OptionRanges.SidePixelsMin, OptionRanges.SidePixelsMax),
            Height = reader.Integer("height", OptionRanges.SidePixelsMin, OptionRanges.SidePixelsMax),
            Enlarge = reader.Switch("enlarge") ?? options.Enlarge,
            SquarePixels = reader.Word("pixels", ("square", true), ("stored", false)) ?? options.SquarePixels,
            ToneMap = reader.Word("hdr", ("sdr", true), ("keep", false)) ?? options.ToneMap,
            Deinterlace = reader.Word("deinterlace", ("auto", Deinterlacing.Auto), ("on", Deinterlacing.On), ("off", Deinterlacing.Off)) ?? options.Deinterlace,
            Format = reader.Word("format", ("png", ImageFormat.Png), ("jpeg", ImageFormat.Jpeg), ("jpg", ImageFormat.Jpeg), ("webp", ImageFormat.Webp)) ?? options.Format,
            Quality = reader.Integer("quality", 1, OptionRanges.QualityMax) ?? options.Quality,
            Name = ReadName(reader, "name"),
            Extras = ReadExtras(reader, "extras"),
        };
        if (reader.Has("quality") && read.Format is ImageFormat.Png)
            reader.Report("quality", "not_applicable", "Leave quality out, or choose the format jpeg or webp: PNG images are always lossless.");
        if (read.Enlarge && read.Width is null && read.Height is null)
            reader.Report("enlarge", "not_applicable", "Give a width or a height to enlarge to.");
        return read;
    }

    /// <summary>A rectangle as the text that is read back.</summary>
    public static string Write(Crop crop) => string.Create(CultureInfo.InvariantCulture, $"{crop.Width}x{crop.Height}+{crop.Left}+{crop.Top}");

    /// <summary>Extras as the text that is read back.</summary>
    public static string Write(Extras extras)
    {
        List<string> words = [];
        if (extras.HasFlag(Extras.Poster)) words.Add("poster");
        if (extras.HasFlag(Extras.Storyboard)) words.Add("storyboard");
        if (extras.HasFlag(Extras.ContactSheet)) words.Add("sheet");
        return string.Join(',', words);
    }

    private static Crop? ReadCrop(OptionReader reader, string option)
    {
        if (reader.Text(option) is not { } text) return null;
        var parts = text.Split(['x', '+']);
        var numbers = new int[4];
        var good = parts.Length == 4 && text.IndexOf('x', StringComparison.Ordinal) < text.IndexOf('+', StringComparison.Ordinal);
        for (var i = 0; good && i < numbers.Length; i++)
        {
            good = int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]) && numbers[i] <= OptionRanges.SidePixelsMax
                && (i > 1 || numbers[i] > 0);
        }

        if (good) return new Crop(numbers[2], numbers[3], numbers[0], numbers[1]);
        reader.Report(option, "invalid", $"Give WIDTHxHEIGHT+LEFT+TOP in pixels, such as 640x360+100+50; no number may be above {OptionRanges.SidePixelsMax}.");
        return null;
    }

    private static NameTemplate? ReadName(OptionReader reader, string option)
    {
        if (reader.Text(option) is not { } text) return null;
        if (NameTemplate.TryParse(text, out var template)) return template;
        reader.Report(option, "invalid", "Use letters, digits, '-', '_' and '.', with at least one of {index}, {time}, {pts} and {sourceFrame}, each once at most; such as frame_{time}.");
        return null;
    }

    private static Extras ReadExtras(OptionReader reader, string option)
    {
        var extras = Extras.None;
        foreach (var word in (reader.Text(option) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            switch (word.ToLowerInvariant())
            {
                case "poster": extras |= Extras.Poster; break;
                case "storyboard": extras |= Extras.Storyboard; break;
                case "sheet": extras |= Extras.ContactSheet; break;
                case "none": break;
                default: reader.Report(option, "invalid", "Choose any of poster, storyboard and sheet, separated by commas."); return Extras.None;
            }
        }

        return extras;
    }
}
