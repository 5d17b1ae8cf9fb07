namespace Fotograma.Worker.Running;

/// <summary>The ledger renews the lease of a job and does not take its result, again and again: its disk is full, its rights were changed, it is read-only.</summary>
internal sealed class CommitRefusedException(Exception cause) : Exception("The ledger answers, and does not take the result.", cause);
