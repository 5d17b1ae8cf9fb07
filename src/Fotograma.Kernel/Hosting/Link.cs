using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Fotograma.Kernel.Hosting;

/// <summary>
/// The connection to something that a process can do without for a while. Says in the log, once each, that it is lost and that it is back, and in health what
/// is worse meanwhile. Safe for concurrent use.
/// </summary>
/// <param name="what">What the connection leads to, as the beginning of a sentence: "The broker".</param>
/// <param name="working">What health says while it works, in a word or two.</param>
/// <param name="without">What happens while it does not: "jobs are found by looking every 2 seconds".</param>
/// <param name="log">The log of whoever owns the connection.</param>
public sealed partial class Link(string what, string working, string without, ILogger log)
{
    private const int Unknown = 0;
    private const int Up = 1;
    private const int Down = 2;
    private int state;

    /// <summary>True unless the connection was found lost.</summary>
    public bool IsUp => Volatile.Read(ref state) != Down;

    /// <summary>Called after every success.</summary>
    /// <returns>True when it was lost before.</returns>
    public bool Works()
    {
        if (Interlocked.Exchange(ref state, Up) != Down) return false;
        LogBack(what);
        return true;
    }

    /// <summary>Called after every failure.</summary>
    public void Fails(Exception exception)
    {
        if (Interlocked.Exchange(ref state, Down) == Down) LogStillLost(exception, what);
        else LogLost(exception, what, without);
    }

    /// <summary>What health says. Nothing that a process can do without makes it unhealthy.</summary>
    public HealthCheckResult Health() => IsUp ? HealthCheckResult.Healthy(working) : HealthCheckResult.Degraded($"{what} does not answer: {without}.");

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} does not answer: {Without}.")]
    private partial void LogLost(Exception exception, string what, string without);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{What} still does not answer.")]
    private partial void LogStillLost(Exception exception, string what);

    [LoggerMessage(Level = LogLevel.Information, Message = "{What} answers again.")]
    private partial void LogBack(string what);
}
