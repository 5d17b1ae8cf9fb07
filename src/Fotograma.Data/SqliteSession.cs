using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Fotograma.Data;

/// <summary>
/// Prepares every connection: write-ahead log (readers never wait for the writer), a busy timeout inside SQLite itself, foreign keys, and full
/// synchronisation, because a commit is the moment at which a person was told "accepted".
/// </summary>
internal sealed class SqliteSession(SqliteOptions options) : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Prepare(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Prepare(connection);
        return Task.CompletedTask;
    }

    private void Prepare(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        var synchronous = options.SurvivePowerLoss ? "FULL" : "NORMAL";
        command.CommandText =
            $"PRAGMA busy_timeout={options.BusyTimeoutSeconds * 1000}; PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA foreign_keys=ON;";
        command.ExecuteNonQuery();
    }
}
