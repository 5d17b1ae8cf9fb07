using Fotograma.Kernel.Errors;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Fotograma.Data;

/// <summary>Tells a database that is away, or that takes no more, from everything else that can go wrong with a statement.</summary>
internal static class DatabaseOutage
{
    // https://www.sqlite.org/rescode.html: BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL.
    private static readonly int[] SqliteAway = [5, 6, 7, 8, 10, 13, 14, 15];

    // Classes of https://www.postgresql.org/docs/current/errcodes-appendix.html: connection exceptions, refused sign-ins, no such database, lack of resources, the operator's intervention, errors of the system.
    private static readonly string[] PostgresAway = ["08", "28", "3D", "53", "57", "58", PostgresErrorCodes.ReadOnlySqlTransaction];

    /// <summary>What an exception, or whatever caused it, means to a caller: 503 while the database is away; null for anything else.</summary>
    public static Error? MeaningOf(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (IsAway(cause)) return ErrorCatalogue.DatabaseUnavailable;
        }
        return null;
    }

    private static bool IsAway(Exception exception) => exception switch
    {
        SqliteException sqlite => SqliteAway.Contains(sqlite.SqliteErrorCode),
        PostgresException refused => refused.IsTransient || Array.Exists(PostgresAway, code => refused.SqlState.StartsWith(code, StringComparison.Ordinal)),
        NpgsqlException => true,
        _ => false,
    };
}
