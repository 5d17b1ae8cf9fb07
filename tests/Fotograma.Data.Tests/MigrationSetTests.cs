using System.Reflection;
using Fotograma.Auth;
using Fotograma.Data.Schema;
using Fotograma.Jobs;
using Fotograma.Messaging;
using Fotograma.Notify;
using Fotograma.Peers.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql;

namespace Fotograma.Data.Tests;

/// <summary>The two sets of migrations that every context of the product has.</summary>
public sealed class MigrationSetTests
{
    private static readonly Assembly[] Assemblies = [typeof(AuthModule).Assembly, typeof(JobsRegistration).Assembly, typeof(NotifyModule).Assembly, typeof(MessagingRegistration).Assembly];

    // The first of each set: databases out there were made by them, so they keep their ids for ever.
    private static readonly Dictionary<string, string> FirstOnSqlite = new()
    {
        ["AuthDb"] = "20261122152305_Initial",
        ["LedgerDb"] = "20261122151815_Initial",
        ["NotifyDb"] = "20261122153418_Initial",
        ["BusDb"] = "20261122152512_Initial",
    };

    public static TheoryData<string, string> Sets => [.. FirstOnSqlite.Keys.SelectMany(context => new[] { (context, "sqlite"), (context, "postgres") })];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_context_is_held_to_the_rules() => Factories().Keys.ShouldBe(FirstOnSqlite.Keys, ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_set_ends_where_the_model_is(string context, string provider)
    {
        using var db = Make(context, provider);
        db.Database.GetMigrations().ShouldNotBeEmpty();
        db.Database.HasPendingModelChanges().ShouldBeFalse($"Add a migration for {provider}.");
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_set_has_migrations_of_its_own_database_only(string context, string provider)
    {
        using var db = Make(context, provider);
        var migrations = db.GetService<IMigrationsAssembly>();
        migrations.Migrations.Values.ShouldAllBe(type => type.Namespace!.EndsWith($".Migrations.{provider}", StringComparison.OrdinalIgnoreCase));
        migrations.ModelSnapshot!.GetType().Namespace!.ShouldEndWith($".Migrations.{provider}", Case.Insensitive);
        if (provider == "sqlite") migrations.Migrations.Keys.First().ShouldBe(FirstOnSqlite[context]);
        else migrations.Migrations.Keys.ShouldNotContain(FirstOnSqlite[context]);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Migrations_only_add_unless_their_names_say_otherwise(string context, string provider)
    {
        using var db = Make(context, provider);
        var migrations = db.GetService<IMigrationsAssembly>();
        var own = new HashSet<string>();
        foreach (var (id, type) in migrations.Migrations.Where(migration => !ModuleSchema.IsBreaking(migration.Key)))
        {
            foreach (var operation in migrations.CreateMigration(type, db.Database.ProviderName!).UpOperations)
            {
                if (operation is CreateTableOperation made) own.Add($"{id} {made.Name}");
                var problem = TakesAway(operation, table => own.Contains($"{id} {table}"));
                problem.ShouldBeNull($"{id} of {context} on {provider}: the version before cannot work on its schema. Add only, or name it {ModuleSchema.BreakingPrefix}….");
            }
        }
    }

    [Theory]
    [InlineData("AuthDb")]
    [InlineData("LedgerDb")]
    [InlineData("NotifyDb")]
    [InlineData("BusDb")]
    public async Task The_set_for_postgres_makes_the_tables_of_the_model(string context)
    {
        await using var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        var connection = await room.CreateAsync("module");
        await using var db = Make(context, "postgres");
        db.Database.SetConnectionString(connection);
        await db.Database.MigrateAsync(Cancellation);
        var found = await room.Server.AskAsync("SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '__EFMigrationsHistory'", room.Prefix + "module");
        found.ShouldBe(db.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties().Select(property => (object)$"{entity.GetTableName()}.{property.GetColumnName()}")), ignoreOrder: true);
        NpgsqlConnection.ClearPool((NpgsqlConnection)db.Database.GetDbConnection());
    }

    private static string? TakesAway(MigrationOperation operation, Func<string, bool> isNew) => operation switch
    {
        CreateTableOperation or SqlOperation or InsertDataOperation => null,
        AddColumnOperation column when column.IsNullable || column.DefaultValue is not null || column.DefaultValueSql is not null => null,
        CreateIndexOperation index when !index.IsUnique || isNew(index.Table) => null,
        DropIndexOperation => null,
        _ => operation.GetType().Name,
    };

    private static DbContext Make(string context, string provider)
    {
        var factory = Factories()[context];
        var made = factory.GetMethod(nameof(IDesignTimeDbContextFactory<DbContext>.CreateDbContext))!.Invoke(Activator.CreateInstance(factory, nonPublic: true), [new[] { "--provider", provider }]);
        return (DbContext)made!;
    }

    private static Dictionary<string, Type> Factories() => Assemblies.SelectMany(assembly => assembly.GetTypes())
        .Select(type => (Type: type, Makes: type.GetInterfaces().FirstOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IDesignTimeDbContextFactory<>))))
        .Where(found => found.Makes is not null)
        .ToDictionary(found => found.Makes!.GetGenericArguments()[0].Name, found => found.Type);
}
