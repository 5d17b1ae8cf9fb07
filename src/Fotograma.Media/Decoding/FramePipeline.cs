using System.Collections.Concurrent;
using System.Threading.Channels;
using Fotograma.Media.Conversion;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;

namespace Fotograma.Media.Decoding;

/// <summary>
/// Encodes chosen frames on several threads while the decoder goes on, and writes them in order. It holds at most as many frames as there
/// are workers, plus the one being written.
/// </summary>
internal sealed class FramePipeline : IAsyncDisposable
{
    private readonly MessageWriter writer;
    private readonly ImageSettings settings;
    private readonly long outputBytesMax;
    private readonly ConcurrentBag<ImageEncoder> idle = [];
    private readonly Channel<Task<Encoded>> queue;
    private readonly CancellationTokenSource stop;
    private readonly Task writing;
    private long bytesWritten;
    private int written;

    /// <summary>Starts the writing side.</summary>
    public FramePipeline(MessageWriter writer, ImageSettings settings, long outputBytesMax, int workers, CancellationToken cancellation)
    {
        (this.writer, this.settings, this.outputBytesMax) = (writer, settings, outputBytesMax);
        queue = Channel.CreateBounded<Task<Encoded>>(new BoundedChannelOptions(workers) { SingleReader = true, SingleWriter = true });
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        writing = Task.Run(() => WriteAllAsync(stop.Token), CancellationToken.None);
    }

    /// <summary>Images taken over so far, written or not.</summary>
    public long Taken { get; private set; }

    /// <summary>Images written so far.</summary>
    public int Written => Volatile.Read(ref written);

    /// <summary>Takes over a frame; waits while the encoders are busy.</summary>
    /// <exception cref="MediaException">An earlier image failed.</exception>
    public async ValueTask AddAsync(ChosenFrame frame, CancellationToken cancellation)
    {
        Taken += frame.Copies;
        var encoding = Task.Run(() => Encode(frame), CancellationToken.None);
        try
        {
            await queue.Writer.WriteAsync(encoding, cancellation);
        }
        catch (Exception failure)
        {
            await ReleaseAsync(encoding);
            if (failure is not ChannelClosedException) throw;
            await writing;
            throw;
        }
    }

    /// <summary>Waits until everything is written.</summary>
    public async Task CompleteAsync()
    {
        queue.Writer.TryComplete();
        await writing;
    }

    /// <summary>Stops, and frees frames and encoders.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await stop.CancelAsync();
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (queue.Reader.TryRead(out var encoding)) await ReleaseAsync(encoding);
        foreach (var encoder in idle) encoder.Dispose();
        stop.Dispose();
    }

    private Encoded Encode(ChosenFrame frame)
    {
        if (!idle.TryTake(out var encoder)) encoder = new ImageEncoder(settings);
        try
        {
            return new Encoded(encoder, encoder.Encode(frame), frame.Header, frame.Copies);
        }
        catch (Exception failure)
        {
            encoder.Dispose();
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
                idle.Add(encoded.Encoder);
            }
        }
        catch (Exception failure)
        {
            queue.Writer.TryComplete(failure);
            throw;
        }
    }

    private async Task WriteAsync(Encoded encoded, CancellationToken cancellation)
    {
        var image = encoded.Image;
        for (var copy = 0; copy < encoded.Copies; copy++)
        {
            bytesWritten += image.Image.Length + image.Thumbnail.Length;
            if (bytesWritten > outputBytesMax) throw new MediaException(MediaFault.OutputTooLarge, $"More than {outputBytesMax} bytes of images.");
            var header = encoded.Header with
            {
                Index = written, Width = image.Width, Height = image.Height, ImageBytes = image.Image.Length, ThumbnailBytes = image.Thumbnail.Length,
            };
            await writer.WriteFrameAsync(header, image, cancellation);
            Volatile.Write(ref written, written + 1);
        }
    }

    private async Task ReleaseAsync(Task<Encoded> encoding)
    {
        await ((Task)encoding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (encoding.IsCompletedSuccessfully) idle.Add((await encoding).Encoder);
    }

    private readonly record struct Encoded(ImageEncoder Encoder, EncodedImage Image, FrameHeader Header, int Copies);
}
