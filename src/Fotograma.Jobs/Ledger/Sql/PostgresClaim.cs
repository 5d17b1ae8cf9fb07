using System.Data.Common;
using Fotograma.Data;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>
/// The claim on PostgreSQL. It reads no more rows than there are owners with waiting jobs and jobs that run, all from the index over state and owner, and takes the first
/// row that nobody else has locked.
/// </summary>
internal static class PostgresClaim
{
    // Claims at the same moment tell owners apart by the lock on their turns: an owner who is being served is passed over.
    private const string FreeTurn =
        """
        CROSS JOIN LATERAL (
            SELECT turn."OwnerId" FROM turns turn WHERE turn."OwnerId" = ranked.owner AND turn."LastClaimAt" = ranked.last FOR UPDATE SKIP LOCKED
        ) AS turn
        """;

    private static readonly string OldestWanted = OldestDue("BETWEEN @losses_min AND @losses_max");
    private static readonly string OldestInCompany = OldestDue("< @alone");

    /// <summary>
    /// The statement; its parameters are the worker's name, how many jobs it wants at most, the lease in milliseconds, from how many lost workers on a job is given alone, and how many
    /// the first job may have lost. It answers with jobs and their videos.
    /// </summary>
    public static string Sql(PostgresTime time) =>
        $"""
        WITH RECURSIVE moment AS MATERIALIZED (SELECT {time.Milliseconds} AS now),
        -- The owners with waiting jobs, one step through the index for each, however many jobs they have.
        owners AS (
            (SELECT "OwnerId" AS owner FROM jobs WHERE "State" = 'pending' ORDER BY "OwnerId" LIMIT 1)
            UNION ALL
            SELECT (SELECT job."OwnerId" FROM jobs job WHERE job."State" = 'pending' AND job."OwnerId" > owners.owner ORDER BY job."OwnerId" LIMIT 1)
            FROM owners WHERE owners.owner IS NOT NULL
        ),
        running AS (SELECT "OwnerId" AS owner, count(*) AS jobs FROM jobs WHERE "State" = 'processing' GROUP BY "OwnerId"),
        ranked AS MATERIALIZED (
            SELECT owners.owner, coalesce(turn."LastClaimAt", 0) AS last, coalesce(running.jobs, 0) AS jobs,
                row_number() OVER (ORDER BY coalesce(running.jobs, 0), coalesce(turn."LastClaimAt", 0), owners.owner) AS place
            FROM owners LEFT JOIN running ON running.owner = owners.owner LEFT JOIN turns turn ON turn."OwnerId" = owners.owner
            WHERE owners.owner IS NOT NULL
            ORDER BY place
        ),
        foremost AS MATERIALIZED (
            SELECT waiting."Id", waiting."Losses" AS losses, ranked.jobs, ranked.place FROM ranked
            {FreeTurn}
            {OldestWanted}
            LIMIT 1
        ),
        -- Who wants more gets them from the owners who come next and have no more jobs running than the first: whoever claims one by one would be given the same. Nothing comes beside a job that must run alone.
        more AS MATERIALIZED (
            SELECT waiting."Id" FROM foremost JOIN ranked ON ranked.jobs = foremost.jobs AND ranked.place > foremost.place AND foremost.losses < @alone
            {FreeTurn}
            {OldestInCompany}
            LIMIT @most - 1
        ),
        -- When all of them are being served, several jobs of one owner begin at once.
        picked AS MATERIALIZED (
            SELECT "Id" FROM foremost
            UNION ALL
            SELECT "Id" FROM more
            UNION ALL
            (SELECT waiting."Id" FROM (SELECT owner AS "OwnerId" FROM ranked) AS turn
            {OldestWanted}
            WHERE NOT EXISTS (SELECT FROM foremost)
            LIMIT 1)
        ),
        claimed AS (
            UPDATE jobs job SET
                "State" = 'processing', "Attempt" = job."Attempt" + 1, "Epoch" = job."Epoch" + 1, "LeaseOwner" = @worker, "LeaseUntil" = moment.now + @duration,
                "StartedAt" = moment.now, "Percent" = 0, "FramesDone" = 0, "FramesExpected" = NULL, "Speed" = NULL, "EtaSeconds" = NULL,
                "Revision" = job."Revision" + 1
            FROM picked, moment WHERE job."Id" = picked."Id"
            RETURNING job.*
        ),
        -- A turn that another claim holds is being written by that claim, and need not be waited for.
        turned AS (
            UPDATE turns SET "LastClaimAt" = moment.now FROM moment
            WHERE turns."OwnerId" IN (SELECT turn."OwnerId" FROM turns turn JOIN claimed ON turn."OwnerId" = claimed."OwnerId" FOR UPDATE OF turn SKIP LOCKED)
        )
        SELECT claimed."Id", claimed."VideoId", claimed."OwnerId", claimed."Options", claimed."CreatedAt", claimed."Attempt", claimed."Epoch", claimed."LeaseOwner",
            claimed."LeaseUntil", claimed."NextRunAt", claimed."StartedAt", claimed."Revision", video."Name", video."Bytes", video."Sha256", video."Container",
            video."SourceKey", video."CreatedAt", video."CurrentJobId", claimed."TraceParent", claimed."Losses", claimed."Shortages", claimed."TraceState"
        FROM claimed JOIN videos video ON video."Id" = claimed."VideoId"
        """;

    /// <summary>The answer. What a claim sets to nothing is left at nothing.</summary>
    public static LedgerEntry Read(DbDataReader row)
    {
        var job = new JobRow
        {
            Id = row.GetGuid(0),
            VideoId = row.GetGuid(1),
            OwnerId = row.GetGuid(2),
            Options = row.GetString(3),
            CreatedAt = Time(row, 4),
            State = JobState.Processing,
            Attempt = row.GetInt32(5),
            Epoch = row.GetInt64(6),
            LeaseOwner = row.GetString(7),
            LeaseUntil = Time(row, 8),
            NextRunAt = Time(row, 9),
            StartedAt = Time(row, 10),
            Revision = row.GetInt64(11),
            TraceParent = row.IsDBNull(19) ? null : row.GetString(19),
            TraceState = row.IsDBNull(22) ? null : row.GetString(22),
            Losses = row.GetInt32(20),
            Shortages = row.GetInt32(21),
        };
        var video = new VideoRow
        {
            Id = job.VideoId,
            OwnerId = job.OwnerId,
            Name = row.GetString(12),
            Bytes = row.GetInt64(13),
            Sha256 = row.GetString(14),
            Container = row.GetString(15),
            SourceKey = row.GetString(16),
            CreatedAt = Time(row, 17),
            CurrentJobId = row.GetGuid(18),
        };
        return new LedgerEntry(video, job);
    }

    // Asked for the turn's owner, so that the turn is taken first.
    private static string OldestDue(string losses) =>
        $"""
        CROSS JOIN LATERAL (
            SELECT job."Id", job."Losses" FROM jobs job
            WHERE job."State" = 'pending' AND job."OwnerId" = turn."OwnerId" AND job."NextRunAt" <= (SELECT now FROM moment) AND job."Losses" {losses}
            ORDER BY job."Id" LIMIT 1 FOR UPDATE SKIP LOCKED
        ) AS waiting
        """;

    private static DateTimeOffset Time(DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
