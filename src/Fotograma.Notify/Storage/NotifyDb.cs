using Fotograma.Data;
using Fotograma.Notify.Contacts;
using Fotograma.Notify.Outcomes;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Notify.Storage;

/// <summary>The notify module's database.</summary>
internal sealed class NotifyDb(DbContextOptions<NotifyDb> options) : DbContext(options)
{
    public DbSet<Contact> Contacts => Set<Contact>();

    public DbSet<Notification> Notifications => Set<Notification>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.StoreTimesAsUnixMilliseconds();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Contact>(contact =>
        {
            contact.ToTable("contacts");
            contact.HasKey(c => c.UserId);
        });
        modelBuilder.Entity<Notification>(notification =>
        {
            notification.ToTable("notifications");
            notification.HasKey(n => n.Id);
            notification.HasIndex(n => new { n.JobId, n.Kind, n.Channel }).IsUnique();
            notification.HasIndex(n => new { n.OwnerId, n.CreatedAt });
            notification.HasIndex(n => new { n.State, n.DueAt });
        });
    }
}
