using System.Data.Common;
using Npgsql;

namespace Fotograma.Faults.Checking;

/// <summary>A ledger in PostgreSQL.</summary>
/// <param name="ledger">The connection string of the ledger.</param>
/// <param name="notices">That of the log of notifications.</param>
internal sealed class PostgresEngine(string ledger, string notices) : SqlEngine
{
    public override string Witness => """
        SELECT "Body" FROM outbox LIMIT 0;
        CREATE TABLE IF NOT EXISTS witnessed (
            seq bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), job uuid NOT NULL, before text NOT NULL, after text NOT NULL, worker text,
            epoch bigint NOT NULL, prefix text);
        CREATE OR REPLACE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                INSERT INTO witnessed (job, before, after, worker, epoch, prefix) VALUES (NEW."Id", 'nothing', NEW."State", NEW."LeaseOwner", NEW."Epoch", NEW."ResultPrefix");
            ELSIF TG_OP = 'DELETE' THEN
                INSERT INTO witnessed (job, before, after, worker, epoch, prefix) VALUES (OLD."Id", OLD."State", 'nothing', OLD."LeaseOwner", OLD."Epoch", OLD."ResultPrefix");
            ELSE
                INSERT INTO witnessed (job, before, after, worker, epoch, prefix)
                VALUES (NEW."Id", OLD."State", NEW."State", COALESCE(NEW."LeaseOwner", OLD."LeaseOwner"), NEW."Epoch", NEW."ResultPrefix");
            END IF;
            RETURN NULL;
        END $$;
        CREATE OR REPLACE TRIGGER witness_came AFTER INSERT OR DELETE ON jobs FOR EACH ROW EXECUTE FUNCTION witness();
        CREATE OR REPLACE TRIGGER witness_changed AFTER UPDATE ON jobs FOR EACH ROW
        WHEN (OLD."State" IS DISTINCT FROM NEW."State" OR OLD."State" IN ('completed', 'failed', 'cancelled')) EXECUTE FUNCTION witness();
        CREATE TABLE IF NOT EXISTS witnessed_events (seq bigserial PRIMARY KEY, body bytea NOT NULL);
        CREATE OR REPLACE FUNCTION witness_event() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO witnessed_events (body) VALUES (NEW."Body");
            RETURN NULL;
        END $$;
        CREATE OR REPLACE TRIGGER witness_told AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION witness_event();
        """;

    public override string AsksForTime => "SELECT clock_timestamp()";

    public override async Task<DbConnection> OpenAsync(Database database, CancellationToken cancellation)
    {
        var db = new NpgsqlConnection($"{(database == Database.Ledger ? ledger : notices)};Pooling=false");
        await db.OpenAsync(cancellation);
        return db;
    }

    public override DateTimeOffset Moment(DbDataReader row, int column) => row.GetFieldValue<DateTimeOffset>(column);
}
