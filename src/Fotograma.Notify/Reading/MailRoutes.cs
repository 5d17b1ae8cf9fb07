using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Identity;
using Fotograma.Notify.Delivery;
using Fotograma.Notify.Outcomes;
using Fotograma.Notify.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fotograma.Notify.Reading;

/// <summary>One mail in a list.</summary>
internal sealed record MailItem(Guid Id, string Kind, string To, string Subject, DateTimeOffset CreatedAt, string State, Guid VideoId, Guid JobId);

/// <summary>The caller's mails, newest first; <c>Folder</c> is true when they are kept in the development folder instead of being sent.</summary>
internal sealed record MailList(IReadOnlyList<MailItem> Items, bool Folder);

/// <summary>One mail with its words.</summary>
internal sealed record MailView(Guid Id, string To, string Subject, DateTimeOffset CreatedAt, string Text, string State);

/// <summary><c>/api/v1/mail</c>: what the caller was written.</summary>
internal static class MailRoutes
{
    private const int LimitDefault = 50;
    private const int LimitMax = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var mail = routes.MapGroup("/api/v1/mail").RequireAuthorization().WithTags("mail").ProducesProblem(StatusCodes.Status401Unauthorized);
        mail.MapGet("", ListAsync).WithName("listMail").WithSummary("The caller's notifications by mail, newest first");
        mail.MapGet("/{id:guid}", GetAsync).WithName("getMail").WithSummary("One mail as plain text").ProducesProblem(StatusCodes.Status404NotFound);
        mail.MapGet("/{id}", NotFound).ExcludeFromDescription();
    }

    private static async Task<Results<Ok<MailList>, ProblemHttpResult>> ListAsync(
        Caller caller, int? limit, INotificationLog log, MailOptions options, CancellationToken cancellation)
    {
        if (limit is < 1 or > LimitMax)
            return ErrorCatalogue.RequestInvalid.Problem(problems: [new FieldProblem("limit", "request.out_of_range", $"Use 1 to {LimitMax}.")]);
        var found = await log.ListAsync(caller.UserId, Notification.MailChannel, limit ?? LimitDefault, cancellation);
        var items = found.Select(n => new MailItem(n.Id, n.Kind, n.ToAddress, n.Subject, n.CreatedAt, NameOf(n.State), n.VideoId, n.JobId));
        return TypedResults.Ok(new MailList([.. items], options.KeepsInFolder));
    }

    private static async Task<Results<Ok<MailView>, ProblemHttpResult>> GetAsync(
        Caller caller, Guid id, INotificationLog log, CancellationToken cancellation)
    {
        return await log.FindAsync(id, cancellation) is { } found && found.OwnerId == caller.UserId
            ? TypedResults.Ok(new MailView(found.Id, found.ToAddress, found.Subject, found.CreatedAt, found.Text, NameOf(found.State)))
            : NotFound();
    }

    private static ProblemHttpResult NotFound() => ErrorCatalogue.MailNotFound.Problem();

    private static string NameOf(NotificationState state) => state switch
    {
        NotificationState.Sent => "sent",
        NotificationState.Failed => "failed",
        _ => "pending",
    };
}
