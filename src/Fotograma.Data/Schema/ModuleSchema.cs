namespace Fotograma.Data.Schema;

/// <summary>
/// The schema of one module's database. Migrations only add, so that the version before goes on working on the schema of the version after; one that takes something
/// away is named <c>Breaking…</c>, and a version that does not know it refuses to work on its schema.
/// </summary>
public abstract class ModuleSchema(string module)
{
    /// <summary>How the names of migrations begin that older versions cannot live with.</summary>
    public const string BreakingPrefix = "Breaking";

    // 20261122152305_Initial
    private const int StampLength = 15;

    /// <summary>The module whose database it is.</summary>
    public string Module { get; } = module;

    /// <summary>Makes the database if it may, and applies what is missing. Several processes may do that at once: one does, the others wait for it.</summary>
    /// <exception cref="SchemaException">It cannot be done, for a reason that an operator can do something about.</exception>
    public abstract Task<SchemaChange> MigrateAsync(CancellationToken cancellation);

    /// <summary>Compares the database with this version of the program.</summary>
    public abstract Task<SchemaState> ReadAsync(CancellationToken cancellation);

    /// <summary>Refuses to work on a schema that a newer version changed in a way that this one cannot live with.</summary>
    protected void RefuseBreaking(SchemaState state)
    {
        if (state.Breaking is { } breaking)
            throw new SchemaException($"The database of {Module} was migrated by a newer version of Fotograma ({breaking}), on which this version cannot work. Run the newer version, or restore a backup.");
    }

    /// <summary>Tells what is applied from what is known.</summary>
    protected static SchemaState Compare(bool exists, IReadOnlyList<string> known, IReadOnlyList<string> applied) =>
        new(exists, [.. known.Except(applied, StringComparer.Ordinal)], [.. applied.Except(known, StringComparer.Ordinal)]);

    /// <summary>Whether older versions cannot live with a migration.</summary>
    public static bool IsBreaking(string migration) =>
        migration.Length > StampLength && migration.AsSpan(StampLength).StartsWith(BreakingPrefix, StringComparison.Ordinal);
}

/// <summary>How a database compares with this version of the program.</summary>
/// <param name="Exists">Whether there is a database.</param>
/// <param name="Pending">Migrations that are to be applied.</param>
/// <param name="Newer">Migrations that a newer version applied and this one does not know.</param>
public sealed record SchemaState(bool Exists, IReadOnlyList<string> Pending, IReadOnlyList<string> Newer)
{
    /// <summary>A migration that this version does not know and cannot live with.</summary>
    public string? Breaking => Newer.FirstOrDefault(ModuleSchema.IsBreaking);
}

/// <summary>What bringing a schema up to date came to.</summary>
/// <param name="Created">Whether the database was made.</param>
/// <param name="Applied">The migrations that were applied.</param>
/// <param name="Newer">Migrations that a newer version applied and this one does not know.</param>
public sealed record SchemaChange(bool Created, IReadOnlyList<string> Applied, IReadOnlyList<string> Newer);

/// <summary>A database that this process cannot work on; the message is for the operator.</summary>
public sealed class SchemaException : Exception
{
    /// <summary>With a sentence that says what to do.</summary>
    public SchemaException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
