using Fotograma.Media.Input;
using Fotograma.Media.Native;
using Fotograma.Media.Plan;

namespace Fotograma.Media.Reading;

/// <summary>
/// Keeps count of the pictures that were given to a decoder and have not come out, because decoders leave some out without a word: HEVC units of a kind
/// that damage made up, for one. Only for streams in which a packet is a picture and every picture is shown.
/// </summary>
internal sealed class PictureTally(VideoInput input)
{
    /// <summary>Packets after which a picture that has not come out is missed: sixteen in the decoder's order (ITU-T H.264, A.3.1), one for each of eight threads, and more than as many again.</summary>
    private const int PatienceMax = 64;

    // The two fields of a picture may be packets of their own; of other codecs' packets it is not known whether they are shown.
    private readonly bool counts = PacketScan.MayTrust(input) && input.Stream.Codec is "h264" or "hevc" && !input.Stream.IsInterlaced;
    private readonly PacketSight sight = new(input.Stream);
    private readonly NativeRational unit = input.Stream.TimeBase;
    private readonly Queue<long> given = new();
    private readonly HashSet<long> awaited = [];
    private long first = long.MaxValue;

    /// <summary>A packet was given to the decoder, which took it. Gives the time, in seconds, of a picture that is missed by now.</summary>
    public double? Give(NativePacket packet)
    {
        if (!counts || packet.IsHidden || packet.Pts == Libav.NoTimestamp || sight.MayBePassedOver(packet.Data)) return null;
        given.Enqueue(packet.Pts);
        awaited.Add(packet.Pts);
        return given.Count > PatienceMax ? Missed() : null;
    }

    /// <summary>A frame came out.</summary>
    public void Take(NativeFrame frame)
    {
        if (!counts) return;
        first = Math.Min(first, frame.Pts);
        awaited.Remove(frame.Pts);
    }

    /// <summary>Nothing more will come: the times, in seconds, of all pictures that are missed.</summary>
    public IEnumerable<double> End()
    {
        while (given.Count > 0)
            if (Missed() is { } time) yield return time;
    }

    /// <summary>What comes before the first picture that could be decoded is told by <see cref="DamageLog.Miss"/>.</summary>
    private double? Missed()
    {
        var time = given.Dequeue();
        return awaited.Remove(time) && time > first ? Ticks.Seconds(time, unit) : null;
    }
}
