using Fotograma.Kernel.Hosting;
using Fotograma.Notify.Storage;

namespace Fotograma.Suites.Notifications;

/// <summary>A notification log under test with a clock that the test moves.</summary>
internal abstract class NotificationPlace : IAsyncDisposable
{
    public abstract INotificationLog Log { get; }

    public abstract DateTimeOffset Now { get; }

    public abstract Ids Ids { get; }

    /// <summary>Lets time pass for the log.</summary>
    public abstract Task PassAsync(TimeSpan time);

    /// <summary>Removes the log, or empties it for the next.</summary>
    public abstract ValueTask DisposeAsync();
}
