namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>Jobs that must run alone. All who want to make themselves free are after the same row, so one of them gets it.</summary>
internal abstract partial class SqlLedger
{
    private readonly string keepAlone =
        $"""
        UPDATE jobs SET "LeaseOwner" = @worker,
            "LeaseUntil" = CASE WHEN "LeaseOwner" = @worker AND "LeaseUntil" >= {now} THEN "LeaseUntil" ELSE {now} + @duration END
        WHERE "State" = 'pending' AND ("LeaseUntil" IS NULL OR "LeaseUntil" < {now} OR "LeaseOwner" = @worker) AND "Id" = ({FirstAlone($"{now} - @waited")})
        """;

    /// <summary>The job that has waited longest to run alone, of those that were due at a moment.</summary>
    internal static string FirstAlone(string due) =>
        $"""
        SELECT "Id" FROM jobs WHERE "State" = 'pending' AND {LedgerDb.HasLosses} AND "Losses" >= @alone AND "NextRunAt" <= {due} ORDER BY "NextRunAt", "Id" LIMIT 1
        """;

    public async Task<bool> KeepAloneAsync(string worker, WantedAlone wanted, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var keep = await CommandAsync(db, keepAlone, cancellation,
            ("worker", worker), ("alone", wanted.LossesAlone), ("waited", Milliseconds(wanted.Waited)), ("duration", Milliseconds(wanted.KeptFor)));
        return await keep.ExecuteNonQueryAsync(cancellation) > 0;
    }
}
