using System.Diagnostics.Metrics;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Notify.Delivery;

/// <summary>What became of mails.</summary>
internal sealed class MailCounts
{
    private readonly Counter<long> sent;
    private readonly Counter<long> retried;
    private readonly Counter<long> givenUp;

    public MailCounts(IMeterFactory meters)
    {
        var meter = meters.Fotograma();
        sent = meter.CreateCounter<long>("fotograma.mails.sent", description: "Mails that the mail server took.");
        retried = meter.CreateCounter<long>("fotograma.mails.retried", description: "Attempts that failed and are repeated.");
        givenUp = meter.CreateCounter<long>("fotograma.mails.given_up", description: "Mails that nobody will get: refused for good, or tried for too long.");
    }

    public void Sent() => sent.Add(1);

    public void Retried() => retried.Add(1);

    public void GivenUp() => givenUp.Add(1);
}
