using System.Text.Json;
using System.Text.Json.Serialization;
using Fotograma.Media.Options;

namespace Fotograma.Media.Extraction;

/// <summary>A file of an archive that was made beside the images.</summary>
/// <param name="Kind">What it belongs to.</param>
/// <param name="Name">Its name in the archive.</param>
/// <param name="Offset">Offset of its first byte in the archive, which stores it undeflated: this range of it is the whole file.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256 in hexadecimal.</param>
/// <param name="FirstImage">Number (from 1) of the image it shows first; of a poster, the image it is.</param>
public sealed record ExtraFile(Extras Kind, string Name, long Offset, int Bytes, string Sha256, int FirstImage);

/// <summary>Keeps the list of a result's extras as JSON, so that a server finds them in the stored archive.</summary>
public static class ExtraFiles
{
    /// <summary>Writes the list.</summary>
    public static Task WriteAsync(Stream target, IReadOnlyList<ExtraFile> files, CancellationToken cancellation) =>
        JsonSerializer.SerializeAsync(target, files, ExtraFilesJson.Default.IReadOnlyListExtraFile, cancellation);

    /// <summary>Reads what <see cref="WriteAsync"/> wrote.</summary>
    /// <exception cref="InvalidDataException">This is not such a list.</exception>
    public static async Task<IReadOnlyList<ExtraFile>> ReadAsync(Stream source, CancellationToken cancellation)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(source, ExtraFilesJson.Default.IReadOnlyListExtraFile, cancellation) ?? [];
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException("This is not a list of extras.", failure);
        }
    }
}

/// <summary>How the list looks in JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<ExtraFile>))]
internal sealed partial class ExtraFilesJson : JsonSerializerContext;
