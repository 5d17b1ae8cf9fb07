using Fotograma.Media.Avc;
using Fotograma.Media.Input;
using Fotograma.Media.Native;
using Fotograma.Media.Plan;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Reading;

/// <summary>
/// Decodes the groups of a <see cref="GroupPlan"/>, one at a time: goes to where a group starts, leaves out pictures that neither are wanted
/// nor needed for others, and checks that what comes out is what the map says. One instance serves one thread.
/// </summary>
internal sealed class GroupReader : IDisposable
{
    /// <summary>Packets of a group up to which it is looked through beforehand: an hour of them. More would be read twice, and what is known of them kept, for one picture.</summary>
    private const int ForeseenMax = 100_000;

    /// <summary>Groups in a row in which looking ahead spared nothing, after which it is not tried any more.</summary>
    private const int FruitlessMax = 2;

    /// <summary>The H.264 decoder's option "error resilience". It heeds it picture by picture.</summary>
    private const string Concealment = "enable_er";

    private readonly PacketMap map;
    private readonly PacketWalk walk;
    private readonly NativeCodec codec;
    private readonly PacketSight sight;
    private readonly ReferenceMap? references;
    private readonly HashSet<long> expected = [];
    private readonly HashSet<long> stubs = [];
    private readonly Queue<(Target Target, NativeFrame Frame)> ready = [];
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
        walk = new PacketWalk(first, file, map, cancellation) { OnPacket = () => OnPacket?.Invoke() };
        sight = new PacketSight(first.Stream);
        if (Spares(first.Stream) && threads == 1) references = new ReferenceMap(first.Stream.SetUp);
        codec = VideoDecoder.Open(first.Stream, framePixelsMax, threads);
        // What the decoder is given after a real start is right. It forgets that where the last pictures of an open group are fetched at the end, and would keep them.
        if (sight.DoubtsKeys) codec.With("flags", "+output_corrupt");
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

    /// <summary>Called with the packets between an entry that decoding cannot start at and the one before it that it starts at instead.</summary>
    public Action<int>? OnDetour { get; init; }

    /// <summary>Errors so far, but for those that starting in the middle brings about.</summary>
    private static long Errors => LibavLog.Errors - LibavLog.NothingToForget;

    private NativePacket Packet => walk.Packet;

    /// <summary>
    /// Decodes one group and gives its targets in presentation order. The frames are the caller's, with times on the container's timeline.
    /// </summary>
    /// <exception cref="IndexNotTrueException">Something is not as the map says, or the video is damaged.</exception>
    public IEnumerable<(Target Target, NativeFrame Frame)> Read(Group group, CancellationToken cancellation)
    {
        errorsBefore = Errors;
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
            var isDisposable = sight.IsDisposable(Packet.Data);
            var isNeeded = !isLeading && (needed?[current - start] ?? (wanted.Contains(current) || !isDisposable));
            if (isNeeded) Send(current);
            else if (!isLeading && !isDisposable) SendStub(current, targets);
            while (ready.TryDequeue(out var pair)) yield return pair;
            foreach (var pair in Receive(targets)) yield return pair;
            if (current == group.LastPacket) break;
            walk.Read(cancellation);
            if (walk.Number != ++current) throw new IndexNotTrueException("Packets are missing.");
        }

        _ = codec.Send((NativePacket?)null);
        foreach (var pair in Receive(targets)) yield return pair;
        if (targets.Count > 0 || expected.Count > 0) throw new IndexNotTrueException("Not every packet was a frame.");
        CheckErrors();
    }

    /// <summary>Closes the video and frees the decoder.</summary>
    public void Dispose()
    {
        while (ready.TryDequeue(out var pair)) pair.Frame.Dispose();
        codec.Dispose();
        walk.Dispose();
    }

    /// <summary>Reads the packet of an entry that decoding can really start at, and gives the entry: the given one or one before it.</summary>
    private int GoToCleanStart(int asked, CancellationToken cancellation)
    {
        for (var entry = asked; ; entry--)
        {
            walk.GoTo(map.Entries[entry], cancellation);
            if (entry > 0 && !sight.IsCleanStart(Packet.Data)) continue;
            if (entry < asked) OnDetour?.Invoke(map.Entries[asked].Packet - map.Entries[entry].Packet);
            return entry;
        }
    }

    /// <summary>
    /// Reads ahead to the last packet and back, and says which packets have to be decoded, counted from the entry's; null when that cannot be said or
    /// is all of them.
    /// </summary>
    private bool[]? Foresee(int entry, int last, HashSet<int> wanted, CancellationToken cancellation)
    {
        var start = map.Entries[entry].Packet;
        if (references is null || fruitless >= FruitlessMax || last == start || last - start > ForeseenMax) return null;
        references.Clear();
        var isUnderstood = references.Add(Packet.Data);
        while (isUnderstood && start + references.Packets <= last)
        {
            walk.Read(cancellation);
            isUnderstood = references.Add(Packet.Data);
        }

        var needed = isUnderstood ? references.NeededFor(wanted.Select(number => number - start)) : null;
        var spared = needed is null ? 0 : references.Spared(needed);
        fruitless = spared > 0 ? 0 : fruitless + 1;
        walk.GoTo(map.Entries[entry], cancellation);
        return spared > 0 ? needed : null;
    }

    private void Send(int number)
    {
        if (codec.Send(Packet) < 0) throw new IndexNotTrueException("A packet cannot be decoded.");
        PacketsDecoded++;
        if ((map.TraitsOf(number) & PacketTraits.Hidden) == 0) expected.Add(Packet.Pts);
    }

    /// <summary>Lets the decoder know of a picture that nobody needs, and keeps what that makes it give.</summary>
    private void SendStub(int number, Queue<Target> targets)
    {
        if (references is null || !references.CutToStub(Packet))
        {
            Send(number);
            return;
        }

        stubs.Add(Packet.Pts);
        LibavLog.Mute(true);
        // What is missing shall stay missing rather than be painted over, which takes longer than decoding it.
        codec.With(Concealment, 0);
        try
        {
            if (codec.Send(Packet) < 0) throw new IndexNotTrueException("A packet cannot be passed over.");
            foreach (var pair in Receive(targets)) ready.Enqueue(pair);
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
            // Pictures come out in the order in which they are shown: one that has been passed over will not come any more.
            if (!expected.Remove(frame.Pts) || frame.IsDamaged || expected.Any(pts => pts < frame.Pts))
            {
                frame.Dispose();
                throw new IndexNotTrueException("A frame came out that was not expected.");
            }

            if (targets.Count == 0 || map.TimeOf(targets.Peek().Frame) != walk.TimeOf(frame.Pts))
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
        if (Errors > errorsBefore) throw new IndexNotTrueException("The decoder reports damage.");
    }
}
