using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Fotograma.Messaging.RabbitMq.Connecting;

/// <summary>
/// One connection for one purpose: opened when it is needed, and anew when it was lost. The client's own recovery is off, because it hides a loss from those who must
/// know of it: what was in hand then is somebody else's by now.
/// </summary>
internal sealed partial class BrokerConnection(string purpose, RabbitMqOptions options, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan FarewellMax = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim opening = new(1, 1);
    private IConnection? current;
    private volatile string? blocked;

    /// <summary>Why the broker takes nothing from publishers at the moment; null while it does.</summary>
    public string? Blocked => blocked;

    /// <summary>Where the broker is, for sentences.</summary>
    public string Where => string.Join(", ", options.Endpoints.Select(endpoint => $"{endpoint.Host}:{endpoint.Port}"));

    public async Task<IConnection> OpenAsync(CancellationToken cancellation)
    {
        if (current is { IsOpen: true } open) return open;
        await opening.WaitAsync(cancellation);
        try
        {
            if (current is { IsOpen: true } meanwhile) return meanwhile;
            await LeaveAsync();
            var fresh = await ConnectAsync(cancellation);
            fresh.ConnectionBlockedAsync += (_, arguments) => Note(fresh, arguments.Reason);
            fresh.ConnectionUnblockedAsync += (_, _) => Note(fresh, null);
            current = fresh;
            return fresh;
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>Gives up a connection that does not answer; the next one is opened when it is needed.</summary>
    public async Task DiscardAsync()
    {
        await opening.WaitAsync();
        try
        {
            await LeaveAsync();
        }
        finally
        {
            opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await LeaveAsync();
        opening.Dispose();
    }

    // The bound holds whatever the client does: it takes its time to give up a connection whose other end is silent.
    private async Task<IConnection> ConnectAsync(CancellationToken cancellation)
    {
        var endpoints = options.Endpoints.Select(endpoint => new AmqpTcpEndpoint(endpoint.Host, endpoint.Port, TlsSettings.For(options.Tls, endpoint.Host))).ToList();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(options.ConnectTimeout * endpoints.Count);
        var connecting = Factory().CreateConnectionAsync(endpoints, $"fotograma {purpose}", patience.Token);
        try
        {
            return await connecting.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _ = CloseWhenMadeAsync(connecting);
            cancellation.ThrowIfCancellationRequested();
            throw new RabbitMqException($"RabbitMQ at {Where} did not answer within {options.ConnectTimeoutSeconds * endpoints.Count} s.");
        }
        catch (BrokerUnreachableException exception)
        {
            throw new RabbitMqException($"RabbitMQ at {Where} cannot be used: {Cause(exception)}", exception);
        }
    }

    private static async Task CloseWhenMadeAsync(Task<IConnection> connecting)
    {
        try
        {
            await (await connecting).DisposeAsync();
        }
        catch (Exception)
        {
            // It came to nothing, as was expected.
        }
    }

    private ConnectionFactory Factory() => new()
    {
        UserName = string.IsNullOrEmpty(options.User) ? ConnectionFactory.DefaultUser : options.User,
        Password = string.IsNullOrEmpty(options.Password) ? ConnectionFactory.DefaultPass : options.Password,
        VirtualHost = options.VirtualHost,
        AutomaticRecoveryEnabled = false,
        TopologyRecoveryEnabled = false,
        RequestedHeartbeat = options.Heartbeat,
        RequestedConnectionTimeout = options.ConnectTimeout,
        HandshakeContinuationTimeout = options.ConnectTimeout,
        ContinuationTimeout = options.ConnectTimeout,
        // The broker's own bound holds. A smaller one here would close the connection at every delivery of a large message, for ever; it is buried instead.
        MaxInboundMessageBodySize = uint.MaxValue,
    };

    private Task Note(IConnection connection, string? reason)
    {
        if (!ReferenceEquals(connection, current)) return Task.CompletedTask;
        blocked = reason;
        if (reason is null) LogTaken();
        else LogBlocked(reason);
        return Task.CompletedTask;
    }

    // The farewell is a courtesy to a broker that may be gone.
    private async Task LeaveAsync()
    {
        if (current is not { } old) return;
        current = null;
        blocked = null;
        try
        {
            await old.CloseAsync(200, "done", FarewellMax, abort: true, CancellationToken.None);
            await old.DisposeAsync();
        }
        catch (Exception exception)
        {
            LogFarewell(exception);
        }
    }

    private static string Cause(Exception exception)
    {
        var cause = exception;
        while ((cause is AggregateException { InnerExceptions: [.., var last] } ? last : cause.InnerException) is { } inner) cause = inner;
        return cause is AuthenticationFailureException ? "it refuses the user name and the password." : cause.Message;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "RabbitMQ takes no events at the moment: {Reason}. They wait in the outboxes.")]
    private partial void LogBlocked(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "RabbitMQ takes events again.")]
    private partial void LogTaken();

    [LoggerMessage(Level = LogLevel.Debug, Message = "A connection to RabbitMQ could not be closed in order.")]
    private partial void LogFarewell(Exception exception);
}
