using System.Threading.Channels;

namespace Fotograma.Kernel.Hosting;

/// <summary>
/// Wakes one waiting loop. Setting it several times before the loop looks counts once, and a signal set while nobody waits is kept. A loop that
/// waits on it also looks for itself after <c>atMost</c>: the signal saves time, it carries no duty.
/// </summary>
public sealed class Signal(TimeProvider clock)
{
    private readonly Channel<bool> state = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Wakes the waiting loop.</summary>
    public void Set() => state.Writer.TryWrite(true);

    /// <summary>Returns when the signal is set, or after <paramref name="atMost"/>.</summary>
    /// <returns>True when it was the signal.</returns>
    public async Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await state.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
