using Fotograma.Data;
using Fotograma.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Ledger;

/// <summary>The database of videos and jobs, which the modules video and worker both write to.</summary>
internal sealed class LedgerDb(DbContextOptions<LedgerDb> options) : DbContext(options)
{
    /// <summary>Jobs that have lost workers. A statement must say it in these words for either database to look into the index.</summary>
    public const string HasLosses = "\"Losses\" > 0";

    public DbSet<VideoRow> Videos => Set<VideoRow>();

    public DbSet<JobRow> Jobs => Set<JobRow>();

    public DbSet<TurnRow> Turns => Set<TurnRow>();

    public DbSet<TrashRow> Trash => Set<TrashRow>();

    public DbSet<InstallationRow> Installation => Set<InstallationRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.StoreTimesAsUnixMilliseconds();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasOutbox();
        modelBuilder.Entity<VideoRow>(video =>
        {
            video.ToTable("videos");
            video.Property(v => v.Name).HasMaxLength(255);
            video.HasIndex(v => new { v.OwnerId, v.Id });
        });
        modelBuilder.Entity<JobRow>(job =>
        {
            job.ToTable("jobs");
            // Versions that know nothing of it write rows without it.
            job.Property(j => j.Losses).HasDefaultValue(0);
            job.Property(j => j.Shortages).HasDefaultValue(0);
            job.HasOne(j => j.Video).WithMany().HasForeignKey(j => j.VideoId).OnDelete(DeleteBehavior.Cascade);
            // NextRunAt is last so that looking for owners with due jobs reads this index alone.
            job.HasIndex(j => new { j.State, j.OwnerId, j.Id, j.NextRunAt });
            job.HasIndex(j => new { j.State, j.LeaseUntil });
            // Almost empty: whether a job waits to run alone is asked often, and shall not cost more where many others wait.
            job.HasIndex(j => new { j.State, j.NextRunAt }).HasFilter(HasLosses);
            job.HasIndex(j => new { j.OwnerId, j.Id });
        });
        modelBuilder.Entity<TurnRow>().ToTable("turns").HasKey(turn => turn.OwnerId);
        modelBuilder.Entity<TrashRow>(trash =>
        {
            trash.ToTable("trash");
            trash.HasIndex(t => t.NotBefore);
        });
        modelBuilder.Entity<InstallationRow>(installation =>
        {
            installation.ToTable("installation");
            installation.Property(i => i.Id).ValueGeneratedNever();
        });
    }
}
