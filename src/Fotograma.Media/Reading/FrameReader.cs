using Fotograma.Media.Faults;
using Fotograma.Media.Input;
using Fotograma.Media.Native;
using Fotograma.Media.Plan;

namespace Fotograma.Media.Reading;

/// <summary>
/// Decodes every frame of a video in presentation order. What cannot be decoded is skipped. One frame is held at a time: the
/// caller's, which is valid until the next read.
/// </summary>
internal sealed class FrameReader : IDisposable
{
    /// <summary>A decoder that only fails while it is being emptied is left alone after this many failures.</summary>
    private const int DrainFailuresMax = 100;

    /// <summary>After so many packets in a row that are no picture (an hour of them), what follows is taken for no video any more, as if the file ended there.</summary>
    private const int FailuresMax = 100_000;

    private readonly VideoInput input;
    private readonly NativeCodec codec;
    private readonly NativePacket packet = new();
    private readonly Queue<long> drainTimes = new();
    private readonly PictureTally tally;
    private State state = State.NeedsPacket;
    private double? first;
    private bool repeating;
    private int drainFailures;
    private int failures;
    private bool failed;

    /// <summary>Prepares to decode <paramref name="input"/> with up to <paramref name="threads"/> threads.</summary>
    /// <exception cref="MediaException">The decoder is missing or refuses the stream.</exception>
    public FrameReader(VideoInput input, long framePixelsMax, int threads)
    {
        this.input = input;
        Clock = new PacketClock(input.Container, input.Stream);
        tally = new PictureTally(input);
        codec = VideoDecoder.Open(input.Stream, framePixelsMax, threads);
    }

    private enum State
    {
        NeedsPacket,
        HasPacket,
        Draining,
        Ended,
    }

    /// <summary>The video's timeline.</summary>
    public PacketClock Clock { get; }

    /// <summary>Called for every packet, of whatever stream, as a sign of life: many in a row may be no picture.</summary>
    public Action? OnPacket { get; init; }

    /// <summary>Packets of the stream read so far.</summary>
    public long PacketsRead { get; private set; }

    /// <summary>Frames decoded so far.</summary>
    public long FramesDecoded { get; private set; }

    /// <summary>Where something could not be decoded, or only with damage.</summary>
    public DamageLog Damage { get; } = new();

    /// <summary>
    /// Whether reading ended with a failure instead of the end of the file, or well before the end that the container speaks of.
    /// </summary>
    public bool IsCutOff => failed || (state == State.Ended && AnnouncedEnd.IsMissed(input, Clock.EndTicks, Clock.Jumps));

    /// <summary>Where decoding is, in seconds from the video's start.</summary>
    private double Position => Ticks.Seconds(Clock.DecodingTicks, input.Stream.TimeBase);

    /// <summary>Reads the next frame; false after the last one.</summary>
    public bool Read(NativeFrame frame, CancellationToken cancellation)
    {
        while (state != State.Ended)
        {
            cancellation.ThrowIfCancellationRequested();
            if (state == State.NeedsPacket) Feed(cancellation);
            if (state == State.HasPacket ? Receive(frame) : state == State.Draining && Drain(frame)) return true;
        }

        return false;
    }

    /// <summary>Frees the decoder. The input stays the caller's.</summary>
    public void Dispose()
    {
        codec.Dispose();
        packet.Dispose();
    }

    private void Feed(CancellationToken cancellation)
    {
        if (failures >= FailuresMax)
        {
            EndInput(isFailure: true);
            return;
        }

        packet.Clear();
        var result = input.Container.Read(packet);
        OnPacket?.Invoke();
        if (result == LibavError.Again) return;
        if (result < 0)
        {
            if (result == LibavError.Exit) cancellation.ThrowIfCancellationRequested();
            EndInput(isFailure: result != LibavError.EndOfFile);
            return;
        }

        if (packet.Stream != input.Stream.Index) return;
        PacketsRead++;
        Clock.Place(packet);
        Clock.Begin(packet, codec);
        if (packet.IsDamaged) Damage.Note(Position);
        if (packet.Size == 0) return;
        if (!packet.IsHidden) first ??= packet.Pts == Libav.NoTimestamp ? Position : Ticks.Seconds(packet.Pts, input.Stream.TimeBase);
        var sent = codec.Send(packet);
        if (sent < 0)
        {
            failures++;
            Damage.Note(Position);
            Clock.End(packet.Duration, codec);
            return;
        }

        if (tally.Give(packet) is { } missed) Damage.Note(missed);
        repeating = false;
        state = State.HasPacket;
    }

    private void EndInput(bool isFailure)
    {
        failed = isFailure;
        state = State.Draining;
        _ = codec.Send((NativePacket?)null);
    }

    private bool Receive(NativeFrame frame)
    {
        if (repeating) Clock.Advance();
        var result = codec.Receive(frame);
        if (result >= 0)
        {
            Note(frame, frame.BestEffort, packet.Duration);
            Clock.End(packet.Duration, codec);
            repeating = true;
            return true;
        }

        if (result == LibavError.Again) Damage.Look(Position);
        else
        {
            failures++;
            Damage.Note(Position);
        }

        if (!repeating) Clock.End(packet.Duration, codec);
        state = State.NeedsPacket;
        return false;
    }

    private bool Drain(NativeFrame frame)
    {
        Clock.Begin(null, codec);
        drainTimes.Enqueue(Clock.DecodingTicks);
        var result = codec.Receive(frame);
        if (result >= 0)
        {
            var time = frame.BestEffort;
            if (time == Libav.NoTimestamp) time = drainTimes.Dequeue();
            Note(frame, time, 0);
            Clock.End(0, codec);
            return true;
        }

        if (result == LibavError.EndOfFile || result == LibavError.Again || ++drainFailures > DrainFailuresMax)
        {
            state = State.Ended;
            foreach (var missed in tally.End()) Damage.Note(missed);
            return false;
        }

        Damage.Note(Position);
        return false;
    }

    private void Note(NativeFrame frame, long time, long packetDuration)
    {
        var seconds = time == Libav.NoTimestamp ? Position : Ticks.Seconds(time, input.Stream.TimeBase);
        failures = 0;
        if (frame.IsDamaged) Damage.Note(seconds);
        tally.Take(frame);
        Damage.Look(Position);
        // Decoders say nothing of pictures that come before a key frame.
        if (FramesDecoded++ == 0) Damage.Miss(first ?? seconds, seconds);
        frame.BestEffort = time;
        Clock.Decoded(time, frame.Duration, packetDuration, codec);
    }
}
