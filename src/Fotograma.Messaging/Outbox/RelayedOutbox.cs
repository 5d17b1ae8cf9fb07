namespace Fotograma.Messaging.Outbox;

/// <summary>An outbox that a module of this process has.</summary>
/// <param name="Source">The CloudEvents source of its events.</param>
/// <param name="Store">Where they wait.</param>
public sealed record RelayedOutbox(string Source, IOutboxStore Store);
