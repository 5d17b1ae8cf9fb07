using Amazon.Runtime;

namespace Fotograma.Jobs.Tests.DynamoDb;

/// <summary>A way to DynamoDB that counts what is asked, and loses answers when told so.</summary>
internal sealed class WatchedConnection : HttpClientFactory
{
    private int asked;

    /// <summary>Requests so far.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <summary>Asked after an action was done; true loses the answer.</summary>
    public Func<string, bool> Loses { get; set; } = _ => false;

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(this));

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    private sealed class Handler(WatchedConnection connection) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref connection.asked);
            var action = request.Headers.TryGetValues("X-Amz-Target", out var target) ? target.Single().Split('.')[^1] : "";
            var answer = await base.SendAsync(request, cancellationToken);
            if (!connection.Loses(action)) return answer;
            answer.Dispose();
            throw new HttpRequestException("The answer is meant to be lost.");
        }
    }
}
