using Fotograma.Media.Avc;
using Fotograma.Media.Input;
using Fotograma.Media.Native;
using Fotograma.Media.Plan;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Reading;

/// <summary>The video is not what its index says; it has to be decoded in order, from the beginning.</summary>
internal sealed class IndexNotTrueException(string message) : Exception(message);

/// <summary>
/// Decodes the groups of a <see cref="GroupPlan"/>, one at a time: goes to where a group starts, leaves out pictures that neither are wanted
/// nor needed for others, and checks that what comes out is what the map says. One instance serves one thread.
/// </summary>
internal sealed class GroupReader : IDisposable
{
    /// <summary>Packets after a position that are read rather than jumped over.</summary>
    private const int ReadThroughMax = 8;

    /// <summary>Groups in a row in which looking ahead spared nothing, after which it is not tried any more.</summary>
    private const int FruitlessMax = 2;

    /// <summary>The H.264 decoder's option "error resilience". It heeds it picture by picture.</summary>
    private const string Concealment = "enable_er";

    private readonly PacketMap map;
    private readonly VideoInput input;
    private readonly NativeCodec codec;
    private readonly PacketSight sight;
    private readonly ReferenceMap? references;
    private readonly NativePacket packet = new();
    private readonly long origin;
    private readonly HashSet<long> expected = [];
    private readonly HashSet<long> stubs = [];
    private int position;
    private long errorsBefore;
    private int fruitless;

    /// <summary>Opens the video for reading on its own.</summary>
    /// <param name="first">The video as it was opened first.</param>
    /// <param name="file">Its file.</param>
    /// <param name="map">Its packets.</param>
    /// <param name="framePixelsMax">Largest picture, in pixels.</param>
    /// <param name="threads">Threads the decoder may use.</param>
    /// <param name="cancellation">Ends reading.</param>
    public GroupReader(VideoInput first, SafeFileHandle file, PacketMap map, long framePixelsMax, int threads, CancellationToken cancellation)
    {
        this.map = map;
        origin = PacketClock.TicksOfOrigin(first.Container, first.Stream);
        input = first.OpenAgain(file, blind: false, cancellation);
        sight = new PacketSight(first.Stream);
        if (Spares(first.Stream) && threads == 1) references = new ReferenceMap(first.Stream.SetUp);
        codec = VideoDecoder.Open(first.Stream, framePixelsMax, threads);
    }

    /// <summary>
    /// Whether a reader with one thread leaves out pictures that are only marked as references. With several threads, a decoder that is given a stub complains
    /// when nobody knows of which packet.
    /// </summary>
    public static bool Spares(NativeStream stream) => stream.Codec == "h264";

    /// <summary>Whether several threads are of use: libav's decoder of Motion JPEG has one.</summary>
    public static bool HasThreads(NativeStream stream) => stream.Codec != "mjpeg";

    /// <summary>Packets that were decoded so far.</summary>
    public long PacketsDecoded { get; private set; }

    /// <summary>Frames that came out so far.</summary>
    public long FramesDecoded { get; private set; }

    /// <summary>Called for each of them, wanted or not.</summary>
    public Action? OnFrame { get; init; }

    /// <summary>Called for each packet that was read, also ahead.</summary>
    public Action? OnPacket { get; init; }

    /// <summary>
    /// Decodes one group and gives its targets in presentation order. The frames are the caller's, with times on the container's timeline.
    /// </summary>
    /// <exception cref="IndexNotTrueException">Something is not as the map says, or the video is damaged.</exception>
    public IEnumerable<(Target Target, NativeFrame Frame)> Read(Group group, CancellationToken cancellation)
    {
        errorsBefore = LibavLog.Errors;
        expected.Clear();
        stubs.Clear();
        codec.Flush();
        var targets = new Queue<Target>(group.Targets);
        var wanted = group.Targets.Select(target => map.PacketOf(target.Frame)).ToHashSet();
        var entry = GoToCleanStart(group.Entry, cancellation);
        var start = map.Entries[entry].Packet;
        var needed = Foresee(entry, group.LastPacket, wanted, cancellation);
        var startTime = map.PacketTime(start);
        for (var current = start; ; )
        {
            // Pictures before the first one in presentation order refer to what was not read.
            var isLeading = map.PacketTime(current) < startTime;
            var isNeeded = !isLeading && (needed?[current - start] ?? (wanted.Contains(current) || !sight.IsDisposable(packet.Data)));
            if (isNeeded) Send(current);
            else if (!isLeading && !sight.IsDisposable(packet.Data))
                foreach (var pair in SendStub(current, targets)) yield return pair;
            foreach (var pair in Receive(targets)) yield return pair;
            if (current == group.LastPacket) break;
            ReadPacket(cancellation);
            if (position - 1 != ++current) throw new IndexNotTrueException("Packets are missing.");
        }

        _ = codec.Send((NativePacket?)null);
        foreach (var pair in Receive(targets)) yield return pair;
        if (targets.Count > 0 || expected.Count > 0) throw new IndexNotTrueException("Not every packet was a frame.");
        CheckErrors();
    }

    /// <summary>Closes the video and frees the decoder.</summary>
    public void Dispose()
    {
        codec.Dispose();
        packet.Dispose();
        input.Dispose();
    }

    /// <summary>Reads the packet of an entry that decoding can really start at, and gives the entry: the given one or one before it.</summary>
    private int GoToCleanStart(int entry, CancellationToken cancellation)
    {
        for (; ; entry--)
        {
            GoTo(map.Entries[entry], cancellation);
            if (entry == 0 || sight.IsCleanStart(packet.Data)) return entry;
        }
    }

    /// <summary>
    /// Reads ahead to the last packet and back, and says which packets have to be decoded, counted from the entry's; null when that cannot be said or
    /// is all of them.
    /// </summary>
    private bool[]? Foresee(int entry, int last, HashSet<int> wanted, CancellationToken cancellation)
    {
        var start = map.Entries[entry].Packet;
        if (references is null || fruitless >= FruitlessMax || last == start) return null;
        references.Clear();
        var isUnderstood = references.Add(packet.Data);
        while (isUnderstood && start + references.Packets <= last)
        {
            ReadPacket(cancellation);
            isUnderstood = references.Add(packet.Data);
        }

        var needed = isUnderstood ? references.NeededFor(wanted.Select(number => number - start)) : null;
        var spared = needed is null ? 0 : references.Spared(needed);
        fruitless = spared > 0 ? 0 : fruitless + 1;
        GoTo(map.Entries[entry], cancellation);
        return spared > 0 ? needed : null;
    }

    private void GoTo(PacketMap.Entry entry, CancellationToken cancellation)
    {
        if (entry.Packet < position || entry.Packet - position > ReadThroughMax)
        {
            if (input.Container.Seek(input.Stream.Index, entry.SeekTicks) < 0) throw new IndexNotTrueException("The container cannot be sought.");
            position = -1;
        }

        do
        {
            ReadPacket(cancellation);
            if (position - 1 > entry.Packet) throw new IndexNotTrueException("Seeking went too far.");
        }
        while (position - 1 < entry.Packet);
    }

    /// <summary>Reads the next packet of the stream; <see cref="position"/> then is the number of the one after it.</summary>
    private void ReadPacket(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            packet.Clear();
            var result = input.Container.Read(packet);
            if (result == LibavError.Again) continue;
            if (result < 0) throw new IndexNotTrueException("The file ends before the video does.");
            if (packet.Stream == input.Stream.Index) break;
        }

        OnPacket?.Invoke();
        if (packet.IsDamaged || packet.Pts == Libav.NoTimestamp) throw new IndexNotTrueException("A packet is damaged.");
        if (position >= 0)
        {
            if (position >= map.Packets || map.PacketTime(position) != packet.Pts - origin) throw new IndexNotTrueException("A packet is not the expected one.");
            position++;
            return;
        }

        position = map.PacketAt(packet.Pts - origin) + 1;
        if (position == 0) throw new IndexNotTrueException("A packet is unknown.");
    }

    private void Send(int number)
    {
        if (codec.Send(packet) < 0) throw new IndexNotTrueException("A packet cannot be decoded.");
        PacketsDecoded++;
        if ((map.TraitsOf(number) & PacketTraits.Hidden) == 0) expected.Add(packet.Pts);
    }

    /// <summary>Lets the decoder know of a picture that nobody needs, and takes what that makes it give.</summary>
    private List<(Target Target, NativeFrame Frame)> SendStub(int number, Queue<Target> targets)
    {
        if (references is null || !references.CutToStub(packet))
        {
            Send(number);
            return [];
        }

        stubs.Add(packet.Pts);
        LibavLog.Mute(true);
        // What is missing shall stay missing rather than be painted over, which takes longer than decoding it.
        codec.With(Concealment, 0);
        try
        {
            if (codec.Send(packet) < 0) throw new IndexNotTrueException("A packet cannot be passed over.");
            return [.. Receive(targets)];
        }
        finally
        {
            codec.With(Concealment, 1);
            LibavLog.Mute(false);
        }
    }

    private IEnumerable<(Target Target, NativeFrame Frame)> Receive(Queue<Target> targets)
    {
        while (true)
        {
            var frame = new NativeFrame();
            var result = codec.Receive(frame);
            if (result < 0)
            {
                frame.Dispose();
                if (result == LibavError.Again || result == LibavError.EndOfFile) yield break;
                throw new IndexNotTrueException("A frame cannot be decoded.");
            }

            if (stubs.Remove(frame.Pts))
            {
                frame.Dispose();
                continue;
            }

            FramesDecoded++;
            Tell(frame);
            if (!expected.Remove(frame.Pts) || frame.IsDamaged)
            {
                frame.Dispose();
                throw new IndexNotTrueException("A frame came out that was not expected.");
            }

            if (targets.Count == 0 || map.TimeOf(targets.Peek().Frame) != frame.Pts - origin)
            {
                frame.Dispose();
                continue;
            }

            CheckErrors();
            yield return (targets.Dequeue(), frame);
        }
    }

    private void Tell(NativeFrame frame)
    {
        try
        {
            OnFrame?.Invoke();
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }

    private void CheckErrors()
    {
        if (LibavLog.Errors > errorsBefore) throw new IndexNotTrueException("The decoder reports damage.");
    }
}
