using Fotograma.Media.Input;
using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Plan;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Reading;

/// <summary>
/// Reads a stream's packets without decoding them and makes a <see cref="PacketMap"/>. Says in the map when the container's index and times
/// are not to be relied on, and everything has to be decoded in order.
/// </summary>
internal sealed class PacketScan(VideoInput input, SafeFileHandle file, long framePixelsMax)
{
    private const string Movie = "mov,mp4,m4a,3gp,3g2,mj2";
    private const string Matroska = "matroska,webm";

    /// <summary>A pause longer than this is more likely a fault than a picture that stands still.</summary>
    private const int PauseSecondsMax = 24 * 3600;

    /// <summary>Codecs whose packets are one frame each and need nothing but themselves to be told apart.</summary>
    private static readonly string[] Plain = ["h264", "hevc", "av1", "vp9", "vp8", "mpeg4", "mpeg2video", "mjpeg", "prores"];

    /// <summary>Codecs of which neither the movie demuxer nor a <see cref="PacketSight"/> has to look into the packets.</summary>
    private static readonly string[] Opaque = ["h264", "hevc", "mjpeg", "prores"];

    /// <summary>Packets that came without a presentation time.</summary>
    public long Untimed { get; private set; }

    /// <summary>How often the clock jumped.</summary>
    public int Jumps { get; private set; }

    /// <summary>Whether packets lie beyond the file's end, or reading it failed.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>Whether reading stopped before the end because <see cref="IsEnough"/> said so.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>Asked before each packet: whether to read no further.</summary>
    public Func<PacketMap, bool>? IsEnough { get; init; }

    /// <summary>Asked when reading stopped so: up to which time, in ticks, the map is complete. All of it where nobody says.</summary>
    public Func<PacketMap, long>? Settled { get; init; }

    /// <summary>Whether the index of this kind of file can be relied on, unless it says otherwise itself.</summary>
    public static bool MayTrust(VideoInput input) => input.Container.Name is Movie or Matroska && Plain.Contains(input.Stream.Codec);

    /// <summary>
    /// One that reads as far as what was asked for may depend on it: to where the choice of <paramref name="imagesMax"/> images at most is over, or the map
    /// turns out to be of no use.
    /// </summary>
    public static PacketScan For(ExtractionOptions options, long imagesMax, VideoInput input, SafeFileHandle file, long framePixelsMax)
    {
        // Where the video ends has to be known, and is of use in any case.
        if (SamplingPlan.NeedsExtent(options)) return new PacketScan(input, file, framePixelsMax);
        if (!SamplingPlan.MayEndEarly(options)) return new PacketScan(input, file, framePixelsMax) { IsEnough = map => map.Problem is not null };
        var end = new ScanEnd(SamplingPlan.Make(options, input.Stream.TimeBase, default), imagesMax);
        return new PacketScan(input, file, framePixelsMax) { IsEnough = end.IsReached, Settled = _ => end.SettledTicks };
    }

    /// <summary>Reads everything, or as much as is enough. <paramref name="pass"/> is called for every packet, of whatever size or stream.</summary>
    public PacketMap Read(Action? pass, CancellationToken cancellation)
    {
        var map = new PacketMap();
        var isMovie = input.Container.Name == Movie;
        if (!isMovie && input.Container.Name != Matroska) map.Distrust($"The index of {input.Container.Name} is not relied on.");
        if (!Plain.Contains(input.Stream.Codec)) map.Distrust($"Packets of {input.Stream.Codec} are not always frames.");
        // The payload lies between packets in the file; where the index says all, it does not have to be read to pass it by.
        var isOpaque = isMovie && Opaque.Contains(input.Stream.Codec);
        var blind = isOpaque && MovieBoxes.HasWholeIndex(file);
        input.NeedsParser = !blind;
        input.LooksInside = !MayTrust(input) || (!isMovie && !SaysTimes(map, pass, cancellation));
        // Where it is not read, there is nothing to look into.
        var sight = blind ? null : new PacketSight(input.Stream);
        using (var second = input.OpenAgain(file, blind, cancellation)) Read(map, second, sight, isMovie, pass, cancellation);
        map.Complete(IsPartial && Settled is not null ? Settled(map) : long.MaxValue);
        if (map.Problem is null && Ticks.Seconds(map.Gaps.Largest, input.Stream.TimeBase) > PauseSecondsMax) map.Distrust("The video pauses for more than a day.");
        return map;
    }

    private static long Place(NativePacket packet, PacketClock clock, NativeCodec codec)
    {
        clock.Place(packet);
        var time = packet.Pts != Libav.NoTimestamp ? packet.Pts : packet.Dts;
        clock.Begin(packet, codec);
        clock.End(packet.Duration, codec);
        return time;
    }

    /// <summary>
    /// Whether the container itself says how long packets last, and when the first one is shown, without guesses from the streams' insides or from what follows: Matroska has no times before zero.
    /// </summary>
    private bool SaysTimes(PacketMap map, Action? pass, CancellationToken cancellation)
    {
        using var second = input.OpenAgain(file, blind: false, cancellation);
        using var packet = new NativePacket();
        while (second.Container.Read(packet) is >= 0 or LibavError.Again)
        {
            cancellation.ThrowIfCancellationRequested();
            if (packet.Stream == second.Stream.Index && packet.Size > 0) return packet.Duration > 0 && packet.Pts == input.Stream.StartTime;
            if (IsEnough?.Invoke(map) is true) return false;
            pass?.Invoke();
            packet.Clear();
        }

        return false;
    }

    private void Read(PacketMap map, VideoInput second, PacketSight? sight, bool isMovie, Action? pass, CancellationToken cancellation)
    {
        var origin = PacketClock.TicksOfOrigin(input.Container, input.Stream);
        // Where the clock may jump, packets are put on the video's own timeline as they would be for decoding.
        using var codec = input.Container.IsDiscontinuous ? VideoDecoder.Open(input.Stream, framePixelsMax, threads: 1) : null;
        var clock = codec is null ? null : new PacketClock(input.Container, input.Stream);
        var length = ReadableFile.LengthOf(file);
        using var packet = new NativePacket();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (IsPartial = IsEnough?.Invoke(map) is true) return;
            packet.Clear();
            var result = second.Container.Read(packet);
            if (result == LibavError.Again) continue;
            if (result < 0)
            {
                if (result == LibavError.EndOfFile) return;
                IsCutOff = true;
                map.Distrust("The file ends before the video does.");
                return;
            }

            if (packet.Stream != second.Stream.Index)
            {
                pass?.Invoke();
                continue;
            }

            var isHidden = packet.IsHidden || sight?.IsNeverShown(packet.Data, map.Entries.Count <= 1) is true;
            Look(packet, isHidden, map, length);
            var time = packet.Pts != Libav.NoTimestamp ? packet.Pts : packet.Dts;
            if (time != Libav.NoTimestamp) time = Ticks.Difference(time, origin);
            if (clock is not null) time = Place(packet, clock, codec!);
            Jumps = clock?.Jumps ?? 0;
            var kind = (packet.IsKey && sight?.IsEmpty(packet.Data) is not true ? PacketTraits.Key : PacketTraits.None) | (isHidden ? PacketTraits.Hidden : PacketTraits.None);
            // The movie demuxer seeks by decoding time, Matroska by presentation time.
            map.Add(time, packet.Duration, kind, isMovie && packet.Dts != Libav.NoTimestamp ? packet.Dts : packet.Pts);
            pass?.Invoke();
        }
    }

    /// <summary>Notes what is wrong with a packet.</summary>
    private void Look(NativePacket packet, bool isHidden, PacketMap map, long length)
    {
        var isBeyond = packet.Position >= 0 && packet.Position + packet.Size > length;
        IsCutOff |= isBeyond;
        if (packet.IsDamaged || packet.Size == 0 || isBeyond) map.Distrust("A packet is damaged.");
        if (packet.Pts != Libav.NoTimestamp) return;
        if (!isHidden) Untimed++;
        map.Distrust("A packet has no presentation time.");
    }
}
