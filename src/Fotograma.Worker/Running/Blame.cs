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
/// them an attempt. Each is given back after a pause, and in the end only so often, because what fails may also fail for one job only. Nor does one for which there is no room lose an
/// attempt: it waits, while others are worked on, and fails when it has waited long enough. A job that failed so in the end is not told that it was tried and never finished.
/// </summary>
internal static class Blame
{
    private const int FreeReturnsMax = 2000;

    // What a ledger does not take may be this very result.
    private const int FreeReturnsWhenRefusedMax = 10;

    // Eleven hours, for copies and results together: somebody may have to come and free a disk.
    private const int RoomWaitsMax = 72;
    private const int DoublingsMax = 20;
    private const int OpenFilesOfSystem = 23;
    private const int OpenFilesOfProcess = 24;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RoomWaitMax = TimeSpan.FromMinutes(10);

    /// <summary>For how long the job waits because there was no room for it; null where that is not what happened, or where it has waited long enough.</summary>
    /// <param name="exception">What happened.</param>
    /// <param name="shortages">How often it has waited already.</param>
    public static TimeSpan? WaitForRoom(Exception exception, int shortages) =>
        LackOf(exception) is BlobNoSpaceException && shortages < RoomWaitsMax ? Doubled(shortages, RoomWaitMax) : null;

    /// <summary>Whether it would have happened to any job (ENFILE and EMFILE among them, which .NET hands on as they are), and not too often to this one.</summary>
    /// <param name="exception">What happened.</param>
    /// <param name="returns">How often the job was given back already without an attempt lost.</param>
    public static bool IsReturnedFree(Exception exception, long returns) => exception switch
    {
        CommitRefusedException => returns < FreeReturnsWhenRefusedMax,
        BlobStoreUnavailableException or HttpRequestException or SocketException or IOException { HResult: OpenFilesOfSystem or OpenFilesOfProcess } => returns < FreeReturnsMax,
        // A part of the program cannot be loaded: no descriptor, no memory, or it is being replaced. Its name is an assembly's and no path.
        FileLoadException or FileNotFoundException { FileName: [not '/', ..] } => returns < FreeReturnsMax,
        // There is no process to be had, or the program is being replaced.
        MediaException { InnerException: Win32Exception or UnauthorizedAccessException } media when media.Fault == MediaFault.DecoderUnavailable => returns < FreeReturnsMax,
        MediaException { InnerException: { } cause } => IsReturnedFree(cause, returns),
        _ => false,
    };

    /// <summary>How long it waits before it goes back, in its worker's hands: where nothing can be worked on, nothing more is to be begun. A ledger's readiness takes longer to come back than a connection.</summary>
    public static TimeSpan PauseOf(Exception exception, long returns) => exception is CommitRefusedException ? Doubled(returns, PauseMax) : Pause;

    /// <summary>What the job's owner is told, and whether another attempt may end otherwise.</summary>
    public static JobFailure Explain(Exception exception) => (LackOf(exception) ?? exception) switch
    {
        // It has waited for room already, half a day.
        BlobNoSpaceException => Failure(ErrorCatalogue.StorageFailed, transient: false),
        MediaException { InnerException: BlobStoreUnavailableException or HttpRequestException or SocketException } => Failure(ErrorCatalogue.StorageFailed, transient: true),
        MediaException media => new JobFailure(media.Fault.Code, media.Fault.Sentence, media.Fault.Transient) { Warnings = KeptWarnings.Of(media.Warnings) },
        BlobNotFoundException => Failure(ErrorCatalogue.SourceMissing, transient: false),
        BlobTooLargeException => new JobFailure(MediaFault.InputTooLarge.Code, MediaFault.InputTooLarge.Sentence, Transient: false),
        BlobDamagedException => Failure(ErrorCatalogue.SourceDamaged, transient: false),
        IOException or CommitRefusedException or DbException or HttpRequestException or SocketException => Failure(ErrorCatalogue.StorageFailed, transient: true),
        _ => Failure(ErrorCatalogue.AttemptsExhausted, transient: true),
    };

    private static Exception? LackOf(Exception exception) => exception switch
    {
        BlobNoSpaceException or BlobTooLargeException => exception,
        MediaException { InnerException: BlobNoSpaceException or BlobTooLargeException } => exception.InnerException,
        _ => null,
    };

    private static TimeSpan Doubled(long times, TimeSpan most)
    {
        var pause = Pause * Math.Pow(2, Math.Min(times, DoublingsMax));
        return pause < most ? pause : most;
    }

    private static JobFailure Failure(Error error, bool transient) => new(error.Code, error.Advice, transient);
}
