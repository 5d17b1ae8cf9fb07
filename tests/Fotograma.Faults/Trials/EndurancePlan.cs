using System.Globalization;

namespace Fotograma.Faults.Trials;

/// <summary>How much goes wrong during one long load.</summary>
/// <param name="Jobs">Videos uploaded.</param>
/// <param name="WorkerKills">Workers killed (SIGKILL) at random moments.</param>
/// <param name="BrokerKills">Times the broker is killed.</param>
/// <param name="DatabaseStops">Times PostgreSQL is stopped at once.</param>
/// <param name="LeaseSeconds">How long a worker may be silent before its jobs are another's, in seconds. Everything else that they do in time goes by it, as shipped.</param>
/// <param name="Ledger">Where jobs and notifications are kept. Only PostgreSQL is stopped.</param>
internal sealed record EndurancePlan(int Jobs, int WorkerKills, int BrokerKills, int DatabaseStops, int LeaseSeconds = 10, LedgerKind Ledger = LedgerKind.Database)
{
    // As shipped, with leases of half a minute.
    private const int LeaseSecondsShipped = 30, HeartbeatMilliseconds = 1000, RescueMilliseconds = 5000, PollMilliseconds = 2000;

    /// <summary>For so long a worker has served that is taken for ready to take others' jobs over.</summary>
    public double ReadySeconds => LeaseSeconds / 2.0;

    /// <summary>How long anybody waits for what a death should meet.</summary>
    public TimeSpan SoonMax => TimeSpan.FromSeconds(2 * LeaseSeconds);

    /// <summary>What processes are told of it.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["Jobs__LeaseSeconds"] = LeaseSeconds.ToString(CultureInfo.InvariantCulture),
        ["Worker__HeartbeatMilliseconds"] = Share(HeartbeatMilliseconds),
        ["Jobs__RescueMilliseconds"] = Share(RescueMilliseconds),
        ["Worker__PollMilliseconds"] = Share(PollMilliseconds),
    };

    private string Share(int milliseconds) => (milliseconds * LeaseSeconds / LeaseSecondsShipped).ToString(CultureInfo.InvariantCulture);
}

/// <summary>Whom the deaths met. Those that met nobody prove nothing.</summary>
internal sealed class Encounters(EndurancePlan plan)
{
    private int workers;
    private int jobs;
    private int brokers;
    private int databases;

    /// <summary>Workers that nobody had killed.</summary>
    public int EndedThemselves { get; set; }

    /// <summary>What is to be printed.</summary>
    public string Sentence =>
        $"{workers} of {plan.WorkerKills} killed workers had jobs in hand, {jobs} in all; {brokers} of {plan.BrokerKills} kills of the broker and {databases} of {plan.DatabaseStops} stops of PostgreSQL came while jobs were open; "
        + $"{EndedThemselves} workers ended by themselves and were started again";

    /// <summary>A worker was killed with so many jobs in hand.</summary>
    public void Worker(int inHand)
    {
        if (inHand > 0) workers++;
        jobs += inHand;
    }

    /// <summary>The broker was killed while so many jobs were open.</summary>
    public void Broker(long open) => brokers += open > 0 ? 1 : 0;

    /// <summary>The database was stopped while so many jobs were open.</summary>
    public void Database(long open) => databases += open > 0 ? 1 : 0;

    /// <summary>Why the run proves too little, if it does.</summary>
    public IEnumerable<string> Problems()
    {
        if (workers * 2 < plan.WorkerKills) yield return $"Only {workers} of {plan.WorkerKills} killed workers had a job in hand; at least half of them must.";
        if (brokers < plan.BrokerKills) yield return $"Only {brokers} of {plan.BrokerKills} kills of the broker came while jobs were open.";
        if (databases < plan.DatabaseStops) yield return $"Only {databases} of {plan.DatabaseStops} stops of PostgreSQL came while jobs were open.";
    }
}
