namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>What is written about a job in somebody's hands, behind the fence, in words that every dialect understands.</summary>
/// <param name="now">An expression for the time by the ledger's clock, in Unix milliseconds.</param>
internal sealed class HeldJobStatements(string now)
{
    private const string Fence =
        """
        WHERE "Id" = @job AND "Epoch" = @epoch AND "State" = 'processing' AND (CAST(@lease AS bigint) IS NULL OR "LeaseUntil" = CAST(@lease AS bigint))
        """;

    public string Renew { get; } =
        $"""
        UPDATE jobs SET "LeaseUntil" = {now} + @duration, "Percent" = @percent, "FramesDone" = @done, "FramesExpected" = @expected, "Speed" = @speed,
            "EtaSeconds" = @eta, "Revision" = "Revision" + 1
        {Fence}
        """;

    public string Complete { get; } =
        $"""
        UPDATE jobs SET "State" = 'completed', "FinishedAt" = {now}, "Percent" = 100, "EtaSeconds" = NULL, "FramesDone" = @frames, "FramesExpected" = @frames,
            "ResultPrefix" = @prefix, "Frames" = @frames, "ArchiveBytes" = @bytes, "Width" = @width, "Height" = @height, "DurationSeconds" = @seconds,
            "PosterFrame" = @poster, "DuplicatesRemoved" = @duplicates, "Warnings" = @warnings, "LeaseOwner" = NULL, "LeaseUntil" = NULL, "Revision" = "Revision" + 1
        {Fence}
        """;

    public string Fail { get; } =
        $"""
        UPDATE jobs SET "State" = 'failed', "FinishedAt" = {now}, "ErrorCode" = @code, "ErrorMessage" = @message, "Warnings" = @warnings, "EtaSeconds" = NULL,
            "LeaseOwner" = NULL, "LeaseUntil" = NULL, "Revision" = "Revision" + 1
        {Fence}
        """;

    public string GiveBack { get; } =
        $"""
        UPDATE jobs SET "State" = 'pending', "NextRunAt" = {now} + @duration, "Attempt" = @attempt, "Losses" = coalesce(CAST(@losses AS integer), "Losses"),
            "Shortages" = coalesce(CAST(@shortages AS integer), "Shortages"), "EtaSeconds" = NULL, "Percent" = 0, "FramesDone" = 0, "FramesExpected" = NULL, "Speed" = NULL,
            "LeaseOwner" = NULL, "LeaseUntil" = NULL, "Revision" = "Revision" + 1
        {Fence}
        """;
}
