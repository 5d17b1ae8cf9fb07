using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;

namespace Fotograma.Blobs.S3;

/// <summary>What the store's refusals mean.</summary>
internal static class S3Failures
{
    // Bytes that were garbled on the way, or a request that came too slowly: said with a 400, and worth another try all the same.
    private static readonly string[] TransientCodes =
    [
        "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "IncompleteBody", "RequestTimeout", "RequestTimeTooSkewed",
        "SlowDown", "Throttling", "ThrottlingException", "RequestThrottled", "ServiceUnavailable", "InternalError", "OperationAborted",
    ];

    private static readonly string[] FullCodes = ["QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "StorageFull"];

    /// <summary>True when the same request may well succeed in a moment.</summary>
    public static bool IsTransient(Exception exception) => exception switch
    {
        DeleteObjectsException deletes => deletes.Response.DeleteErrors.TrueForAll(error => TransientCodes.Contains(error.Code)),
        AmazonServiceException { StatusCode: HttpStatusCode.NotImplemented or HttpStatusCode.InsufficientStorage } => false,
        AmazonServiceException service when service.StatusCode != 0 => (int)service.StatusCode is >= 500 or 408 or 429 || TransientCodes.Contains(service.ErrorCode),
        // Without a status there was no answer: the connection failed before or in the middle of it.
        AmazonServiceException or AmazonClientException { InnerException: not null } or HttpRequestException or IOException or SocketException or TimeoutException => true,
        OperationCanceledException => true,
        _ => false,
    };

    public static bool IsAbsent(AmazonS3Exception exception) => exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode != "NoSuchBucket";

    public static bool IsConditionFailed(AmazonS3Exception exception) => exception.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict;

    public static bool IsOutOfRange(AmazonS3Exception exception) => exception.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable;

    public static bool IsNotImplemented(AmazonS3Exception exception) => exception.StatusCode == HttpStatusCode.NotImplemented;

    /// <summary>The failure in the words of the port. The store's own sentence stays inside: it may name keys and accounts.</summary>
    public static BlobException Translate(Exception exception, string what) => exception switch
    {
        AmazonServiceException { StatusCode: HttpStatusCode.InsufficientStorage } => Full(exception),
        AmazonServiceException service when FullCodes.Contains(service.ErrorCode) => Full(exception),
        AmazonServiceException { StatusCode: not 0 } service =>
            new BlobStoreUnavailableException($"The S3 store refused to {what}: {service.ErrorCode} ({(int)service.StatusCode}).", exception),
        _ => new BlobStoreUnavailableException($"The S3 store did not answer when asked to {what}.", exception),
    };

    private static BlobNoSpaceException Full(Exception exception) => new("The S3 store takes no more.", exception);
}
