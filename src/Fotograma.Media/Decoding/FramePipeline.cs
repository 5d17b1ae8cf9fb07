using System.Numerics;
using System.Threading.Channels;
using Fotograma.Media.Conversion;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;
using Fotograma.Media.Overviews;

namespace Fotograma.Media.Decoding;

/// <summary>
/// Encodes chosen frames on several threads while the decoder goes on, and writes them in order, but for those that are like the last one
/// written where that was asked for. It holds at most as many frames as there are workers.
/// </summary>
internal sealed class FramePipeline : IAsyncDisposable
{
    private readonly MessageWriter writer;
    private readonly ImageSettings settings;
    private readonly DecoderLimits limits;
    private readonly OverviewKeeper overviews;
    private readonly Channel<Workbench?> benches = Channel.CreateUnbounded<Workbench?>();
    private readonly Channel<Task<Encoded>> queue = Channel.CreateUnbounded<Task<Encoded>>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource stop;
    private readonly Task writing;
    private long bytesWritten;
    private int written;
    private ulong lastHash;

    /// <summary>Starts the writing side.</summary>
    public FramePipeline(MessageWriter writer, ImageSettings settings, DecoderLimits limits, int workers, CancellationToken cancellation)
    {
        (this.writer, this.settings, this.limits) = (writer, settings, limits);
        overviews = new OverviewKeeper(settings.Options.Extras);
        for (var worker = 0; worker < workers; worker++) benches.Writer.TryWrite(null);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        writing = Task.Run(() => WriteAllAsync(stop.Token), CancellationToken.None);
    }

    /// <summary>Images taken over so far, written or not.</summary>
    public long Taken { get; private set; }

    /// <summary>Images written so far.</summary>
    public int Written => Volatile.Read(ref written);

    /// <summary>Images left out so far because they were like the last one written.</summary>
    public int Duplicates { get; private set; }

    /// <summary>Whether as many images are written as were asked for: nothing that is added any more is.</summary>
    public bool IsFull => Written >= (settings.Options.MaxFrames ?? int.MaxValue);

    /// <summary>Waits until a frame can be taken over at once. Why one never can be is said by <see cref="AddAsync"/>.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellation)
    {
        try
        {
            await benches.Reader.WaitToReadAsync(cancellation);
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            // An image failed.
        }
    }

    /// <summary>Takes over a frame; waits while the encoders are busy.</summary>
    /// <exception cref="MediaException">An earlier image failed.</exception>
    public async ValueTask AddAsync(ChosenFrame frame, CancellationToken cancellation)
    {
        Task<Encoded> encoding;
        try
        {
            var bench = await benches.Reader.ReadAsync(cancellation);
            Taken += frame.Copies;
            encoding = Task.Run(() => Encode(frame, bench), CancellationToken.None);
        }
        catch (Exception failure)
        {
            frame.Release();
            if (failure is not ChannelClosedException) throw;
            await writing;
            throw;
        }

        if (queue.Writer.TryWrite(encoding)) return;
        await ReleaseAsync(encoding);
        await writing;
    }

    /// <summary>Waits until everything is written, and writes the extras.</summary>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        queue.Writer.TryComplete();
        await writing;
        foreach (var (head, jpeg) in overviews.Make()) await writer.WriteExtraAsync(head, jpeg, cancellation);
    }

    /// <summary>Stops, and frees frames and encoders.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await stop.CancelAsync();
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (queue.Reader.TryRead(out var encoding)) await ReleaseAsync(encoding);
        while (benches.Reader.TryRead(out var bench)) bench?.Dispose();
        stop.Dispose();
    }

    private Encoded Encode(ChosenFrame frame, Workbench? bench)
    {
        bench ??= new Workbench(new ImageEncoder(settings), new GlanceMaker(settings.Options.Extras));
        try
        {
            var image = bench.Encoder.Encode(frame);
            var glance = bench.Glances.Look(bench.Encoder.Shown!, image.Width, image.Height, overviews.ScoreToBeat);
            return new Encoded(bench, image, glance, frame.Header with { PerceptualHash = glance.Hash }, frame.Copies);
        }
        catch (Exception failure)
        {
            bench.Dispose();
            if (failure is LibavException) throw new MediaException(MediaFault.Undecodable, failure.Message, failure);
            throw;
        }
        finally
        {
            frame.Release();
        }
    }

    private async Task WriteAllAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var encoding in queue.Reader.ReadAllAsync(cancellation))
            {
                var encoded = await encoding;
                await WriteAsync(encoded, cancellation);
                benches.Writer.TryWrite(encoded.Bench);
            }
        }
        catch (Exception failure)
        {
            queue.Writer.TryComplete(failure);
            benches.Writer.TryComplete(failure);
            throw;
        }
    }

    private async Task WriteAsync(Encoded encoded, CancellationToken cancellation)
    {
        for (var copy = 0; copy < encoded.Copies && !IsFull; copy++)
        {
            if (IsDuplicate(encoded.Glance.Hash)) Duplicates++;
            else await WriteOneAsync(encoded, cancellation);
        }
    }

    private bool IsDuplicate(ulong hash) =>
        settings.Options.DuplicateDistance is { } distance && written > 0 && BitOperations.PopCount(hash ^ lastHash) <= distance;

    private async Task WriteOneAsync(Encoded encoded, CancellationToken cancellation)
    {
        var image = encoded.Image;
        bytesWritten += image.Image.Length + image.Thumbnail.Length;
        if (bytesWritten > limits.OutputBytesMax) throw new MediaException(MediaFault.OutputTooLarge, $"More than {limits.OutputBytesMax} bytes of images.");
        if (written >= limits.FramesOutMax) throw new MediaException(MediaFault.TooManyFrames, $"More than {limits.FramesOutMax} images.");
        var header = encoded.Header with
        {
            Index = written, Width = image.Width, Height = image.Height, ImageBytes = image.Image.Length, ThumbnailBytes = image.Thumbnail.Length,
        };
        await writer.WriteFrameAsync(header, image, cancellation);
        overviews.Take(encoded.Glance, header);
        lastHash = encoded.Glance.Hash;
        Volatile.Write(ref written, written + 1);
    }

    private static async Task ReleaseAsync(Task<Encoded> encoding)
    {
        await ((Task)encoding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (encoding.IsCompletedSuccessfully) (await encoding).Bench.Dispose();
    }

    private readonly record struct Encoded(Workbench Bench, EncodedImage Image, Glance Glance, FrameHeader Header, int Copies);

    /// <summary>What one thread works with.</summary>
    private sealed record Workbench(ImageEncoder Encoder, GlanceMaker Glances) : IDisposable
    {
        public void Dispose()
        {
            Encoder.Dispose();
            Glances.Dispose();
        }
    }
}
