using System.Numerics;
using Fotograma.Media.Conversion;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;

namespace Fotograma.Media.Extraction;

/// <summary>
/// Lets a frame of the decoder pass only if it can be true: numbers in order, time not running backwards, sizes within what was asked for
/// and allowed, and an image that is what its head says. Limits that a person can do something about have their own fault; everything
/// else is <see cref="MediaFault.DecoderMisbehaved"/>.
/// </summary>
internal sealed class FrameGate(ExtractionOptions options, DecoderLimits limits, int thumbnailWidth, long inputBytes)
{
    /// <summary>What an incompressible image takes beyond its samples: heads, tables, row marks and the compressor's framing.</summary>
    private const int ImageOverheadBytes = 64 << 10;

    private readonly long framesMax = Math.Min(options.MaxFrames ?? long.MaxValue, NamedMax(options.Sampling));
    private readonly ImageFit thumbnailFit = ImageFit.OfThumbnails(thumbnailWidth);
    private readonly long outputBytesMax = OutputBytesMax(limits, inputBytes);
    private FrameHeader last;
    private int repeats;
    private int passed;
    private long bytes;

    /// <summary>Checks a frame's head, before its image is read. <paramref name="payloadBytes"/> is what the message announced.</summary>
    public void CheckHead(in FrameHeader head, int payloadBytes)
    {
        if (head.Index != passed) throw Misbehaved($"It sent frame {head.Index} where {passed} was due.");
        if (passed >= framesMax) throw Misbehaved($"It sent more than the {framesMax} frames asked for.");
        if (passed >= limits.FramesOutMax) throw new MediaException(MediaFault.TooManyFrames, $"More than {limits.FramesOutMax} frames.");
        CheckTime(head);
        CheckRepeats(head);
        CheckSize(head);
        if (head.ImageBytes <= 0 || head.ImageBytes > BytesMax(head.Width, head.Height))
            throw Misbehaved($"It announced an image of {head.ImageBytes} bytes.");
        if (head.ThumbnailBytes < 0 || head.ThumbnailBytes > ThumbnailBytesMax(head))
            throw Misbehaved($"It announced a thumbnail of {head.ThumbnailBytes} bytes.");
        if (payloadBytes != (long)FrameHeader.Bytes + head.ImageBytes + head.ThumbnailBytes)
            throw Misbehaved("The lengths in a frame do not add up to the message's.");
        if (passed > 0 && options.DuplicateDistance is { } distance && BitOperations.PopCount(head.PerceptualHash ^ last.PerceptualHash) <= distance)
            throw Misbehaved($"It sent frame {head.Index}, which is like the one before.");
        bytes += head.ImageBytes + head.ThumbnailBytes;
        if (bytes > outputBytesMax) throw new MediaException(MediaFault.OutputTooLarge, $"More than {outputBytesMax} bytes of images of {inputBytes} bytes of video.");
        last = head;
        passed++;
    }

    /// <summary>Checks the image and the thumbnail that followed the head.</summary>
    public void CheckImages(in FrameHeader head, ReadOnlySpan<byte> image, ReadOnlySpan<byte> thumbnail)
    {
        var good = options.Format switch
        {
            ImageFormat.Png => ImageCheck.IsPng(image, head.Width, head.Height),
            ImageFormat.Webp => ImageCheck.IsWebp(image, head.Width, head.Height),
            _ => ImageCheck.IsJpeg(image, head.Width, head.Height),
        };
        if (!good) throw Misbehaved($"Frame {head.Index} is not a {options.Format} image of {head.Width}x{head.Height}.");
        if (thumbnail.Length == 0) return;
        var (width, height) = thumbnailFit.Of(head.Width, head.Height);
        if (!ImageCheck.IsJpeg(thumbnail, width, height)) throw Misbehaved($"The thumbnail of frame {head.Index} is not a JPEG image of {width}x{height}.");
    }

    /// <summary>The most images that can come of what was asked for by name or number.</summary>
    private static long NamedMax(Sampling sampling) => sampling switch
    {
        Sampling.Count count => count.Frames,
        Sampling.Timestamps moments => moments.Seconds.Count,
        Sampling.Numbered frames => (long)Int128.Min(frames.Numbers.Aggregate((Int128)0, (sum, range) => sum + range.Last - range.First + 1), long.MaxValue),
        _ => long.MaxValue,
    };

    private long ThumbnailBytesMax(in FrameHeader head)
    {
        if (thumbnailWidth <= 0) return 0;
        var (width, height) = thumbnailFit.Of(head.Width, head.Height);
        return BytesMax(width, height);
    }

    /// <summary>No picture of this size has more bytes, whatever its format.</summary>
    private static long BytesMax(int width, int height) => (long)width * height * 4 + ImageOverheadBytes;

    // A few bytes of video can stand for days of one picture, or for gigabytes of nothing.
    private static long OutputBytesMax(DecoderLimits limits, long inputBytes)
    {
        var amplified = Int128.Max(limits.OutputFreeBytes, (Int128)inputBytes * limits.OutputTimesInputMax);
        return (long)Int128.Min(limits.OutputBytesMax, amplified);
    }

    private void CheckRepeats(in FrameHeader head)
    {
        var same = passed > 0 && head.Pts == last.Pts && head.SourceFrame == last.SourceFrame;
        repeats = same ? repeats + 1 : 0;
        if (repeats >= limits.RepeatsMax) throw new MediaException(MediaFault.Frozen, $"The frame at {head.Pts} fills more than {limits.RepeatsMax} images.");
    }

    private void CheckTime(in FrameHeader head)
    {
        if (head.TimeBaseNumerator <= 0 || head.TimeBaseDenominator <= 0) throw Misbehaved("It sent an impossible time base.");
        if (head.Duration < 0 || head.SourceFrame < -1) throw Misbehaved("It sent a negative duration or frame number.");
        if (head.SceneScore is not (-1 or (>= 0 and <= 1))) throw Misbehaved("It sent an impossible scene score.");
        if (passed == 0) return;
        var before = (Int128)last.Pts * last.TimeBaseNumerator * head.TimeBaseDenominator;
        if ((Int128)head.Pts * head.TimeBaseNumerator * last.TimeBaseDenominator < before) throw Misbehaved($"Frame {head.Index} is earlier than the one before.");
    }

    private void CheckSize(in FrameHeader head)
    {
        if (head.Width <= 0 || head.Height <= 0) throw Misbehaved($"It sent a frame of {head.Width}x{head.Height}.");
        if ((long)head.Width * head.Height > limits.FramePixelsMax)
            throw new MediaException(MediaFault.FrameTooLarge, $"A frame of {head.Width}x{head.Height} is over {limits.FramePixelsMax} pixels.");
        if (head.Width > (options.Width ?? int.MaxValue) || head.Height > (options.Height ?? int.MaxValue))
            throw Misbehaved($"It sent a frame of {head.Width}x{head.Height}, larger than asked for.");
    }

    private static MediaException Misbehaved(string detail) => new(MediaFault.DecoderMisbehaved, detail);
}
