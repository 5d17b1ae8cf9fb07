using Fotograma.Data;
using Fotograma.Messages;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>
/// The acceptance of a video on PostgreSQL: the video, its job, the owner's turn and the events, all of them or, where the video's id is known already, none.
/// </summary>
internal static class PostgresAccept
{
    /// <summary>The statement, which answers with the time at which the job is due, and with nothing where the id is known.</summary>
    public static string Sql(PostgresTime time) =>
        $"""
        WITH moment AS MATERIALIZED (SELECT {time.Milliseconds} AS now),
        video AS (
            INSERT INTO videos ("Id", "OwnerId", "Name", "Bytes", "Sha256", "Container", "SourceKey", "CreatedAt", "CurrentJobId")
            VALUES (@video, @owner, @name, @bytes, @sha256, @container, @source, @created, @job)
            ON CONFLICT ("Id") DO NOTHING RETURNING "Id"
        ),
        job AS (
            INSERT INTO jobs ("Id", "VideoId", "OwnerId", "Options", "CreatedAt", "State", "Attempt", "Epoch", "NextRunAt", "Percent", "FramesDone", "Warnings", "Revision", "TraceParent", "TraceState")
            SELECT @job, video."Id", @owner, @options, @created, @state, 0, 0, moment.now, 0, 0, @warnings, @revision, @trace, @state_of_trace FROM video, moment
        ),
        -- So that claims have something to tell owners apart by.
        turn AS (INSERT INTO turns ("OwnerId", "LastClaimAt") SELECT @owner, 0 FROM video ON CONFLICT DO NOTHING),
        told AS (
            INSERT INTO outbox ("EventId", "Body")
            SELECT happened.id, happened.body FROM video, unnest(@events, @bodies) WITH ORDINALITY AS happened (id, body, position) ORDER BY happened.position
        )
        SELECT moment.now FROM moment, video
        """;

    public static (string, object?)[] Values(VideoRow video, JobRow job, IReadOnlyList<CloudEvent> events) =>
    [
        ("video", video.Id), ("owner", video.OwnerId), ("name", video.Name), ("bytes", video.Bytes), ("sha256", video.Sha256), ("container", video.Container),
        ("source", video.SourceKey), ("created", video.CreatedAt.ToUnixTimeMilliseconds()), ("job", job.Id), ("options", job.Options), ("state", job.State),
        ("warnings", job.Warnings), ("revision", job.Revision), ("trace", job.TraceParent), ("state_of_trace", job.TraceState), ("events", events.Select(happened => happened.Id).ToArray()),
        ("bodies", events.Select(happened => happened.ToJson()).ToArray()),
    ];
}
