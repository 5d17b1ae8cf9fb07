using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fotograma.Data;

/// <summary>What a failed write says about the unique index that stood in its way.</summary>
public static class UniqueIndexes
{
    private const int SqliteUnique = 2067;
    private const int SqlitePrimaryKey = 1555;

    /// <summary>
    /// Words that name the index or its columns when the write failed because the values are there already; null when it failed for any other reason. Column names
    /// can be looked for in them.
    /// </summary>
    public static string? TakenIndex(this DbUpdateException exception) => exception.InnerException switch
    {
        SqliteException { SqliteExtendedErrorCode: SqliteUnique or SqlitePrimaryKey } violation => violation.Message,
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } violation => violation.ConstraintName ?? "",
        _ => null,
    };
}
