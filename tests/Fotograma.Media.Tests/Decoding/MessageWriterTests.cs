using Fotograma.Media.Conversion;
using Fotograma.Media.Decoding;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>What the decoder writes can be taken apart again, also when it gives up.</summary>
public sealed class MessageWriterTests
{
    [Fact]
    public async Task A_message_that_was_begun_is_written_whole_before_the_fault_for_which_it_is_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        using var output = new CancellingStream(cancelled);
        using var writer = new MessageWriter(output);
        byte[] image = [1, 2, 3], thumbnail = [4, 5];
        var header = new FrameHeader(0, 0, 1, 1, 25, 0, true, 16, 16, image.Length, thumbnail.Length);

        await writer.WriteFrameAsync(header, new EncodedImage(16, 16, image, thumbnail), cancelled.Token);
        await DecodeSession.FailAsync(writer, MediaFault.TooManyFrames, "More than two images.", TestContext.Current.CancellationToken);

        output.Position = 0;
        var reader = new DecoderReader(output);
        (await reader.NextAsync(TestContext.Current.CancellationToken)).ShouldBe(DecoderMessage.Frame);
        var frame = (await reader.BytesAsync(reader.PayloadBytes, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        frame[^5..].ToArray().ShouldBe([.. image, .. thumbnail]);
        (await reader.NextAsync(TestContext.Current.CancellationToken)).ShouldBe(DecoderMessage.Fault);
        (await reader.TextAsync(DecoderJson.Default.DecoderFault, TestContext.Current.CancellationToken)).ShouldNotBeNull().Code.ShouldBe(MediaFault.TooManyFrames.Code);
    }

    [Fact]
    public async Task A_message_that_was_cancelled_before_it_was_begun_is_not_written()
    {
        using var output = new MemoryStream();
        using var writer = new MessageWriter(output);

        await Should.ThrowAsync<OperationCanceledException>(
            () => writer.WriteAsync(DecoderMessage.Done, new DecoderSummary(0, 0, 0), DecoderJson.Default.DecoderSummary, new CancellationToken(canceled: true)));

        output.Length.ShouldBe(0);
    }

    /// <summary>Somebody cancels as soon as the first bytes are written, and honours that, as pipes do.</summary>
    private sealed class CancellingStream(CancellationTokenSource source) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await base.WriteAsync(buffer, CancellationToken.None);
            await source.CancelAsync();
        }
    }
}
