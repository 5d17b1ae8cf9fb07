using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace Fotograma.Blobs.S3;

/// <summary>Makes the SDK's client.</summary>
internal static class S3Client
{
    public static AmazonS3Client Make(S3Options options, string endpoint)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            // Stores beside Amazon's do not know the checksums that the SDK would add and ask for.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            // S3Calls tries again, and bounds each try.
            MaxErrorRetry = 0,
            MaxStaleConnectionRetries = 0,
            Timeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = TimeSpan.FromSeconds(options.ConnectSeconds),
        };
        if (endpoint.Length > 0)
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = options.Region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }
        return Credentials(options) is { } credentials ? new AmazonS3Client(credentials, config) : new AmazonS3Client(config);
    }

    private static AWSCredentials? Credentials(S3Options options) => options switch
    {
        { AccessKeyId: null } => null,
        { SessionToken: { } token } => new SessionAWSCredentials(options.AccessKeyId, options.SecretAccessKey, token),
        _ => new BasicAWSCredentials(options.AccessKeyId, options.SecretAccessKey),
    };
}
