using Fotograma.Auth.Accounts;
using Fotograma.Auth.Storage;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Identity;
using Fotograma.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Auth.Profile;

/// <summary>A change of the own account as it comes over the wire; what is absent stays.</summary>
internal sealed record ProfileBody(string? Name = null, string? Language = null);

/// <summary>Reads and changes the caller's own account.</summary>
internal sealed class ProfileEditor(IDbContextFactory<AuthDb> databases, Outbox<AuthDb> outbox)
{
    private const int AttemptsMax = 5;

    public async Task<Account> GetAsync(Caller caller, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await FindAsync(db, caller, cancellation);
    }

    /// <summary>Applies a change; two changes at once both take effect, one after the other.</summary>
    public async Task<Account> ChangeAsync(Caller caller, ProfileBody body, CancellationToken cancellation)
    {
        var (name, language) = Parse(body);
        for (var attempt = 1; ; attempt++)
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            var account = await FindAsync(db, caller, cancellation);
            if ((name ?? account.Name) == account.Name && (language ?? account.Language) == account.Language) return account;
            account.Name = name ?? account.Name;
            account.Language = language ?? account.Language;
            account.Revision++;
            outbox.Add(db, account.ToEvent());
            try
            {
                await db.SaveChangesAsync(cancellation);
                Steps.Reached(Steps.AccountChanged);
                outbox.Wake();
                return account;
            }
            catch (DbUpdateConcurrencyException) when (attempt < AttemptsMax)
            {
                // Somebody else changed the account between reading and writing: read again.
            }
        }
    }

    private static (string? Name, string? Language) Parse(ProfileBody body)
    {
        var problems = new List<FieldProblem>();
        var name = body.Name is null ? null : PersonName.Parse(body.Name);
        var language = body.Language is null ? null : Language.Parse(body.Language);
        if (body.Name is not null && name is null) problems.Add(AccountFaults.Name);
        if (body.Language is not null && language is null) problems.Add(AccountFaults.Language);
        return problems.Count == 0 ? (name, language) : throw ErrorCatalogue.RequestInvalid.Because(problems);
    }

    // A token outlives its account by at most its own life.
    private static async Task<Account> FindAsync(AuthDb db, Caller caller, CancellationToken cancellation) =>
        await db.Accounts.SingleOrDefaultAsync(account => account.Id == caller.UserId, cancellation)
        ?? throw ErrorCatalogue.AuthRequired.Because(ErrorCatalogue.AuthRequired.Advice);
}
