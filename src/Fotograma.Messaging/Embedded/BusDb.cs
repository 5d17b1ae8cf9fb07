using Fotograma.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Fotograma.Messaging.Embedded;

/// <summary>The embedded transport's own database: who wants what, what waits, and what was given up.</summary>
internal sealed class BusDb(DbContextOptions<BusDb> options) : DbContext(options)
{
    public DbSet<QueuedEvent> Queue => Set<QueuedEvent>();

    public DbSet<BuriedEvent> DeadLetters => Set<BuriedEvent>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.StoreTimesAsUnixMilliseconds();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Interest>(interest =>
        {
            interest.ToTable("subscriptions");
            interest.HasKey(i => new { i.Type, i.GroupName });
        });
        modelBuilder.Entity<QueuedEvent>(queued =>
        {
            queued.ToTable("queue");
            queued.HasKey(q => q.Sequence);
            queued.Property(q => q.Sequence).ValueGeneratedOnAdd();
            queued.HasIndex(q => new { q.GroupName, q.EventId }).IsUnique();
            queued.HasIndex(q => new { q.GroupName, q.VisibleAt });
            queued.HasIndex(q => new { q.GroupName, q.Subject, q.Sequence });
        });
        modelBuilder.Entity<BuriedEvent>(buried =>
        {
            buried.ToTable("dead_letters");
            buried.HasKey(b => b.Sequence);
            buried.Property(b => b.Sequence).ValueGeneratedOnAdd();
            buried.HasIndex(b => new { b.GroupName, b.Sequence });
        });
    }
}

/// <summary>A group wants a type.</summary>
internal sealed class Interest
{
    public required string Type { get; set; }

    public required string GroupName { get; set; }
}

/// <summary>
/// An event that a group has yet to deal with. It may be claimed from <see cref="VisibleAt"/> on; <see cref="Token"/> names the claim it is under, and is empty while
/// it waits, be it for the first time or to be retried.
/// </summary>
internal sealed class QueuedEvent
{
    public long Sequence { get; set; }

    public required string GroupName { get; set; }

    public required Guid EventId { get; set; }

    public required string Subject { get; set; }

    public required byte[] Body { get; set; }

    public required DateTimeOffset VisibleAt { get; set; }

    public required int Deliveries { get; set; }

    public Guid? Token { get; set; }

    /// <summary>When it was claimed for the first time.</summary>
    public DateTimeOffset? FirstAt { get; set; }
}

/// <summary>An event that a group gave up.</summary>
internal sealed class BuriedEvent
{
    public long Sequence { get; set; }

    public required string GroupName { get; set; }

    public required byte[] Body { get; set; }

    public required string Reason { get; set; }

    public required DateTimeOffset At { get; set; }
}

/// <summary>Makes the context for the tool that writes migrations.</summary>
internal sealed class BusDbDesign : IDesignTimeDbContextFactory<BusDb>
{
    public BusDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<BusDb>();
        DatabaseRegistration.ConfigureForTools(options, args);
        return new BusDb(options.Options);
    }
}
