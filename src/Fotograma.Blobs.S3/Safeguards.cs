using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace Fotograma.Blobs.S3;

/// <summary>Adds to requests what protects the bytes: a checksum on the way, encryption where they rest.</summary>
internal sealed class Safeguards(S3Options options)
{
    public void Apply(PutObjectRequest request, ReadOnlySpan<byte> bytes)
    {
        if (options.Checksum == S3Checksum.Md5) request.MD5Digest = Md5Of(bytes);
        if (options.Checksum == S3Checksum.Sha256) request.ChecksumSHA256 = Convert.ToBase64String(SHA256.HashData(bytes));
        request.ServerSideEncryptionMethod = Method;
        request.ServerSideEncryptionKeyManagementServiceKeyId = options.EncryptionKeyId;
    }

    public void Apply(InitiateMultipartUploadRequest request)
    {
        if (options.Checksum == S3Checksum.Sha256) request.ChecksumAlgorithm = ChecksumAlgorithm.SHA256;
        request.ServerSideEncryptionMethod = Method;
        request.ServerSideEncryptionKeyManagementServiceKeyId = options.EncryptionKeyId;
    }

    public void Apply(UploadPartRequest request, ReadOnlySpan<byte> bytes)
    {
        if (options.Checksum == S3Checksum.Md5) request.MD5Digest = Md5Of(bytes);
        if (options.Checksum == S3Checksum.Sha256) request.ChecksumSHA256 = Convert.ToBase64String(SHA256.HashData(bytes));
    }

    public void Apply(GetPreSignedUrlRequest request)
    {
        request.ServerSideEncryptionMethod = Method;
        request.ServerSideEncryptionKeyManagementServiceKeyId = options.EncryptionKeyId;
    }

    private ServerSideEncryptionMethod? Method => options.Encryption switch
    {
        S3Encryption.Aes256 => ServerSideEncryptionMethod.AES256,
        S3Encryption.Kms => ServerSideEncryptionMethod.AWSKMS,
        _ => null,
    };

#pragma warning disable CA5351 // Against accidents on the way; against people there is the signature, which covers the SHA-256.
    private static string Md5Of(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(MD5.HashData(bytes));
#pragma warning restore CA5351
}
