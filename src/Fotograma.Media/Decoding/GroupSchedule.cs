using Fotograma.Media.Plan;

namespace Fotograma.Media.Decoding;

/// <summary>Decoders at work side by side, and the threads of each.</summary>
internal readonly record struct Crew(int Workers, int Threads);

/// <summary>
/// How many workers the groups of a plan are shared among. Frames are wanted in order, so a worker that is ahead waits with the few that it may hold; how much of the time, depends on how
/// the plan's targets lie. So the plan is gone through as the workers would, with the decoding of a packet by one thread as the unit of time.
/// </summary>
internal static class GroupSchedule
{
    /// <summary>Frames that a worker may have decoded before they are asked for, beside the one that it holds.</summary>
    public const int AheadMax = 1;

    /// <summary>How much faster a decoder of one thread is where pictures that nobody refers to are spared, as measured on x264's presets.</summary>
    private const double SparedSpeed = 1.4;

    /// <summary>What a decoder makes of its threads, as a power of their number: 1.85 of two, as measured with HEVC. What it makes of more is an assumption.</summary>
    private const double ThreadsPower = 0.89;

    /// <summary>The fastest of three ways: side by side with one thread each, one decoder that has all cores, side by side with the cores that are left shared out.</summary>
    /// <param name="groups">What each target of each group costs beyond the one before it, in packets.</param>
    /// <param name="cores">Cores there are.</param>
    /// <param name="spares">Whether a decoder of one thread has less to do.</param>
    /// <param name="hasThreads">Whether the decoder can make use of several.</param>
    /// <param name="room">What there is memory for.</param>
    public static Crew CrewFor(IReadOnlyList<IReadOnlyList<long>> groups, int cores, bool spares, bool hasThreads, PictureRoom room)
    {
        var most = Math.Min(Math.Min(cores, groups.Count), room.Decoders);
        var best = new Crew(most, 1);
        if (groups.Count == 0 || !hasThreads) return best;
        var shortest = TimeOf(groups, best, cores, spares);
        // Where two are as fast, the first is taken: it has the least to do.
        foreach (var crew in (Crew[])[new Crew(1, Math.Min(cores, room.Threads)), new Crew(most, (cores + most - 1) / most)])
        {
            if (crew.Threads == 1 || !room.Fits(crew)) continue;
            var time = TimeOf(groups, crew, cores, spares);
            if (time < shortest) (best, shortest) = (crew, time);
        }

        return best;
    }

    /// <summary>What the targets of a group cost, each beyond those before it.</summary>
    public static IReadOnlyList<long> CostsOf(Group group, PacketMap map)
    {
        var costs = new long[group.Targets.Count];
        long done = map.Entries[group.Entry].Packet;
        for (var i = 0; i < costs.Length; i++)
        {
            var reached = Math.Max(done, map.PacketOf(group.Targets[i].Frame) + 1L);
            (costs[i], done) = (reached - done, reached);
        }

        return costs;
    }

    /// <summary>How long a crew takes.</summary>
    internal static double TimeOf(IReadOnlyList<IReadOnlyList<long>> groups, Crew crew, int cores, bool spares)
    {
        var speed = crew.Threads > 1 ? Math.Pow(crew.Threads, ThreadsPower) : spares ? SparedSpeed : 1;
        var free = new double[crew.Workers];
        var left = Enumerable.Range(0, crew.Workers).Select(_ => new Queue<double>()).ToArray();
        var (collected, work) = (0.0, 0.0);
        foreach (var group in groups)
        {
            var worker = Array.IndexOf(free, free.Min());
            var now = free[worker];
            // A decoder is emptied after each group: there is one picture in which the others of its threads have nothing to do, and the key frame is never spared.
            var alone = 1 - (1 / speed);
            foreach (var cost in group)
            {
                var taken = (cost / speed) + alone;
                (now, alone) = (now + taken, 0);
                work += crew.Threads > 1 ? cost : taken;
                collected = Math.Max(now, collected);
                // The next one is begun once there is room for this one.
                left[worker].Enqueue(collected);
                if (left[worker].Count > AheadMax) now = Math.Max(now, left[worker].Dequeue());
            }

            free[worker] = now;
        }

        // More threads than cores are no faster than the cores.
        return Math.Max(collected, work / cores);
    }
}
