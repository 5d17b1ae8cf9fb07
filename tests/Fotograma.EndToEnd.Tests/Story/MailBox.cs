using System.Text.Json;
using Fotograma.EndToEnd.Tests.Hosts;

namespace Fotograma.EndToEnd.Tests.Story;

/// <summary>Reads the development mailbox. Mail has no live event, so this asks again, with a bound.</summary>
internal static class MailBox
{
    private static readonly TimeSpan MailMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(100);

    public static async Task<IReadOnlyList<JsonElement>> WaitForMailsAsync(ApiUser user, int count, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(MailMax);
        using var timer = new PeriodicTimer(AskInterval);
        do
        {
            var mails = (await user.GetAsync("/api/v1/mail", bound.Token)).GetProperty("items").EnumerateArray().ToList();
            if (mails.Count(mail => mail.GetProperty("state").GetString() == "sent") >= count) return mails;
        }
        while (await timer.WaitForNextTickAsync(bound.Token));
        throw new TimeoutException("The mail did not come.");
    }
}
