using System.Text;
using System.Threading.Channels;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Live;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Fleeting.Signals;

/// <summary>
/// Carries the signals of this process's <see cref="LiveFeed"/> to the others and theirs to its listeners. Signals within the process do not wait for it. While the
/// carrier is away signals stay where they are: whoever listens also looks for itself.
/// </summary>
internal sealed class SignalBridge(LiveFeed feed, ISignalDriver driver, Link link, Ids ids, TimeProvider clock) : BackgroundService
{
    private const int SignalsWaitingMax = 1024;
    private const char Between = '\n';
    private static readonly TimeSpan PublishMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterLoss = TimeSpan.FromSeconds(1);
    private readonly Signal listenAgain = new(clock);
    private readonly string origin = ids.New().ToString("N");
    private readonly Channel<string> outgoing =
        Channel.CreateBounded<string>(new BoundedChannelOptions(SignalsWaitingMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        feed.Signalled += Carry;
        try
        {
            await Task.WhenAll(SendAsync(stoppingToken), ListenAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
        finally
        {
            feed.Signalled -= Carry;
        }
    }

    private void Carry(string topic, string text)
    {
        var signal = string.Join(Between, origin, topic, text);
        if (Encoding.UTF8.GetByteCount(signal) <= ISignalDriver.BytesMax) outgoing.Writer.TryWrite(signal);
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        await foreach (var signal in outgoing.Reader.ReadAllAsync(cancellation))
        {
            try
            {
                using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                bound.CancelAfter(PublishMax);
                await driver.PublishAsync(signal, bound.Token);
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested)
            {
                link.Fails(exception);
                // The listener begins anew, and says so when it stands. What waits is old news by then.
                listenAgain.Set();
                while (outgoing.Reader.TryRead(out _))
                {
                }
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            using var listening = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            try
            {
                var heard = driver.ListenAsync(Hear, () => link.Works(), listening.Token);
                var lost = listenAgain.WaitAsync(Timeout.InfiniteTimeSpan, listening.Token);
                await Task.WhenAny(heard, lost);
                await listening.CancelAsync();
                await heard;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // A signal could not be sent.
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested)
            {
                link.Fails(exception);
            }
            await Task.Delay(PauseAfterLoss, clock, cancellation);
        }
    }

    private void Hear(string signal)
    {
        var parts = signal.Split(Between, 3);
        if (parts.Length == 3 && parts[0] != origin) feed.Hear(parts[1], parts[2]);
    }
}
