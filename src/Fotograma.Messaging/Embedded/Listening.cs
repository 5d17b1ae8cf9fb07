using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Embedded;

/// <summary>
/// The one connection of a process that listens for what others publish; there is one as long as anybody consumes. It is made again when it is lost. Members look every
/// poll interval in any case: what is heard saves time, nothing depends on it.
/// </summary>
internal sealed partial class Listening(EmbeddedQueue queue, Action<string?> heard, MessagingOptions options, TimeProvider clock, ILogger log)
{
    private readonly Lock gate = new();
    private int members;
    private Task running = Task.CompletedTask;
    private Func<Task> stop = () => Task.CompletedTask;

    public void Join()
    {
        if (!queue.Listens) return;
        lock (gate)
        {
            if (members++ > 0) return;
            var (before, ended) = (running, new CancellationTokenSource());
            running = Task.Run(() => RunAsync(before, ended.Token), CancellationToken.None);
            var last = running;
            stop = async () =>
            {
                await ended.CancelAsync();
                await last;
                ended.Dispose();
            };
        }
    }

    public async Task LeaveAsync()
    {
        if (!queue.Listens) return;
        Func<Task> now;
        lock (gate)
        {
            if (--members > 0) return;
            now = stop;
        }
        await now();
    }

    private async Task RunAsync(Task before, CancellationToken cancellation)
    {
        await before;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await queue.ListenAsync(heard, cancellation);
            }
            catch (Exception exception)
            {
                if (cancellation.IsCancellationRequested) return;
                LogDeaf(exception);
                await Task.Delay(options.PollInterval, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection that listens for events of other processes was lost; they are looked for now and then until it is back.")]
    private partial void LogDeaf(Exception exception);
}
