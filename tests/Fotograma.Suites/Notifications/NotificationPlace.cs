using Fotograma.Kernel.Hosting;
using Fotograma.Notify.Storage;

namespace Fotograma.Suites.Notifications;

/// <summary>A notification log under test with a clock that the test moves.</summary>
internal abstract class NotificationPlace : IAsyncDisposable
{
    public abstract INotificationLog Log { get; }

    public abstract DateTimeOffset Now { get; }

    public abstract Ids Ids { get; }

    /// <summary>
    /// The same log as another process has it, whose own clock is ahead by so much, or behind. Where all processes that can share the log have one clock, that one.
    /// </summary>
    public abstract INotificationLog Elsewhere(TimeSpan ahead);

    /// <summary>Lets time pass for the log, wherever it is looked at.</summary>
    public abstract Task PassAsync(TimeSpan time);

    /// <summary>Removes the log, or empties it for the next.</summary>
    public abstract ValueTask DisposeAsync();
}
