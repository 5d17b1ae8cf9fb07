using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Notify.Storage;

namespace Fotograma.Notify.Contacts;

/// <summary>Learns from events how to reach people.</summary>
internal sealed class ContactBook(INotificationLog log)
{
    /// <summary>Takes over contact data unless something newer is known; events may come late, twice or in any order.</summary>
    public async Task LearnAsync(UserChanged message, CancellationToken cancellation)
    {
        var contact = new Contact { UserId = message.UserId, Email = message.Email, Name = message.Name, Language = message.Language, Revision = message.Revision };
        await log.LearnAsync(contact, cancellation);
        Steps.Reached(Steps.PersonKnown);
    }

    /// <summary>The person's contact data.</summary>
    /// <exception cref="ContactUnknownException">The event that tells of the person has not come yet.</exception>
    public async Task<Contact> FindAsync(Guid userId, CancellationToken cancellation) =>
        await log.FindContactAsync(userId, cancellation) ?? throw new ContactUnknownException(userId);
}

/// <summary>Nobody has told yet how to reach this person; the event that needed it comes again later.</summary>
internal sealed class ContactUnknownException(Guid userId) : Exception($"The contact data of the user {userId} has not arrived yet.");
