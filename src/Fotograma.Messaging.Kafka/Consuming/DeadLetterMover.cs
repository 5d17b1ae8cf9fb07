using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Kafka.Broker;
using Fotograma.Messaging.Kafka.Publishing;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Kafka.Consuming;

/// <summary>Gives a group what it gave up: by the topic of its retries, which nobody else reads. The note that letters have gone is written once the brokers have their events.</summary>
internal sealed class DeadLetterMover(DeadLetterReader reader, EventProducer producer, TopicNames names)
{
    private const int MovedAtOnce = 100;

    public async Task<Redriven> MoveAsync(string group, Guid? only, CancellationToken cancellation)
    {
        var seen = await Task.Run(() => reader.Look(group, cancellation), cancellation);
        var (given, unreadable) = (0, 0);
        for (var from = 0L; from < seen.End;)
        {
            var page = await Task.Run(() => reader.Read(group, seen, from, MovedAtOnce, cancellation), cancellation);
            if (page.Count == 0) break;
            from = page[^1].Offset + 1;
            unreadable += page.Count(kept => kept.Letter.Event is null);
            var wanted = page.Where(kept => kept.Letter.Event is { } happened && (only is null || happened.Id == only)).ToList();
            if (wanted.Count == 0) continue;
            await producer.SendAsync([.. wanted.Select(kept => Again(group, kept))], cancellation);
            Steps.Reached(Steps.EventRedriven);
            await producer.SendAsync([reader.NoteOf(group, wanted)], CancellationToken.None);
            given += wanted.Count;
        }
        return new Redriven(given, unreadable);
    }

    private Outgoing Again(string group, KeptLetter kept) => new(
        names.Retries(group), null, kept.Key, kept.Letter.Body.ToArray(),
        RecordHeaders.Of(kept.Letter.Event!).With(RecordHeaders.Origin, $"{names.DeadLetters(group)} [0] @{kept.Offset}"));
}
