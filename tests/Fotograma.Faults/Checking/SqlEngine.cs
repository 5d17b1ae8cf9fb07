using System.Data.Common;

namespace Fotograma.Faults.Checking;

/// <summary>Where a ledger in tables lies: how to get there, and what it says in words of its own.</summary>
internal abstract class SqlEngine
{
    /// <summary>Statements that make triggers which the program knows nothing of: whoever writes a job, or an event, notes it in the same transaction.</summary>
    public abstract string Witness { get; }

    /// <summary>Opens a connection of its own, to the ledger or to the log of notifications: those of a pool would not survive what is done to servers.</summary>
    public abstract Task<DbConnection> OpenAsync(Database database, CancellationToken cancellation);

    /// <summary>A moment that the witness noted.</summary>
    public abstract DateTimeOffset Moment(DbDataReader row, int column);

    /// <summary>The time by the clock that the witness goes by; null where it goes by that of whoever asks.</summary>
    public virtual string? AsksForTime => null;
}

/// <summary>The databases of a deployment that are read.</summary>
internal enum Database
{
    Ledger,
    Notices,
}
