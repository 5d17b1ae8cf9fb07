using Amazon;
using Amazon.Runtime;
using Amazon.SQS;

namespace Fotograma.Messaging.Sqs;

/// <summary>
/// Calls to SQS, each bounded in time. Throttling, faults of the server and lost connections are repeated by the SDK within that bound: what a call did may then
/// have been done twice.
/// </summary>
internal sealed class SqsCalls(IAmazonSQS client, SqsOptions options, TimeProvider clock) : IDisposable
{
    private readonly TimeSpan callMax = TimeSpan.FromSeconds(options.CallSecondsMax);

    public static IAmazonSQS Client(SqsOptions options, HttpClientFactory? connections = null)
    {
        var config = new AmazonSQSConfig { MaxErrorRetry = options.RetriesMax, MaxStaleConnectionRetries = options.RetriesMax, HttpClientFactory = connections };
        if (options.ServiceUrl.Length > 0)
        {
            config.ServiceURL = options.ServiceUrl;
            config.AuthenticationRegion = options.Region.Length > 0 ? options.Region : RegionEndpoint.USEast1.SystemName;
        }
        else if (options.Region.Length > 0)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }
        if (options.AccessKey is null) return new AmazonSQSClient(config);
        AWSCredentials keys = options.SessionToken is null
            ? new BasicAWSCredentials(options.AccessKey, options.SecretKey)
            : new SessionAWSCredentials(options.AccessKey, options.SecretKey, options.SessionToken);
        return new AmazonSQSClient(keys, config);
    }

    public Task<T> CallAsync<T>(Func<IAmazonSQS, CancellationToken, Task<T>> call, CancellationToken cancellation) => CallAsync(call, TimeSpan.Zero, cancellation);

    /// <summary>A call that the server may hold open for a while before it answers.</summary>
    public async Task<T> CallAsync<T>(Func<IAmazonSQS, CancellationToken, Task<T>> call, TimeSpan heldOpen, CancellationToken cancellation)
    {
        using var bound = new CancellationTokenSource(callMax + heldOpen, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellation);
        try
        {
            return await call(client, either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"SQS did not answer within {(callMax + heldOpen).TotalSeconds} seconds.", exception);
        }
    }

    public void Dispose() => client.Dispose();
}
