using System.Globalization;
using Fotograma.Media.Faults;

namespace Fotograma.Media.Isolation;

/// <summary>
/// Ends a decoder that makes more threads than any work needs. A filter of system calls cannot count, and the kernel's own limit does not hold
/// for root; without a look from outside a decoder could take every thread that the machine has.
/// </summary>
internal sealed class ThreadWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly DecoderProcess decoder;
    private readonly int threadsMax;
    private readonly PeriodicTimer timer;
    private readonly Task looking;
    private int found;

    /// <summary>Looks from now on.</summary>
    public ThreadWatch(DecoderProcess decoder, int threadsMax, TimeProvider time)
    {
        (this.decoder, this.threadsMax) = (decoder, threadsMax);
        timer = new PeriodicTimer(Interval, time);
        looking = LookAsync();
    }

    /// <summary>Says what was found, if the decoder had to be ended.</summary>
    /// <exception cref="MediaException"><see cref="MediaFault.DecoderMisbehaved"/>.</exception>
    public void Check()
    {
        if (Volatile.Read(ref found) is > 0 and var threads)
            throw new MediaException(MediaFault.DecoderMisbehaved, $"It had {threads} threads, and may have {threadsMax}.");
    }

    /// <summary>Looks no more.</summary>
    public async ValueTask DisposeAsync()
    {
        timer.Dispose();
        await looking;
    }

    /// <summary>How many threads a process has; 0 when there is no such process, or no way to see it.</summary>
    internal static int Count(int process)
    {
        try
        {
            foreach (var line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status")))
                if (line.StartsWith("Threads:", StringComparison.Ordinal)) return int.Parse(line.AsSpan("Threads:".Length), CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It has ended.
        }

        return 0;
    }

    private async Task LookAsync()
    {
        while (await timer.WaitForNextTickAsync())
        {
            var threads = Count(decoder.Id);
            if (threads <= threadsMax) continue;
            Volatile.Write(ref found, threads);
            decoder.Kill();
            return;
        }
    }
}
