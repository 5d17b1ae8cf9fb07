using Fotograma.Kernel.Hosting;

namespace Fotograma.Data;

/// <summary>Which database the modules keep their rows in.</summary>
public sealed class DatabaseOptions : ICheckedOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Database";

    /// <summary>Files in the data folder, or a PostgreSQL server that several machines share.</summary>
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.Sqlite;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (!Enum.IsDefined(Provider)) yield return "Provider must be Sqlite or Postgres.";
    }
}

/// <summary>The databases that Fotograma speaks to by EF Core.</summary>
public enum DatabaseProvider
{
    /// <summary>One file for each module.</summary>
    Sqlite,

    /// <summary>One database for each module, on one server or on several.</summary>
    Postgres,
}
