using System.Buffers;
using System.Security.Cryptography;
using Fotograma.Blobs;
using Fotograma.Jobs;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Fotograma.Media.Faults;
using Fotograma.Media.Probing;

namespace Fotograma.Video.Uploads;

/// <summary>A file that was received whole and is durable under its key, but belongs to nothing yet.</summary>
internal sealed record ReceivedFile(Guid VideoId, string Key, long Bytes, string Sha256, string Container);

/// <summary>
/// Streams a body into the bucket: one buffer of memory whatever the size, SHA-256 on the way, the container recognised from the first bytes before more
/// is read. A file that is refused or interrupted leaves nothing behind.
/// </summary>
internal sealed class UploadReceiver(Bucket bucket, UploadOptions options)
{
    private const int BufferBytes = 128 * 1024;

    public async Task<ReceivedFile> ReceiveAsync(Guid videoId, Stream body, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var head = await FillAsync(body, buffer.AsMemory(0, ContainerSignature.HeadBytes), cancellation);
            var container = Recognise(buffer.AsSpan(0, head));
            var key = BlobKeys.Source(videoId);
            await using var writer = await bucket.CreateAsync(key, cancellation);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (var read = head; read > 0; read = await body.ReadAsync(buffer, cancellation))
            {
                if (writer.Length + read > options.FileBytesMax) throw TooLarge();
                hash.AppendData(buffer, 0, read);
                await writer.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }
            await writer.CommitAsync(cancellation);
            Steps.Reached(Steps.UploadStored);
            return new ReceivedFile(videoId, key, writer.Length, Convert.ToHexStringLower(hash.GetHashAndReset()), container);
        }
        catch (BlobNoSpaceException)
        {
            throw ErrorCatalogue.UploadNoSpace.Because(ErrorCatalogue.UploadNoSpace.Advice);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public FaultException TooLarge() => ErrorCatalogue.UploadTooLarge.Because(
        $"The file is larger than the limit of {options.FileBytesMax} bytes. Send a smaller file, or ask the operator to raise the limit.");

    private static string Recognise(ReadOnlySpan<byte> head)
    {
        if (ContainerSignature.TryRecognise(head, out var container, out var fault)) return container;
        var error = fault == MediaFault.Empty ? ErrorCatalogue.UploadEmpty
            : fault == MediaFault.NoVideoStream ? ErrorCatalogue.UploadSoundOnly
            : fault == MediaFault.Playlist ? ErrorCatalogue.UploadPlaylist
            : ErrorCatalogue.UploadNotAVideo;
        throw error.Because(error.Advice);
    }

    private static async Task<int> FillAsync(Stream body, Memory<byte> target, CancellationToken cancellation)
    {
        var filled = 0;
        while (filled < target.Length)
        {
            var read = await body.ReadAsync(target[filled..], cancellation);
            if (read == 0) break;
            filled += read;
        }
        return filled;
    }
}
