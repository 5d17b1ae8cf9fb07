using Fotograma.Auth.Accounts;
using Fotograma.Data;
using Fotograma.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Auth.Storage;

/// <summary>The auth module's database.</summary>
internal sealed class AuthDb(DbContextOptions<AuthDb> options) : DbContext(options)
{
    public DbSet<Account> Accounts => Set<Account>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.StoreTimesAsUnixMilliseconds();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasOutbox();
        modelBuilder.Entity<Account>(account =>
        {
            account.ToTable("accounts");
            account.HasKey(a => a.Id);
            account.Property(a => a.Email).HasMaxLength(EmailAddress.CharactersMax);
            account.Property(a => a.EmailKey).HasMaxLength(EmailAddress.CharactersMax);
            account.Property(a => a.Username).HasMaxLength(Username.CharactersMax);
            account.Property(a => a.UsernameKey).HasMaxLength(Username.CharactersMax);
            account.Property(a => a.Name).HasMaxLength(PersonName.CharactersMax);
            account.Property(a => a.Revision).IsConcurrencyToken();
            account.HasIndex(a => a.EmailKey).IsUnique();
            account.HasIndex(a => a.UsernameKey).IsUnique();
        });
    }
}
