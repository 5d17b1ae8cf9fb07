using Fotograma.Data;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>
/// The claim on PostgreSQL. It reads no more rows than there are owners with waiting jobs and jobs that run, all from the index over state and owner, and takes the first
/// row that nobody else has locked.
/// </summary>
internal static class PostgresClaim
{
    /// <summary>The statement; its parameters are the worker's name and the lease in milliseconds.</summary>
    public static string Sql(PostgresTime time) =>
        $$"""
        WITH RECURSIVE moment AS MATERIALIZED (SELECT {{time.Milliseconds}} AS now),
        -- The owners with waiting jobs, one step through the index for each, however many jobs they have.
        owners AS (
            (SELECT "OwnerId" AS owner FROM jobs WHERE "State" = 'pending' ORDER BY "OwnerId" LIMIT 1)
            UNION ALL
            SELECT (SELECT job."OwnerId" FROM jobs job WHERE job."State" = 'pending' AND job."OwnerId" > owners.owner ORDER BY job."OwnerId" LIMIT 1)
            FROM owners WHERE owners.owner IS NOT NULL
        ),
        running AS (SELECT "OwnerId" AS owner, count(*) AS jobs FROM jobs WHERE "State" = 'processing' GROUP BY "OwnerId"),
        ranked AS MATERIALIZED (
            SELECT owners.owner, coalesce(turn."LastClaimAt", 0) AS last
            FROM owners LEFT JOIN running ON running.owner = owners.owner LEFT JOIN turns turn ON turn."OwnerId" = owners.owner
            WHERE owners.owner IS NOT NULL
            ORDER BY coalesce(running.jobs, 0), last, owners.owner
        ),
        -- Claims at the same moment tell owners apart by the lock on their turns: an owner who is being served is passed over.
        alone AS MATERIALIZED (
            SELECT waiting."Id" FROM ranked
            CROSS JOIN LATERAL (
                SELECT turn."OwnerId" FROM turns turn WHERE turn."OwnerId" = ranked.owner AND turn."LastClaimAt" = ranked.last FOR UPDATE SKIP LOCKED
            ) AS turn
            CROSS JOIN LATERAL (
                SELECT job."Id" FROM jobs job
                WHERE job."State" = 'pending' AND job."OwnerId" = turn."OwnerId" AND job."NextRunAt" <= (SELECT now FROM moment)
                ORDER BY job."Id" LIMIT 1 FOR UPDATE SKIP LOCKED
            ) AS waiting
            LIMIT 1
        ),
        -- When all of them are being served, several jobs of one owner begin at once.
        picked AS MATERIALIZED (
            SELECT "Id" FROM alone
            UNION ALL
            (SELECT waiting."Id" FROM ranked
            CROSS JOIN LATERAL (
                SELECT job."Id" FROM jobs job
                WHERE job."State" = 'pending' AND job."OwnerId" = ranked.owner AND job."NextRunAt" <= (SELECT now FROM moment)
                ORDER BY job."Id" LIMIT 1 FOR UPDATE SKIP LOCKED
            ) AS waiting
            WHERE NOT EXISTS (SELECT FROM alone)
            LIMIT 1)
        ),
        claimed AS (
            UPDATE jobs job SET
                "State" = 'processing', "Attempt" = job."Attempt" + 1, "Epoch" = job."Epoch" + 1, "LeaseOwner" = {0}, "LeaseUntil" = moment.now + {1},
                "StartedAt" = moment.now, "Percent" = 0, "FramesDone" = 0, "FramesExpected" = NULL, "Speed" = NULL, "EtaSeconds" = NULL,
                "Revision" = job."Revision" + 1
            FROM picked, moment WHERE job."Id" = picked."Id"
            RETURNING job.*
        ),
        -- A turn that another claim holds is being written by that claim, and need not be waited for.
        turned AS (
            UPDATE turns SET "LastClaimAt" = moment.now FROM moment
            WHERE turns."OwnerId" = (SELECT turn."OwnerId" FROM turns turn JOIN claimed ON turn."OwnerId" = claimed."OwnerId" FOR UPDATE OF turn SKIP LOCKED)
        )
        SELECT * FROM claimed
        """;
}
