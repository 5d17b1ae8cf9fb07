using System.Net;
using Fotograma.Auth.Accounts;
using Fotograma.Auth.Passwords;
using Fotograma.Auth.Storage;
using Fotograma.Kernel.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Fotograma.Auth.SignIn;

/// <summary>
/// Checks who somebody is. An unknown name costs the same time and gets the same answer as a wrong password. A hash made with older settings is replaced at
/// the first sign-in that proves the password.
/// </summary>
internal sealed partial class SignInDesk(IDbContextFactory<AuthDb> databases, PasswordHasher hasher, SignInLimit limit, ILogger<SignInDesk> log)
{
    /// <summary>The account with this e-mail address or user name, if the password is right.</summary>
    /// <exception cref="FaultException">Name or password is wrong, which of them is not said; or too many sign-ins failed.</exception>
    public async Task<Account> CheckAsync(string? login, string? password, IPAddress? address, CancellationToken cancellation)
    {
        var attempt = await limit.BeginAsync(login ?? "", address, cancellation);
        var failed = false;
        try
        {
            return await CheckAsync(login, password, cancellation);
        }
        catch (FaultException fault) when (fault.Error == ErrorCatalogue.InvalidCredentials)
        {
            failed = true;
            throw;
        }
        finally
        {
            if (!failed) await limit.TakeBackAsync(attempt, CancellationToken.None);
        }
    }

    private async Task<Account> CheckAsync(string? login, string? password, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var account = await FindAsync(db, login ?? "", cancellation);
        var known = password ?? "";
        // Something short is hashed instead, so that the answer still takes its time.
        if (PasswordRules.IsImpossible(known)) (account, known) = (null, "-");
        if (!await hasher.VerifyAsync(known, account?.PasswordHash, cancellation))
        {
            LogRefused(account?.Id);
            throw ErrorCatalogue.InvalidCredentials.Because(ErrorCatalogue.InvalidCredentials.Advice);
        }
        if (hasher.IsOutdated(account!.PasswordHash)) await RehashAsync(db, account, known, cancellation);
        LogSignedIn(account.Id);
        return account;
    }

    private static async Task<Account?> FindAsync(AuthDb db, string login, CancellationToken cancellation)
    {
        var key = login.Trim();
        if (key.Length > EmailAddress.CharactersMax) return null;
        if (key.Contains('@', StringComparison.Ordinal))
        {
            key = EmailAddress.Key(key);
            return await db.Accounts.AsNoTracking().SingleOrDefaultAsync(account => account.EmailKey == key, cancellation);
        }
        key = Username.Key(key);
        return await db.Accounts.AsNoTracking().SingleOrDefaultAsync(account => account.UsernameKey == key, cancellation);
    }

    private async Task RehashAsync(AuthDb db, Account account, string password, CancellationToken cancellation)
    {
        var renewed = await hasher.HashAsync(password, cancellation);
        // Only if nobody changed the password meanwhile.
        await db.Accounts.Where(a => a.Id == account.Id && a.PasswordHash == account.PasswordHash)
            .ExecuteUpdateAsync(change => change.SetProperty(a => a.PasswordHash, renewed), cancellation);
        LogRehashed(account.Id);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The account {UserId} signed in.")]
    private partial void LogSignedIn(Guid userId);

    [LoggerMessage(Level = LogLevel.Information, Message = "A sign-in was refused (account {UserId}).")]
    private partial void LogRefused(Guid? userId);

    [LoggerMessage(Level = LogLevel.Information, Message = "The password hash of the account {UserId} was renewed with the current settings.")]
    private partial void LogRehashed(Guid userId);
}
