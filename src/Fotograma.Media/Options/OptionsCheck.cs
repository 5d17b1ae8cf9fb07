using System.Text.Json;

namespace Fotograma.Media.Options;

/// <summary>Checks options that a program put together itself.</summary>
internal static class OptionsCheck
{
    /// <summary>The options as the decoder will understand them.</summary>
    /// <exception cref="ArgumentException">They are not what the parser would make of any text.</exception>
    public static ExtractionOptions Checked(ExtractionOptions options, string parameter)
    {
        ArgumentNullException.ThrowIfNull(options, parameter);
        if (options.Sampling is null || options.Ranges is null) throw new ArgumentException("Say which frames are wanted; ranges may be empty.", parameter);
        if (!Enum.IsDefined(options.Format) || !Enum.IsDefined(options.Deinterlace) || options.Quality is < 1 or > OptionRanges.QualityMax)
            throw new ArgumentException("The format, its quality or the deinterlacing is none that there is.", parameter);
        try
        {
            var read = ExtractionOptionsParser.FromJson(ExtractionOptionsParser.ToJson(options));
            // An empty list is as good as none, and another choice takes its place.
            if (read.Sampling.GetType() != options.Sampling.GetType()) throw new ArgumentException("Name at least one moment or frame.", parameter);
            return read;
        }
        catch (JsonException failure)
        {
            throw new ArgumentException(failure.Message, parameter, failure);
        }
    }
}
