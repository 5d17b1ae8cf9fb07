using System.Globalization;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;
using Fotograma.Media.Reading;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Input;

/// <summary>
/// An open video: the container, and the one stream whose pictures are wanted. Opening decides everything that can be refused without
/// decoding; each refusal is a <see cref="MediaFault"/>.
/// </summary>
internal sealed class VideoInput : IDisposable
{
    /// <summary>How far is looked for what the pictures are: as far as libav does, and further where that was not enough.</summary>
    private static readonly Probing Near = new(5_000_000, 0), Far = new(64_000_000, 60_000_000);

    private readonly Dictionary<string, string> options;

    private VideoInput(NativeContainer container, NativeStream stream, Dictionary<string, string> options) =>
        (Container, Stream, this.options) = (container, stream, options);

    /// <summary>The container.</summary>
    public NativeContainer Container { get; }

    /// <summary>The chosen video stream.</summary>
    public NativeStream Stream { get; }

    private bool HasSize => Stream is { Width: > 0, Height: > 0 };

    /// <summary>Whether <see cref="OpenAgain"/> has to look into the streams to find them, or to know how long packets last.</summary>
    public bool LooksInside { get; set; }

    /// <summary>Whether <see cref="OpenAgain"/> has to parse the packets to say what they are. Parsing bytes that mean nothing misleads.</summary>
    public bool NeedsParser { get; set; } = true;

    /// <summary>Opens the video in <paramref name="file"/>, which stays the caller's.</summary>
    /// <exception cref="MediaException">The file cannot be used.</exception>
    public static VideoInput Open(SafeFileHandle file, DecoderLimits limits, AllowList allowed, CancellationToken cancellation)
    {
        Libav.Load();
        LibavLog.Listen();
        var start = new byte[FirstBytes.Count];
        var known = start.AsSpan(0, RandomAccess.Read(file, start, 0));
        if (known.Length == 0) throw new MediaException(MediaFault.Empty, "The file has no bytes.");
        if (FirstBytes.ArePlaylist(known)) throw new MediaException(MediaFault.Playlist, "The file starts like a playlist.");
        var looksRight = FirstBytes.AreContainer(known);
        var input = OpenWith(file, looksRight, Near, limits, allowed, cancellation);
        if (input.HasSize) return input;
        // What is recorded from the middle of a broadcast begins with pictures that nothing is known of, until the next key frame.
        input.Dispose();
        return OpenWith(file, looksRight, Far, limits, allowed, cancellation);
    }

    /// <summary>
    /// Opens the same video once more, with a position of its own; without looking into its streams again unless <see cref="LooksInside"/>.
    /// </summary>
    /// <param name="file">The file it was opened from.</param>
    /// <param name="blind">Whether the packets' bytes may be anything; see <see cref="NativeIo.IsBlind"/>.</param>
    /// <param name="cancellation">Ends reading.</param>
    /// <exception cref="LibavException">It cannot be opened again.</exception>
    public VideoInput OpenAgain(SafeFileHandle file, bool blind, CancellationToken cancellation)
    {
        var io = new NativeIo(file, cancellation);
        var container = NativeContainer.Open(io, NeedsParser ? options : new Dictionary<string, string>(options) { ["fflags"] = "+noparse" });
        if (LooksInside) container.FindStreams();
        if (container.StreamCount <= Stream.Index)
        {
            container.Dispose();
            throw new LibavException("The streams are others than before", LibavError.InvalidArgument);
        }

        for (var i = 0; i < container.StreamCount; i++)
            if (i != Stream.Index) container.Stream(i).Discard();
        io.IsBlind = blind;
        return new VideoInput(container, container.Stream(Stream.Index), options);
    }

    /// <summary>Closes the container.</summary>
    public void Dispose() => Container.Dispose();

    private static VideoInput OpenWith(
        SafeFileHandle file, bool looksRight, Probing probing, DecoderLimits limits, AllowList allowed, CancellationToken cancellation)
    {
        var options = OptionsFor(limits.StreamsMax, allowed, probing);
        var container = OpenContainer(file, looksRight, options, limits.StreamsMax, cancellation);
        try
        {
            return new VideoInput(container, ChooseStream(container, limits, allowed), options);
        }
        catch (MediaException failure) when (failure.Fault == MediaFault.NoVideoStream || failure.Fault == MediaFault.CodecNotAllowed)
        {
            container.Dispose();
            // What the index does not say for want of its end is not to be held against the video.
            if (MovieBoxes.IsIndexCutOff(file)) throw new MediaException(MediaFault.Truncated, failure.Detail, failure);
            throw;
        }
        catch
        {
            container.Dispose();
            throw;
        }
    }

    private static Dictionary<string, string> OptionsFor(int streamsMax, AllowList allowed, Probing probing) => new()
    {
        ["format_whitelist"] = AllowList.DemuxerNames,
        ["codec_whitelist"] = allowed.DecoderNames,
        // Nothing but the one descriptor can be read: no name in a file leads anywhere.
        ["protocol_whitelist"] = "none",
        ["probesize"] = probing.Bytes.ToString(CultureInfo.InvariantCulture),
        ["analyzeduration"] = probing.Microseconds.ToString(CultureInfo.InvariantCulture),
        ["max_streams"] = streamsMax.ToString(CultureInfo.InvariantCulture),
    };

    private static NativeContainer OpenContainer(
        SafeFileHandle file, bool looksRight, Dictionary<string, string> options, int streamsMax, CancellationToken cancellation)
    {
        var refusedBefore = LibavLog.RefusedStreams;
        NativeContainer? container = null;
        try
        {
            container = NativeContainer.Open(new NativeIo(file, cancellation), options);
            // libav matches single names of an entry such as "mov,mp4"; here the whole entry must be known.
            if (!AllowList.Demuxers.Contains(container.Name)) throw new MediaException(MediaFault.NotAVideo, $"The container {container.Name} is not allowed.");
            container.FindStreams();
            CheckStreams(refusedBefore, streamsMax);
            return container;
        }
        catch (LibavException failure)
        {
            container?.Dispose();
            cancellation.ThrowIfCancellationRequested();
            CheckStreams(refusedBefore, streamsMax);
            throw new MediaException(looksRight ? MediaFault.Truncated : MediaFault.NotAVideo, failure.Message, failure);
        }
        catch
        {
            container?.Dispose();
            throw;
        }
    }

    // Some containers then fail as if there were no memory, others leave streams out without a word.
    private static void CheckStreams(int refusedBefore, int streamsMax)
    {
        if (LibavLog.RefusedStreams > refusedBefore) throw new MediaException(MediaFault.TooManyStreams, $"The file has more than {streamsMax} streams.");
    }

    /// <summary>
    /// The ffmpeg program's choice: most pixels, where being the default stream counts like five million of them. Cover art is no video.
    /// </summary>
    private static NativeStream ChooseStream(NativeContainer container, DecoderLimits limits, AllowList allowed)
    {
        const long DefaultBonus = 5_000_000;
        NativeStream? best = null;
        var bestScore = -1L;
        for (var i = 0; i < container.StreamCount; i++)
        {
            var stream = container.Stream(i);
            if (!stream.IsVideo || stream.IsAttachedPicture) continue;
            var score = (long)stream.Width * stream.Height + (stream.IsDefault ? DefaultBonus : 0);
            if (score <= bestScore) continue;
            (best, bestScore) = (stream, score);
        }

        if (best is not { } chosen) throw new MediaException(MediaFault.NoVideoStream, $"None of {container.StreamCount} streams is a video.");
        for (var i = 0; i < container.StreamCount; i++)
            if (i != chosen.Index) container.Stream(i).Discard();
        Check(container, chosen, limits, allowed);
        return chosen;
    }

    private static void Check(NativeContainer container, NativeStream stream, DecoderLimits limits, AllowList allowed)
    {
        const long Microseconds = 1_000_000;
        if (!allowed.Decoders.ContainsKey(stream.Codec))
            throw new MediaException(AllowList.WithOld.Decoders.ContainsKey(stream.Codec) ? MediaFault.CodecTooOld : MediaFault.CodecNotAllowed, $"The codec is {stream.Codec}.");
        if ((long)stream.Width * stream.Height > limits.FramePixelsMax)
            throw new MediaException(MediaFault.FrameTooLarge, $"The picture is {stream.Width}x{stream.Height}.");
        // Where the clock may jump, the container only guesses its length; the frames' own times are watched anyway.
        if (!container.IsDiscontinuous && container.Duration != Libav.NoTimestamp && container.Duration / Microseconds > limits.DurationSecondsMax)
            throw new MediaException(MediaFault.TooLong, $"The container says {container.Duration / Microseconds} s.");
        if (stream.TimeBase is { Numerator: <= 0 } or { Denominator: <= 0 })
            throw new MediaException(MediaFault.Undecodable, "The stream has no unit of time.");
    }

    /// <summary>How far libav looks into the streams before it gives up; no time means its own bounds.</summary>
    private readonly record struct Probing(long Bytes, long Microseconds);
}
