using System.Globalization;
using Fotograma.Faults.Checking;

namespace Fotograma.Faults.Catalogue;

/// <summary>Lets the database take its time with one kind of write, so that something can happen while it is under way: a death, or the loss of the connection.</summary>
internal static class SlowDown
{
    /// <summary>A job is given to a worker.</summary>
    public static readonly Moment Claims = new("claims", "AFTER UPDATE ON jobs", """OLD."State" = 'pending' AND NEW."State" = 'processing'""");

    /// <summary>A job ends with a result.</summary>
    public static readonly Moment Ends = new("ends", "AFTER UPDATE ON jobs", """OLD."State" = 'processing' AND NEW."State" = 'completed'""");

    /// <summary>A video is accepted.</summary>
    public static readonly Moment Acceptances = new("acceptances", "AFTER INSERT ON jobs", "true");

    /// <summary>From now on each such write takes so long.</summary>
    public static Task PlaceAsync(SqlTruth truth, Moment moment, TimeSpan length, CancellationToken cancellation) => truth.ExecuteAsync(
        $"""
        CREATE TABLE IF NOT EXISTS slowed (moment text PRIMARY KEY, seconds double precision NOT NULL);
        INSERT INTO slowed VALUES ('{moment.Name}', {length.TotalSeconds.ToString(CultureInfo.InvariantCulture)}) ON CONFLICT DO NOTHING;
        CREATE OR REPLACE FUNCTION slow_{moment.Name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_sleep(seconds) FROM slowed WHERE moment = '{moment.Name}';
            RETURN NULL;
        END $$;
        CREATE OR REPLACE TRIGGER slow_{moment.Name} {moment.When} FOR EACH ROW WHEN ({moment.Condition}) EXECUTE FUNCTION slow_{moment.Name}();
        """, cancellation);

    /// <summary>Ends that for writes that begin later; those that are under way take their time.</summary>
    public static Task EndAsync(SqlTruth truth, Moment moment, CancellationToken cancellation) => truth.ExecuteAsync($"DELETE FROM slowed WHERE moment = '{moment.Name}'", cancellation);

    /// <summary>Such writes that are under way.</summary>
    public static async Task<IReadOnlyList<Write>> UnderWayAsync(SqlTruth truth, CancellationToken cancellation) => await truth.ReadAsync(
        "SELECT client_port, backend_xid::text FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database() AND backend_xid IS NOT NULL",
        row => new Write(row.GetInt32(0), row.GetString(1)), cancellation);

    /// <summary>Whether a write that was under way took effect.</summary>
    public static async Task<bool> IsCommittedAsync(SqlTruth truth, Write write, CancellationToken cancellation) =>
        await truth.CountAsync($"SELECT count(*) FROM pg_xact_status('{write.Transaction}'::xid8) AS status WHERE status = 'committed'", cancellation) > 0;

    /// <summary>A write that is under way.</summary>
    /// <param name="Port">Where its connection comes from.</param>
    /// <param name="Transaction">Its transaction's number.</param>
    public sealed record Write(int Port, string Transaction);

    /// <summary>A kind of write to jobs.</summary>
    public sealed record Moment(string Name, string When, string Condition);
}
