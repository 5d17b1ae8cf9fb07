namespace Fotograma.Media.Plan;

/// <summary>A frame that becomes images: its number in presentation order, and how many images in a row.</summary>
internal readonly record struct Target(int Frame, int Copies);

/// <summary>
/// A piece of work: the packets from an entry to the last one that is needed, and the targets among them, in presentation order. Nothing
/// outside it has to be decoded for them.
/// </summary>
/// <param name="Entry">Where decoding starts, as an index of <see cref="PacketMap.Entries"/>.</param>
/// <param name="LastPacket">The last packet needed, in decoding order.</param>
/// <param name="Targets">What becomes images.</param>
internal sealed record Group(int Entry, int LastPacket, IReadOnlyList<Target> Targets);

/// <summary>The least work that yields what was chosen: groups of pictures without a target are left out.</summary>
internal sealed class GroupPlan
{
    private GroupPlan(IReadOnlyList<Group> groups, PacketMap map, long images)
    {
        (Groups, Images) = (groups, images);
        Frames = groups.Sum(group => (long)group.Targets.Count);
        Packets = groups.Sum(group => group.LastPacket - map.Entries[group.Entry].Packet + 1L);
    }

    /// <summary>The pieces of work, in presentation order of their targets.</summary>
    public IReadOnlyList<Group> Groups { get; }

    /// <summary>Packets that have to be read.</summary>
    public long Packets { get; }

    /// <summary>Frames that become images.</summary>
    public long Frames { get; }

    /// <summary>Images that will be made.</summary>
    public long Images { get; }

    /// <summary>Where the last frame of the video leaves the screen.</summary>
    public required long EndTicks { get; init; }

    /// <summary>Whether the last frame of the video was decided on too: the choice was not over before it.</summary>
    public required bool ReachesEnd { get; init; }

    /// <summary>
    /// Runs <paramref name="choice"/> over the frames' times and groups what it takes.
    /// </summary>
    /// <param name="map">A map without a <see cref="PacketMap.Problem"/>.</param>
    /// <param name="choice">What is wanted; it must not need scores.</param>
    /// <param name="endTicks">Where the last frame leaves the screen.</param>
    /// <param name="imagesMax">The plan stops after this many images.</param>
    public static GroupPlan Make(PacketMap map, FrameChoice choice, long endTicks, long imagesMax)
    {
        var groups = new List<Group>();
        var targets = new List<Target>();
        var (entry, lastPacket) = (-1, -1);
        var images = 0L;
        var frame = 0;
        for (; frame < map.Frames && (images < imagesMax || choice.MustBeFinished) && !choice.IsOver; frame++)
        {
            var until = frame + 1 < map.Frames ? map.TimeOf(frame + 1) : endTicks;
            var packet = map.PacketOf(frame);
            var isKey = (map.TraitsOf(packet) & PacketTraits.Key) != 0;
            var copies = Math.Min(choice.Take(new FrameFacts(frame, map.TimeOf(frame), isKey), until), imagesMax - images);
            if (copies == 0) continue;
            images += copies;
            var start = map.EntryFor(frame);
            // Groups that share packets are one: leading pictures lie behind the next key frame.
            if (entry >= 0 && start != entry && map.Entries[start].Packet > lastPacket)
            {
                groups.Add(new Group(entry, lastPacket, [.. targets]));
                targets.Clear();
                entry = -1;
            }

            (entry, lastPacket) = entry < 0 ? (start, packet) : (Math.Min(entry, start), Math.Max(lastPacket, packet));
            targets.Add(new Target(frame, (int)Math.Min(copies, int.MaxValue)));
        }

        if (entry >= 0) groups.Add(new Group(entry, lastPacket, [.. targets]));
        return new GroupPlan(groups, map, images) { EndTicks = endTicks, ReachesEnd = frame == map.Frames };
    }

    /// <summary>
    /// The same targets, with each group from where <paramref name="startOf"/> says: its entry or one before it, and none before that of the group before. Groups that share
    /// packets then are one.
    /// </summary>
    public GroupPlan StartingAt(Func<int, int> startOf, PacketMap map)
    {
        var groups = new List<Group>();
        var targets = new List<Target>();
        foreach (var group in Groups)
        {
            var entry = startOf(group.Entry);
            if (groups.Count > 0 && map.Entries[entry].Packet <= groups[^1].LastPacket) groups[^1] = groups[^1] with { LastPacket = Math.Max(groups[^1].LastPacket, group.LastPacket) };
            else
            {
                targets = [];
                groups.Add(new Group(entry, group.LastPacket, targets));
            }

            targets.AddRange(group.Targets);
        }

        return new GroupPlan(groups, map, Images) { EndTicks = EndTicks, ReachesEnd = ReachesEnd };
    }
}
