using Fotograma.Kernel.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Data.Tests
{
    internal static class Notebook
    {
        public static Ids Ids { get; } = new(TimeProvider.System);
    }

    internal sealed class Note
    {
        public Guid Id { get; set; }

        public required DateTimeOffset WrittenAt { get; set; }

        public string? Title { get; set; }
    }

    /// <summary>A module's database as this version knows it.</summary>
    internal sealed class NoteDb(DbContextOptions<NoteDb> options) : DbContext(options)
    {
        public DbSet<Note> Notes => Set<Note>();

        protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.StoreTimesAsUnixMilliseconds();

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Note>().HasIndex(note => note.Title).IsUnique();
    }

    /// <summary>Something that writes as soon as it is started, as modules do.</summary>
    internal sealed class FirstWriter(IDbContextFactory<NoteDb> databases) : BackgroundService
    {
        public override async Task StartAsync(CancellationToken cancellationToken)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            db.Notes.Add(new Note { Id = Notebook.Ids.New(), WrittenAt = DateTimeOffset.UnixEpoch });
            await db.SaveChangesAsync(cancellationToken);
        }

        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }

    internal sealed class ColouredNote
    {
        public Guid Id { get; set; }

        public required DateTimeOffset WrittenAt { get; set; }

        public string? Title { get; set; }

        public required string Colour { get; set; }
    }

    /// <summary>The same module's database as the next version knows it.</summary>
    internal sealed class NewerNoteDb(DbContextOptions<NewerNoteDb> options) : DbContext(options)
    {
        public DbSet<ColouredNote> Notes => Set<ColouredNote>();

        protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.StoreTimesAsUnixMilliseconds();

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<ColouredNote>(note =>
        {
            note.ToTable("Notes");
            note.HasIndex(n => n.Title).IsUnique().HasDatabaseName("IX_Notes_Title");
            note.Property(n => n.Colour).HasDefaultValue("white");
        });
    }

    /// <summary>And as one of the far future knows it, which took something away.</summary>
    internal sealed class FarNoteDb(DbContextOptions<FarNoteDb> options) : DbContext(options);
}

namespace Fotograma.Data.Tests.Migrations.Sqlite
{
    [DbContext(typeof(NoteDb))]
    [Migration("20260101000000_Initial")]
    internal sealed class Initial : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """
            CREATE TABLE "Notes" ("Id" TEXT NOT NULL PRIMARY KEY, "WrittenAt" INTEGER NOT NULL, "Title" TEXT NULL);
            CREATE UNIQUE INDEX "IX_Notes_Title" ON "Notes" ("Title");
            """);

        protected override void BuildTargetModel(ModelBuilder modelBuilder)
        {
        }
    }

    [DbContext(typeof(NoteDb))]
    internal sealed class Snapshot : ModelSnapshot
    {
        protected override void BuildModel(ModelBuilder modelBuilder) => modelBuilder.Entity("Fotograma.Data.Tests.Note", note =>
        {
            note.ToTable("Notes");
            note.Property<Guid>("Id").ValueGeneratedOnAdd();
            note.Property<long>("WrittenAt");
            note.Property<string>("Title");
            note.HasKey("Id");
            note.HasIndex("Title").IsUnique();
        });
    }
}

namespace Fotograma.Data.Tests.Migrations.Postgres
{
    internal abstract class InitialBase : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """
            CREATE TABLE "Notes" ("Id" uuid NOT NULL PRIMARY KEY, "WrittenAt" bigint NOT NULL, "Title" text NULL);
            CREATE UNIQUE INDEX "IX_Notes_Title" ON "Notes" ("Title");
            """);

        protected override void BuildTargetModel(ModelBuilder modelBuilder)
        {
        }
    }

    [DbContext(typeof(NoteDb))]
    [Migration("20260102000000_Initial")]
    internal sealed class Initial : InitialBase;

    [DbContext(typeof(NewerNoteDb))]
    [Migration("20260102000000_Initial")]
    internal sealed class InitialOfTheNewer : InitialBase;

    [DbContext(typeof(NewerNoteDb))]
    [Migration("20270101000000_Colours")]
    internal sealed class Colours : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql("""ALTER TABLE "Notes" ADD COLUMN "Colour" text NOT NULL DEFAULT 'white'; CREATE TABLE "Pens" ("Id" uuid NOT NULL PRIMARY KEY)""");

        protected override void BuildTargetModel(ModelBuilder modelBuilder)
        {
        }
    }

    [DbContext(typeof(FarNoteDb))]
    [Migration("20280101000000_BreakingTitlesAreGone")]
    internal sealed class TitlesAreGone : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""ALTER TABLE "Notes" DROP COLUMN "Title" """);

        protected override void BuildTargetModel(ModelBuilder modelBuilder)
        {
        }
    }
}
