using Fotograma.Auth.Accounts;
using Fotograma.Auth.Passwords;
using Fotograma.Auth.Storage;
using Fotograma.Data;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Fotograma.Auth.Registration;

/// <summary>Makes accounts. The account and the event that tells of it are one write; the unique indexes decide between simultaneous wishes.</summary>
internal sealed partial class Registrar(
    IDbContextFactory<AuthDb> databases, PasswordHasher hasher, Outbox<AuthDb> outbox, Ids ids, TimeProvider clock, ILogger<Registrar> log)
{
    /// <summary>Makes the account.</summary>
    /// <exception cref="FaultException">The e-mail address or user name is taken.</exception>
    public async Task<Account> RegisterAsync(NewAccount wish, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await RefuseTakenAsync(db, wish, cancellation);
        var account = Make(wish, await hasher.HashAsync(wish.Password, cancellation));
        db.Accounts.Add(account);
        outbox.Add(db, account.ToEvent());
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException exception) when (exception.TakenIndex() is not null)
        {
            throw Taken(exception.TakenIndex()!.Contains(nameof(Account.UsernameKey), StringComparison.Ordinal));
        }
        outbox.Wake();
        Steps.Reached(Steps.AccountMade);
        LogRegistered(account.Id);
        return account;
    }

    // Spares the costly hash when the answer is known already.
    private static async Task RefuseTakenAsync(AuthDb db, NewAccount wish, CancellationToken cancellation)
    {
        var emailKey = EmailAddress.Key(wish.Email);
        if (await db.Accounts.AnyAsync(account => account.EmailKey == emailKey, cancellation)) throw Taken(byUsername: false);
        if (wish.Username is null) return;
        var usernameKey = Username.Key(wish.Username);
        if (await db.Accounts.AnyAsync(account => account.UsernameKey == usernameKey, cancellation)) throw Taken(byUsername: true);
    }

    private static FaultException Taken(bool byUsername)
    {
        var error = byUsername ? ErrorCatalogue.UsernameTaken : ErrorCatalogue.EmailTaken;
        return error.Because(error.Advice);
    }

    private Account Make(NewAccount wish, string passwordHash) => new()
    {
        Id = ids.New(),
        Email = wish.Email,
        EmailKey = EmailAddress.Key(wish.Email),
        Username = wish.Username,
        UsernameKey = wish.Username is null ? null : Username.Key(wish.Username),
        Name = wish.Name,
        Language = wish.Language,
        PasswordHash = passwordHash,
        // The database keeps milliseconds; the first answer must equal the later ones.
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds()),
        Revision = 1,
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "The account {UserId} was made.")]
    private partial void LogRegistered(Guid userId);
}
