using Fotograma.Messages;
using Fotograma.Notify.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Notify.Contacts;

/// <summary>Learns from events how to reach people.</summary>
internal sealed class ContactBook(IDbContextFactory<NotifyDb> databases)
{
    /// <summary>Takes over contact data unless something newer is known; events may come late, twice or in any order.</summary>
    public async Task LearnAsync(UserChanged message, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO contacts ("UserId", "Email", "Name", "Language", "Revision")
            VALUES ({message.UserId}, {message.Email}, {message.Name}, {message.Language}, {message.Revision})
            ON CONFLICT ("UserId") DO UPDATE
            SET "Email" = excluded."Email", "Name" = excluded."Name", "Language" = excluded."Language", "Revision" = excluded."Revision"
            WHERE excluded."Revision" > contacts."Revision"
            """,
            cancellation);
    }

    /// <summary>The person's contact data.</summary>
    /// <exception cref="ContactUnknownException">The event that tells of the person has not come yet.</exception>
    public async Task<Contact> FindAsync(Guid userId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Contacts.AsNoTracking().SingleOrDefaultAsync(contact => contact.UserId == userId, cancellation)
            ?? throw new ContactUnknownException(userId);
    }
}

/// <summary>Nobody has told yet how to reach this person; the event that needed it comes again later.</summary>
internal sealed class ContactUnknownException(Guid userId) : Exception($"The contact data of the user {userId} has not arrived yet.");
