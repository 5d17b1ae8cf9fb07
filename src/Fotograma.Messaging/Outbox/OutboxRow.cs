using Fotograma.Messages;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Messaging.Outbox;

/// <summary>An event that was committed together with the change that caused it and waits for the relay.</summary>
public sealed class OutboxRow
{
    /// <summary>Order of writing.</summary>
    public long Sequence { get; set; }

    /// <summary>The event's id; unique.</summary>
    public required Guid EventId { get; set; }

    /// <summary>The <see cref="CloudEvent"/> as JSON.</summary>
    public required byte[] Body { get; set; }

    /// <summary>The row of an event.</summary>
    public static OutboxRow Of(CloudEvent happened) => new() { EventId = happened.Id, Body = happened.ToJson() };

    /// <summary>Writes an event's row at once, in the context's transaction and beside what it tracks.</summary>
    public static Task WriteAsync(DbContext db, CloudEvent happened, CancellationToken cancellation) =>
        db.Database.ExecuteSqlAsync($"""INSERT INTO outbox ("EventId", "Body") VALUES ({happened.Id}, {happened.ToJson()})""", cancellation);
}

/// <summary>An event that could not be published though others could.</summary>
internal sealed class QuarantineRow
{
    /// <summary>Where it stood in the outbox.</summary>
    public long Sequence { get; set; }

    public required Guid EventId { get; set; }

    public required byte[] Body { get; set; }

    public required string Reason { get; set; }

    /// <summary>Since when, in Unix milliseconds.</summary>
    public required long At { get; set; }
}

/// <summary>Adds the outbox and its quarantine to a module's model.</summary>
public static class OutboxModel
{
    /// <summary>Call from <c>OnModelCreating</c>.</summary>
    public static void HasOutbox(this ModelBuilder model)
    {
        model.Entity<OutboxRow>(row =>
        {
            row.ToTable("outbox");
            row.HasKey(r => r.Sequence);
            row.Property(r => r.Sequence).ValueGeneratedOnAdd();
            row.HasIndex(r => r.EventId).IsUnique();
        });
        model.Entity<QuarantineRow>(row =>
        {
            row.ToTable("outbox_quarantine");
            row.HasKey(r => r.Sequence);
            row.Property(r => r.Sequence).ValueGeneratedNever();
        });
    }
}
