using StackExchange.Redis;

namespace Fotograma.Fleeting.Redis;

/// <summary>
/// The process's connection to Redis. It is made when it is first needed, and comes back by itself. Nothing waits for a server that is away: commands then fail at
/// once, and each is bounded by its cancellation.
/// </summary>
internal sealed class RedisConnection(RedisOptions options) : IAsyncDisposable
{
    private const int ReconnectMillisecondsMax = 2000;
    private const int KeepAliveSeconds = 2;
    private readonly Lock guard = new();
    private Task<ConnectionMultiplexer>? opening;

    public string Prefix => options.Prefix;

    public async Task<IDatabase> DatabaseAsync(CancellationToken cancellation) => (await OpenAsync().WaitAsync(cancellation)).GetDatabase();

    public async Task<ISubscriber> SubscriberAsync(CancellationToken cancellation) => (await OpenAsync().WaitAsync(cancellation)).GetSubscriber();

    public async ValueTask DisposeAsync()
    {
        if (opening is { IsCompletedSuccessfully: true } opened) await (await opened).DisposeAsync();
    }

    private Task<ConnectionMultiplexer> OpenAsync()
    {
        lock (guard)
        {
            if (opening is null or { IsFaulted: true } or { IsCanceled: true }) opening = ConnectionMultiplexer.ConnectAsync(Configuration());
            return opening;
        }
    }

    private ConfigurationOptions Configuration()
    {
        var configuration = new ConfigurationOptions
        {
            AbortOnConnectFail = false,
            BacklogPolicy = BacklogPolicy.FailFast,
            ClientName = "fotograma",
            ConnectRetry = 1,
            ConnectTimeout = options.ConnectMilliseconds,
            AsyncTimeout = options.ConnectMilliseconds,
            KeepAlive = KeepAliveSeconds,
            Password = options.Password,
            ReconnectRetryPolicy = new LinearRetry(Math.Min(options.ConnectMilliseconds, ReconnectMillisecondsMax)),
            Ssl = options.Tls,
            User = options.User,
        };
        foreach (var server in options.Servers) configuration.EndPoints.Add(server);
        return configuration;
    }
}
