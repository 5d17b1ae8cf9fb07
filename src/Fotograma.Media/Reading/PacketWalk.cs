using Fotograma.Media.Input;
using Fotograma.Media.Native;
using Fotograma.Media.Plan;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Reading;

/// <summary>The video is not what its index says; it has to be decoded in order, from the beginning.</summary>
internal sealed class IndexNotTrueException(string message) : Exception(message);

/// <summary>Reads packets that a map knows, from an entry on, and holds each of them to the map. One instance serves one thread.</summary>
internal sealed class PacketWalk : IDisposable
{
    /// <summary>Packets after a position that are read rather than jumped over.</summary>
    private const int ReadThroughMax = 8;

    private readonly PacketMap map;
    private readonly VideoInput input;
    private readonly long origin;
    private int position;

    /// <summary>Opens the video for reading on its own.</summary>
    /// <param name="first">The video as it was opened first.</param>
    /// <param name="file">Its file.</param>
    /// <param name="map">Its packets.</param>
    /// <param name="cancellation">Ends reading.</param>
    public PacketWalk(VideoInput first, SafeFileHandle file, PacketMap map, CancellationToken cancellation)
    {
        this.map = map;
        origin = PacketClock.TicksOfOrigin(first.Container, first.Stream);
        input = first.OpenAgain(file, blind: false, cancellation);
    }

    /// <summary>The packet that was read last.</summary>
    public NativePacket Packet { get; } = new();

    /// <summary>Its number in decoding order.</summary>
    public int Number => position - 1;

    /// <summary>Called for each packet that was read.</summary>
    public Action? OnPacket { get; init; }

    /// <summary>A time of the container's as the map has it, in ticks from the video's start.</summary>
    public long TimeOf(long pts) => Ticks.Difference(pts, origin);

    /// <summary>Reads the packet of an entry.</summary>
    /// <exception cref="IndexNotTrueException">It is not where, or not what, the map says.</exception>
    public void GoTo(PacketMap.Entry entry, CancellationToken cancellation)
    {
        if (entry.Packet < position || entry.Packet - position > ReadThroughMax)
        {
            if (input.Container.Seek(input.Stream.Index, entry.SeekTicks) < 0) throw new IndexNotTrueException("The container cannot be sought.");
            position = -1;
        }

        do
        {
            Read(cancellation);
            if (Number > entry.Packet) throw new IndexNotTrueException("Seeking went too far.");
        }
        while (Number < entry.Packet);
    }

    /// <summary>Reads the next packet of the stream.</summary>
    /// <exception cref="IndexNotTrueException">It is not what the map says.</exception>
    public void Read(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            Packet.Clear();
            var result = input.Container.Read(Packet);
            if (result == LibavError.Again) continue;
            if (result < 0) throw new IndexNotTrueException("The file ends before the video does.");
            if (Packet.Stream == input.Stream.Index) break;
        }

        OnPacket?.Invoke();
        if (Packet.IsDamaged || Packet.Pts == Libav.NoTimestamp) throw new IndexNotTrueException("A packet is damaged.");
        if (position >= 0)
        {
            if (position >= map.Packets || map.PacketTime(position) != TimeOf(Packet.Pts)) throw new IndexNotTrueException("A packet is not the expected one.");
            position++;
            return;
        }

        position = map.PacketAt(TimeOf(Packet.Pts)) + 1;
        if (position == 0) throw new IndexNotTrueException("A packet is unknown.");
    }

    /// <summary>Closes the video.</summary>
    public void Dispose()
    {
        Packet.Dispose();
        input.Dispose();
    }
}
