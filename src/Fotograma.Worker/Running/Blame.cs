using System.ComponentModel;
using System.Data.Common;
using System.Net.Sockets;
using Fotograma.Blobs;
using Fotograma.Jobs.Leases;
using Fotograma.Kernel.Errors;
using Fotograma.Media.Faults;

namespace Fotograma.Worker.Running;

/// <summary>
/// Whether a failure says something about the job. A store that is away is away for every job, and so are file descriptors, and a decoder that cannot be started: it costs none of
/// them an attempt. Each is given back after a pause, and in the end only so often, because what fails may also fail for one job only. A job that failed so in the end is not told that it
/// was tried and never finished.
/// </summary>
internal static class Blame
{
    private const int FreeReturnsMax = 2000;

    // A store that takes other results may be too small for this one, and what a ledger does not take may be this very result.
    private const int FreeReturnsWhenFullMax = 10;
    private const int OpenFilesOfSystem = 23;
    private const int OpenFilesOfProcess = 24;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(2);

    /// <summary>Whether it would have happened to any job (ENFILE and EMFILE among them, which .NET hands on as they are), and not too often to this one.</summary>
    /// <param name="exception">What happened.</param>
    /// <param name="returns">How often the job was given back already without an attempt lost.</param>
    /// <param name="othersStored">Whether the store took another result since it was full last.</param>
    public static bool IsReturnedFree(Exception exception, long returns, bool othersStored) => exception switch
    {
        BlobNoSpaceException => returns < (othersStored ? FreeReturnsWhenFullMax : FreeReturnsMax),
        CommitRefusedException => returns < FreeReturnsWhenFullMax,
        BlobStoreUnavailableException or HttpRequestException or SocketException or IOException { HResult: OpenFilesOfSystem or OpenFilesOfProcess } => returns < FreeReturnsMax,
        // There is no process to be had, or the program is being replaced.
        MediaException { InnerException: Win32Exception or UnauthorizedAccessException } media when media.Fault == MediaFault.DecoderUnavailable => returns < FreeReturnsMax,
        MediaException { InnerException: { } cause } => IsReturnedFree(cause, returns, othersStored),
        _ => false,
    };

    /// <summary>How long it waits before it goes back. Room takes longer to come back than a connection.</summary>
    public static TimeSpan PauseOf(Exception exception, long returns)
    {
        if (exception is not (BlobNoSpaceException or CommitRefusedException)) return Pause;
        var pause = Pause * Math.Pow(2, returns);
        return pause < PauseMax ? pause : PauseMax;
    }

    /// <summary>What the job's owner is told, and whether another attempt may end otherwise.</summary>
    public static JobFailure Explain(Exception exception) => exception switch
    {
        MediaException { InnerException: BlobStoreUnavailableException or HttpRequestException or SocketException } => Failure(ErrorCatalogue.StorageFailed, transient: true),
        MediaException media => new JobFailure(media.Fault.Code, media.Fault.Sentence, media.Fault.Transient) { Warnings = KeptWarnings.Of(media.Warnings) },
        BlobNotFoundException => Failure(ErrorCatalogue.SourceMissing, transient: false),
        BlobTooLargeException => new JobFailure(MediaFault.InputTooLarge.Code, MediaFault.InputTooLarge.Sentence, Transient: false),
        BlobDamagedException => Failure(ErrorCatalogue.SourceDamaged, transient: false),
        IOException or CommitRefusedException or DbException or HttpRequestException or SocketException => Failure(ErrorCatalogue.StorageFailed, transient: true),
        _ => Failure(ErrorCatalogue.AttemptsExhausted, transient: true),
    };

    private static JobFailure Failure(Error error, bool transient) => new(error.Code, error.Advice, transient);
}
