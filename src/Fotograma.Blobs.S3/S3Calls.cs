using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.Logging;

namespace Fotograma.Blobs.S3;

/// <summary>
/// Makes requests until one succeeds, is answered with something that another try would not change, or enough have been made. Every try has a bound in time,
/// and the pauses between them grow and are shortened by chance, so that many workers do not come back in step. The SDK's own tries are switched off.
/// </summary>
internal sealed partial class S3Calls(S3Options options, TimeProvider clock, Random chance, ILogger<S3Calls> log)
{
    private readonly Lock chanceLock = new();

    /// <summary>Makes a request.</summary>
    /// <param name="what">What is asked for, after "to".</param>
    /// <param name="call">Makes it once.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="expected">Which refusals the caller deals with; they are thrown as they come.</param>
    /// <param name="triesMax">How many tries are made; as configured unless told.</param>
    /// <exception cref="BlobStoreUnavailableException">No try succeeded, or the store refuses for a reason that no caller can deal with.</exception>
    public async Task<T> RunAsync<T>(
        string what, Func<CancellationToken, Task<T>> call, CancellationToken cancellation, Func<AmazonS3Exception, bool>? expected = null, int? triesMax = null)
    {
        var most = triesMax ?? options.RetriesMax + 1;
        for (var tries = 1; ; tries++)
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(options.RequestSeconds), clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
            try
            {
                cancellation.ThrowIfCancellationRequested();
                return await call(either.Token);
            }
            catch (Exception) when (cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellation);
            }
            catch (AmazonS3Exception exception) when (expected?.Invoke(exception) == true)
            {
                throw;
            }
            catch (Exception exception) when (tries < most && S3Failures.IsTransient(exception))
            {
                LogRetried(exception, what, tries);
            }
            catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException || S3Failures.IsTransient(exception))
            {
                throw S3Failures.Translate(exception, what);
            }
            await PauseAsync(tries, cancellation);
        }
    }

    /// <summary>Waits before another try: a random time, at most doubled with every try.</summary>
    public Task PauseAsync(int tries, CancellationToken cancellation)
    {
        var most = Math.Min(options.RetryMillisecondsMax, options.RetryMilliseconds * Math.Pow(2, tries - 1));
        double share;
        lock (chanceLock) share = chance.NextDouble();
        return Task.Delay(TimeSpan.FromMilliseconds(most * share), clock, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The S3 store was asked to {What}; try {Tries} failed and another is made.")]
    private partial void LogRetried(Exception exception, string what, int tries);
}
