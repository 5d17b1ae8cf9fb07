using Fotograma.Media.Plan;

namespace Fotograma.Media.Decoding;

/// <summary>
/// How many workers the groups of a plan are shared among. Frames are wanted in order, so a worker that is ahead waits with the few that it may hold; how much of the time, depends on how
/// the plan's targets lie. So the plan is gone through as the workers would, with a packet as the unit of time.
/// </summary>
internal static class GroupSchedule
{
    /// <summary>Frames that a worker may have decoded before they are asked for, beside the one that it holds.</summary>
    public const int AheadMax = 1;

    /// <summary>How much faster a decoder of one thread is where pictures that nobody refers to are spared, as measured on x264's presets.</summary>
    private const double SparedShare = 1.4;

    /// <summary>What a decoder makes of each further thread, as measured.</summary>
    private const double ThreadsShare = 0.85;

    /// <summary>As many as there are cores, or one whose decoder has all of them, whichever is faster.</summary>
    /// <param name="groups">What each target of each group costs beyond the one before it, in packets.</param>
    /// <param name="cores">Cores there are.</param>
    /// <param name="spares">Whether a decoder of one thread has less to do.</param>
    public static int WorkersFor(IReadOnlyList<IReadOnlyList<long>> groups, int cores, bool spares)
    {
        if (groups.Count == 0) return 0;
        var workers = Math.Min(cores, groups.Count);
        var threads = ThreadsFor(workers, cores);
        var each = threads > 1 ? 1 + ((threads - 1) * ThreadsShare) : spares ? SparedShare : 1;
        return SpeedOf(groups, workers) * each < 1 + ((cores - 1) * ThreadsShare) ? 1 : workers;
    }

    /// <summary>Threads of each worker's decoder: no core is left without work.</summary>
    public static int ThreadsFor(int workers, int cores) => (cores + workers - 1) / workers;

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

    /// <summary>How many times as fast as one worker so many are.</summary>
    internal static double SpeedOf(IReadOnlyList<IReadOnlyList<long>> groups, int workers)
    {
        var free = new double[workers];
        var left = Enumerable.Range(0, workers).Select(_ => new Queue<double>()).ToArray();
        var (collected, work) = (0.0, 0L);
        foreach (var group in groups)
        {
            var worker = Array.IndexOf(free, free.Min());
            var now = free[worker];
            foreach (var cost in group)
            {
                work += cost;
                now += cost;
                collected = Math.Max(now, collected);
                // The next one is begun once there is room for this one.
                left[worker].Enqueue(collected);
                if (left[worker].Count > AheadMax) now = Math.Max(now, left[worker].Dequeue());
            }

            free[worker] = now;
        }

        return collected > 0 ? work / collected : workers;
    }
}
