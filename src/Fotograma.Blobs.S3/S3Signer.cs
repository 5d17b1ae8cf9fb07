using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Net.Http.Headers;

namespace Fotograma.Blobs.S3;

/// <summary>Makes addresses that carry their own permission. Nothing is asked of the store: a signature is arithmetic.</summary>
internal sealed class S3Signer(S3Store store, AmazonS3Client client, string endpoint)
{
    public async Task<SignedAddress> DownloadAsync(string key, DownloadTerms terms)
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(terms.FileName);
        var (request, expiresAt) = Request(HttpVerb.GET, key, terms.ValidFor);
        request.ResponseHeaderOverrides.ContentDisposition = disposition.ToString();
        request.ResponseHeaderOverrides.ContentType = terms.ContentType;
        return new SignedAddress(new Uri(await client.GetPreSignedURLAsync(request)), new Dictionary<string, string>(), expiresAt);
    }

    public async Task<SignedAddress> UploadAsync(string key, UploadTerms terms)
    {
        var (request, expiresAt) = Request(HttpVerb.PUT, key, terms.ValidFor);
        request.ContentType = terms.ContentType;
        request.Headers["If-None-Match"] = "*";
        store.Safeguards.Apply(request);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = terms.ContentType, ["If-None-Match"] = "*" };
        if (request.ServerSideEncryptionMethod is { } method) headers["x-amz-server-side-encryption"] = method.Value;
        if (request.ServerSideEncryptionKeyManagementServiceKeyId is { } id) headers["x-amz-server-side-encryption-aws-kms-key-id"] = id;
        return new SignedAddress(new Uri(await client.GetPreSignedURLAsync(request)), headers, expiresAt);
    }

    private (GetPreSignedUrlRequest Request, DateTimeOffset ExpiresAt) Request(HttpVerb verb, string key, TimeSpan validFor)
    {
        var expiresAt = store.Clock.GetUtcNow() + validFor;
        var plain = endpoint.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        return (new GetPreSignedUrlRequest
        {
            BucketName = store.Bucket, Key = store.ObjectKey(key), Verb = verb, Expires = expiresAt.UtcDateTime, Protocol = plain ? Protocol.HTTP : Protocol.HTTPS,
        }, expiresAt);
    }
}
