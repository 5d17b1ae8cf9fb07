using System.Globalization;
using System.Text;
using Fotograma.Kernel.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Fotograma.Video.Uploads;

/// <summary>What a multipart body contained: the stored file, the name it was sent under, and the text fields.</summary>
internal sealed record UploadForm(ReceivedFile File, string SentName, IReadOnlyDictionary<string, string> Fields);

/// <summary>
/// Reads <c>multipart/form-data</c> (RFC 7578) section by section: the file in the field <c>video</c> goes straight to the bucket, text fields may stand before
/// or after it. Nothing is buffered beyond one section's head and the small text fields.
/// </summary>
internal sealed class MultipartUpload(UploadReceiver receiver, UploadOptions options, TimeProvider clock)
{
    private const int FieldsMax = 32;
    /// <summary>Room for a list of ten thousand timestamps.</summary>
    private const int FieldBytesMax = 128 << 10;
    private const int BoundaryCharactersMax = 100;
    private static readonly string[] FileFields = ["video", "video_file", "file"];

    public async Task<UploadForm> ReadAsync(HttpRequest request, Guid videoId, CancellationToken cancellation)
    {
        var body = new PatientStream(request.Body, TimeSpan.FromSeconds(options.SilenceSecondsMax), clock);
        var reader = new MultipartReader(Boundary(request), body) { HeadersCountLimit = 16, HeadersLengthLimit = 16 * 1024, BodyLengthLimit = null };
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        ReceivedFile? file = null;
        string? name = null;
        while (await NextAsync(reader, cancellation) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)) continue;
            var field = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
            if (!disposition.IsFileDisposition())
            {
                if (fields.Count >= FieldsMax) throw Invalid("fields", $"Send at most {FieldsMax} fields.");
                fields[field] = await ReadTextAsync(section, field, cancellation);
            }
            else if (FileFields.Contains(field))
            {
                if (file is not null) throw Invalid(field, "Send one file per request.");
                name = disposition.FileNameStar.HasValue ? disposition.FileNameStar.ToString() : HeaderUtilities.RemoveQuotes(disposition.FileName).ToString();
                file = await receiver.ReceiveAsync(videoId, section.Body, cancellation);
            }
            else
            {
                throw Invalid(field, "Send the file in the field 'video'.");
            }
        }
        return file is null
            ? throw ErrorCatalogue.UploadMissingFile.Because(ErrorCatalogue.UploadMissingFile.Advice)
            : new UploadForm(file, name ?? "", fields);
    }

    private static string Boundary(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw ErrorCatalogue.MediaTypeUnsupported.Because("Send multipart/form-data with the file in the field 'video'.");
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is > 0 and <= BoundaryCharactersMax ? boundary : throw Invalid("Content-Type", "The multipart boundary is missing or too long.");
    }

    private static async Task<MultipartSection?> NextAsync(MultipartReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancellation);
        }
        catch (InvalidDataException exception)
        {
            throw Invalid("body", string.Create(CultureInfo.InvariantCulture, $"The multipart body is malformed: {exception.Message}"));
        }
        catch (IOException)
        {
            throw ErrorCatalogue.UploadInterrupted.Because(ErrorCatalogue.UploadInterrupted.Advice);
        }
    }

    private static async Task<string> ReadTextAsync(MultipartSection section, string field, CancellationToken cancellation)
    {
        var buffer = new byte[FieldBytesMax + 1];
        var read = await section.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return read <= FieldBytesMax
            ? Encoding.UTF8.GetString(buffer, 0, read)
            : throw Invalid(field, $"A text field may have at most {FieldBytesMax} bytes.");
    }

    private static FaultException Invalid(string field, string detail) =>
        ErrorCatalogue.RequestInvalid.Because([new FieldProblem(field, "request.invalid", detail)]);
}
