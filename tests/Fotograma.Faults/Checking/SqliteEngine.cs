using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Fotograma.Faults.Checking;

/// <summary>A ledger in SQLite files that several processes share.</summary>
internal sealed class SqliteEngine(string folder) : SqlEngine
{
    public override string Witness => """
        CREATE TABLE IF NOT EXISTS witnessed (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)), job TEXT NOT NULL, before TEXT NOT NULL,
            after TEXT NOT NULL, worker TEXT, epoch INTEGER NOT NULL, prefix TEXT);
        CREATE TRIGGER IF NOT EXISTS witness_came AFTER INSERT ON jobs BEGIN
            INSERT INTO witnessed (job, before, after, worker, epoch, prefix) VALUES (NEW."Id", 'nothing', NEW."State", NEW."LeaseOwner", NEW."Epoch", NEW."ResultPrefix");
        END;
        CREATE TRIGGER IF NOT EXISTS witness_went AFTER DELETE ON jobs BEGIN
            INSERT INTO witnessed (job, before, after, worker, epoch, prefix) VALUES (OLD."Id", OLD."State", 'nothing', OLD."LeaseOwner", OLD."Epoch", OLD."ResultPrefix");
        END;
        CREATE TRIGGER IF NOT EXISTS witness_changed AFTER UPDATE ON jobs WHEN OLD."State" IS NOT NEW."State" OR OLD."State" IN ('completed', 'failed', 'cancelled') BEGIN
            INSERT INTO witnessed (job, before, after, worker, epoch, prefix)
            VALUES (NEW."Id", OLD."State", NEW."State", COALESCE(NEW."LeaseOwner", OLD."LeaseOwner"), NEW."Epoch", NEW."ResultPrefix");
        END;
        CREATE TABLE IF NOT EXISTS witnessed_events (seq INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL);
        CREATE TRIGGER IF NOT EXISTS witness_told AFTER INSERT ON outbox BEGIN
            INSERT INTO witnessed_events (body) VALUES (NEW."Body");
        END;
        """;

    public override async Task<DbConnection> OpenAsync(Database database, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, database == Database.Ledger ? "video.db" : "notify.db");
        var db = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ConnectionString);
        await db.OpenAsync(cancellation);
        return db;
    }

    public override DateTimeOffset Moment(DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
