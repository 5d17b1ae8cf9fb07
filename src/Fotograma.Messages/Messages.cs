namespace Fotograma.Messages;

/// <summary>
/// Something that happened in one module and that others may act on. Every handler may see a message more than once and must then do
/// nothing new. A record, once published, only ever gains optional members.
/// </summary>
public interface IMessage
{
    /// <summary>The event's name, as CloudEvents <c>type</c>.</summary>
    static abstract string Type { get; }

    /// <summary>What the event is about, as CloudEvents <c>subject</c>: the id by which messages keep their order where a transport promises one.</summary>
    string Subject { get; }
}

/// <summary>An account was made or its contact data changed.</summary>
/// <param name="UserId">The account.</param>
/// <param name="Email">Where to write to.</param>
/// <param name="Name">How to address the person.</param>
/// <param name="Language">Preferred language: <c>pt-BR</c>, <c>en</c> or <c>es</c>.</param>
/// <param name="Revision">Grows with every change; an older revision never replaces a newer one.</param>
public sealed record UserChanged(Guid UserId, string Email, string Name, string Language, long Revision) : IMessage
{
    /// <inheritdoc/>
    public static string Type => "user.changed";

    /// <inheritdoc/>
    public string Subject => UserId.ToString();
}

/// <summary>Queues were missing and are made anew: what waited in them is gone. Whoever told anything lately says it again.</summary>
/// <param name="Groups">The groups whose events are gone.</param>
/// <param name="Teller">Who alone is asked, or goes on telling; nobody where it is for all.</param>
/// <param name="After">Where the teller goes on: behind what has this id.</param>
public sealed record QueuesMade(IReadOnlyList<string> Groups, string? Teller = null, Guid? After = null) : IMessage
{
    /// <inheritdoc/>
    public static string Type => "queues.made";

    /// <inheritdoc/>
    public string Subject => "queues";
}

/// <summary>A video was accepted. Nobody in the house listens; it is for others on the same broker.</summary>
/// <param name="VideoId">The video.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="VideoName">The name the owner gave the file; text of a stranger, to be escaped wherever it is shown.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="CreatedAt">When it was accepted.</param>
public sealed record VideoCreated(Guid VideoId, Guid OwnerId, string VideoName, long Bytes, DateTimeOffset CreatedAt) : IMessage
{
    /// <inheritdoc/>
    public static string Type => "video.created";

    /// <inheritdoc/>
    public string Subject => VideoId.ToString();
}

/// <summary>A video was accepted and its job waits. A hint for workers: the truth is the job.</summary>
/// <param name="VideoId">The video.</param>
/// <param name="JobId">Its job.</param>
/// <param name="OwnerId">Whose it is.</param>
public sealed record VideoUploaded(Guid VideoId, Guid JobId, Guid OwnerId) : IMessage
{
    /// <inheritdoc/>
    public static string Type => "video.uploaded";

    /// <inheritdoc/>
    public string Subject => JobId.ToString();
}

/// <summary>A job ended with a result.</summary>
/// <param name="VideoId">The video.</param>
/// <param name="JobId">Its job.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="VideoName">The name the owner gave the file; text of a stranger, to be escaped wherever it is shown.</param>
/// <param name="Frames">Images in the result.</param>
/// <param name="ArchiveBytes">Size of the ZIP.</param>
/// <param name="Warnings">How many warnings the result carries.</param>
/// <param name="ElapsedSeconds">From the start of the successful attempt to the result.</param>
public sealed record VideoProcessed(
    Guid VideoId, Guid JobId, Guid OwnerId, string VideoName, int Frames, long ArchiveBytes, int Warnings, double ElapsedSeconds) : IMessage
{
    /// <inheritdoc/>
    public static string Type => "video.processed";

    /// <inheritdoc/>
    public string Subject => JobId.ToString();
}

/// <summary>A job ended without a result.</summary>
/// <param name="VideoId">The video.</param>
/// <param name="JobId">Its job.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="VideoName">The name the owner gave the file; text of a stranger, to be escaped wherever it is shown.</param>
/// <param name="Code">Stable reason.</param>
/// <param name="Reason">A sentence that says what to do.</param>
public sealed record VideoFailed(Guid VideoId, Guid JobId, Guid OwnerId, string VideoName, string Code, string Reason) : IMessage
{
    /// <inheritdoc/>
    public static string Type => "video.failed";

    /// <inheritdoc/>
    public string Subject => JobId.ToString();
}
