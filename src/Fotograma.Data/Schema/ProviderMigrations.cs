using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Fotograma.Data.Schema;

/// <summary>
/// The migrations of one context for one database: an assembly holds a set for SQLite and one for PostgreSQL, which differ in types and have histories of their own.
/// Which set a class belongs to is told by its namespace, <c>….Migrations.Sqlite</c> or <c>….Migrations.Postgres</c>.
/// </summary>
internal sealed class ProviderMigrations : IMigrationsAssembly
{
    private readonly IMigrationsIdGenerator ids;

    public ProviderMigrations(ICurrentDbContext current, IMigrationsIdGenerator ids)
    {
        this.ids = ids;
        var context = current.Context.GetType();
        var suffix = current.Context.Database.IsNpgsql() ? ".Migrations.Postgres" : ".Migrations.Sqlite";
        Assembly = context.Assembly;
        var ours = Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && type.Namespace?.EndsWith(suffix, StringComparison.Ordinal) == true
                && type.GetCustomAttribute<DbContextAttribute>()?.ContextType == context)
            .ToList();
        Migrations = ours.Where(type => type.IsAssignableTo(typeof(Migration)))
            .Select(type => (Id: type.GetCustomAttribute<MigrationAttribute>()?.Id, Type: type.GetTypeInfo()))
            .Where(found => found.Id is not null)
            .OrderBy(found => found.Id, StringComparer.Ordinal)
            .ToDictionary(found => found.Id!, found => found.Type);
        ModelSnapshot = ours.Where(type => type.IsAssignableTo(typeof(ModelSnapshot))).Select(type => (ModelSnapshot?)Make(type)).SingleOrDefault();
    }

    public IReadOnlyDictionary<string, TypeInfo> Migrations { get; }

    public ModelSnapshot? ModelSnapshot { get; }

    public Assembly Assembly { get; }

    public string? FindMigrationId(string nameOrId) => Migrations.Keys.FirstOrDefault(id =>
        string.Equals(ids.IsValidId(nameOrId) ? id : ids.GetName(id), nameOrId, StringComparison.OrdinalIgnoreCase));

    public Migration CreateMigration(TypeInfo migrationClass, string activeProvider)
    {
        var migration = (Migration)Make(migrationClass);
        migration.ActiveProvider = activeProvider;
        return migration;
    }

    private static object Make(Type type) => Activator.CreateInstance(type, nonPublic: true)!;
}
