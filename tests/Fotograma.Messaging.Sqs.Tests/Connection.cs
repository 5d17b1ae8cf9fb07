using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Amazon.Runtime;

namespace Fotograma.Messaging.Sqs.Tests;

/// <summary>
/// A process's way to SQS: shows what is asked, loses answers when told so, and ends as a killed process's does. Thrown away by its client.
/// </summary>
internal sealed class Connection : HttpClientFactory, IDisposable
{
    private readonly CancellationTokenSource death = new();

    /// <summary>Called with the name of every action before it is sent.</summary>
    public event Action<string>? Asked;

    /// <summary>Called with the name of every action and what it asks for, before it is sent.</summary>
    public event Action<string, JsonElement>? AskedFor;

    /// <summary>Asked after an action was done; true loses the answer.</summary>
    public Func<string, bool> Loses { get; set; } = _ => false;

    public void Kill() => death.Cancel();

    public void Dispose() => death.Dispose();

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(this));

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    private sealed class Handler(Connection connection) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var action = request.Headers.TryGetValues("X-Amz-Target", out var target) ? target.Single().Split('.')[^1] : "";
            using var either = CancellationTokenSource.CreateLinkedTokenSource(connection.death.Token, cancellationToken);
            try
            {
                connection.Asked?.Invoke(action);
                if (connection.AskedFor is { } askedFor) askedFor(action, await request.Content!.ReadFromJsonAsync<JsonElement>(either.Token));
                var answer = await base.SendAsync(request, either.Token);
                if (!connection.Loses(action)) return answer;
                answer.Dispose();
                throw new HttpRequestException("The answer is meant to be lost.", null, (HttpStatusCode?)null);
            }
            catch (OperationCanceledException) when (connection.death.IsCancellationRequested)
            {
                throw new InvalidOperationException("The process is dead.");
            }
        }
    }
}
