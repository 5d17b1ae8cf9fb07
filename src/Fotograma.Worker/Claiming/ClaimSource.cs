namespace Fotograma.Worker.Claiming;

/// <summary>What made a worker look for a job, as metrics name it.</summary>
internal static class ClaimSource
{
    /// <summary>An event or a signal said that there is work.</summary>
    public const string Push = "push";

    /// <summary>The interval was over and nobody had said anything.</summary>
    public const string Poll = "poll";

    /// <summary>A job had ended and made room.</summary>
    public const string Turn = "turn";
}
