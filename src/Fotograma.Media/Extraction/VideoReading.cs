using System.Globalization;
using System.Threading.Channels;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Manifest;
using Fotograma.Media.Options;
using Fotograma.Media.Probing;

namespace Fotograma.Media.Extraction;

/// <summary>
/// The images of a video, one after the other, as they are asked for. The decoder process starts with the enumeration, waits while nobody
/// asks, and is gone when the enumeration ends, also when it is left early. It can be enumerated once.
/// </summary>
public sealed class VideoReading : IAsyncEnumerable<ExtractedFrame>
{
    /// <summary>Images made but not asked for yet.</summary>
    private const int AheadMax = 1;

    private readonly Decode decode;
    private readonly CancellationToken cancellation;
    private int begun;

    internal VideoReading(Decode decode, CancellationToken cancellation) => (this.decode, this.cancellation) = (decode, cancellation);

    /// <summary>Runs a decoder and hands over what it says, until it is done.</summary>
    internal delegate Task<DecoderConversation> Decode(
        Func<FrameHeader, ReadOnlyMemory<byte>, CancellationToken, ValueTask> take, Action<DecoderConversation> hear, CancellationToken cancellation);

    /// <summary>What the container says; null before the first image.</summary>
    public ProbeReport? Video { get; private set; }

    /// <summary>What a user should know; complete when the enumeration has come to its end.</summary>
    public IReadOnlyList<MediaWarning> Warnings { get; private set; } = [];

    /// <summary>Images left out because they were like the last one kept; known when the enumeration has come to its end.</summary>
    public int DuplicatesRemoved { get; private set; }

    /// <summary>Starts the decoder. Both this token and the one given to <see cref="VideoExtractor.ReadAsync"/> end it.</summary>
    /// <exception cref="MediaException">The file is not a video that can be used, a limit was met, or the decoder failed.</exception>
    /// <exception cref="InvalidOperationException">It was enumerated before.</exception>
    public async IAsyncEnumerator<ExtractedFrame> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref begun, 1) != 0) throw new InvalidOperationException("A reading can be enumerated once.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, cancellationToken);
        var frames = Channel.CreateBounded<ExtractedFrame>(new BoundedChannelOptions(AheadMax) { SingleReader = true, SingleWriter = true });
        var work = Task.Run(() => RunAsync(frames.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var frame in frames.Reader.ReadAllAsync(CancellationToken.None)) yield return frame;
        }
        finally
        {
            await stop.CancelAsync();
            await work;
        }
    }

    private async Task RunAsync(ChannelWriter<ExtractedFrame> frames, CancellationToken stop)
    {
        try
        {
            var conversation = await decode(
                (head, image, token) => frames.WriteAsync(Frame(head, image), token), now => Video = now.Video, stop);
            (Video, Warnings, DuplicatesRemoved) = (conversation.Video, [.. conversation.Warnings], conversation.Summary.Duplicates);
            frames.Complete();
        }
        catch (Exception failure)
        {
            frames.TryComplete(failure);
        }
    }

    private static ExtractedFrame Frame(in FrameHeader head, ReadOnlyMemory<byte> image) => new()
    {
        Index = head.Index + 1,
        Seconds = Seconds(head.Pts, head),
        Pts = head.Pts,
        TimeBase = new Rational(head.TimeBaseNumerator, head.TimeBaseDenominator),
        DurationSeconds = head.Duration > 0 ? Seconds(head.Duration, head) : null,
        SourceFrame = head.SourceFrame >= 0 ? head.SourceFrame : null,
        IsKeyFrame = head.KeyFrame,
        Width = head.Width,
        Height = head.Height,
        SceneScore = head.SceneScore >= 0 ? head.SceneScore : null,
        PerceptualHash = head.PerceptualHash,
        Image = image.ToArray(), // the decoder's buffer is used again
    };

    private static decimal Seconds(long ticks, in FrameHeader head) =>
        decimal.Parse(FrameTime.Format(ticks, head.TimeBaseNumerator, head.TimeBaseDenominator), CultureInfo.InvariantCulture);
}
