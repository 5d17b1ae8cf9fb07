using Microsoft.Extensions.Logging;

namespace Fotograma.Blobs.S3;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "What was written of the blob {Key} could not be removed from the S3 store; the sweep will.")]
    public static partial void LogLeftBehind(this ILogger log, Exception exception, string key);

    [LoggerMessage(Level = LogLevel.Information, Message = "The S3 store does not delete many blobs with one request; they are deleted one by one.")]
    public static partial void LogNoBulkDelete(this ILogger log);
}
