namespace Fotograma.Peers.Faults;

/// <summary>What a <see cref="FaultProxy"/> does to connections.</summary>
public abstract record Fault
{
    private Fault()
    {
    }

    /// <summary>Everything passes.</summary>
    public static Fault None { get; } = new Pass();

    /// <summary>Everything passes.</summary>
    public sealed record Pass : Fault;

    /// <summary>Every byte comes later by so much, in both directions; the throughput stays.</summary>
    public sealed record Latency(TimeSpan Delay) : Fault;

    /// <summary>So many bytes a second for each direction of each connection.</summary>
    public sealed record Bandwidth(int BytesPerSecond) : Fault;

    /// <summary>Connections stay open and are accepted, and nothing passes. What was sent meanwhile arrives when the fault is over, as after a broken cable.</summary>
    public sealed record Blackhole : Fault;

    /// <summary>Connections are reset (RST): those that are open at once, new ones as soon as they are made.</summary>
    public sealed record Reset : Fault;

    /// <summary>New connections are refused, as when nobody listens. Open ones go on.</summary>
    public sealed record Refuse : Fault;

    /// <summary>A connection is cut when so many further bytes passed, both directions together.</summary>
    public sealed record CutAfter(long Bytes) : Fault;

    /// <summary>
    /// Requests arrive and are executed, and the answers are lost. With <paramref name="Cut"/> the connection is reset when the first answer is lost; without it, it
    /// stays open and silent from then on, even when the fault is over: what was lost of a stream of bytes does not come later. With <see cref="Share"/> that happens to so many of the
    /// answers, each by itself, drawn from <see cref="Chance"/>.
    /// </summary>
    public sealed record LoseReplies(bool Cut) : Fault
    {
        private readonly Lock drawing = new();

        /// <summary>How many of the answers are lost, from 0 to 1.</summary>
        public double Share { get; init; } = 1;

        /// <summary>What the answers that are lost are drawn from.</summary>
        public Random? Chance { get; init; }

        internal bool Strikes()
        {
            if (Chance is null) return true;
            lock (drawing) return Chance.NextDouble() < Share;
        }
    }
}
