using System.ComponentModel;
using Fotograma.Blobs;
using Fotograma.Media.Faults;
using Fotograma.Worker.Running;
using Microsoft.Data.Sqlite;

namespace Fotograma.Worker.Tests.Running;

public sealed class BlameTests
{
    public static IEnumerable<TheoryDataRow<string, Exception>> NotTheJobs =>
    [
        new("the ledger takes no result", new CommitRefusedException(new InvalidOperationException("disk full"))),
        new("the store's connection breaks", new HttpRequestException("broken")),
        new("the store is away", new BlobStoreUnavailableException("away", new IOException())),
        new("no file can be opened", new IOException("Too many open files", 24)),
        new("no file can be opened on this machine", new IOException("Too many open files in system", 23)),
        new("no decoder can be started: files", Unstartable(new Win32Exception(24))),
        new("no decoder can be started: processes", Unstartable(new Win32Exception(11))),
        new("no decoder can be started: memory", Unstartable(new Win32Exception(12))),
        new("no decoder is there at the moment", Unstartable(new Win32Exception(2))),
        new("no pipe can be made to the decoder", Unstartable(new IOException("Too many open files", 24))),
        new("a part of the program cannot be loaded", new FileNotFoundException("Could not load file or assembly", "System.Diagnostics.Process, Version=10.0.0.0")),
        new("a part of the program is being replaced", new FileLoadException("Could not load file or assembly", "Fotograma.Media")),
        new("the input cannot be read from the store", new MediaException(MediaFault.TimedOut, "x", new BlobStoreUnavailableException("away", new IOException()))),
    ];

    public static IEnumerable<TheoryDataRow<string, Exception>> TheJobs =>
    [
        new("the decoder crashed", new MediaException(MediaFault.DecoderCrashed, "x")),
        new("the decoder says it cannot", new MediaException(MediaFault.DecoderUnavailable, "This libav has no decoder for it.")),
        new("the disk fails", new IOException("Input/output error", 5)),
        new("a file is gone", new FileNotFoundException("Could not find file", "/data/scratch/x")),
        new("the video is larger than may be copied", new BlobTooLargeException("videos/x", 2, 1)),
        new("a program fault", new InvalidOperationException()),
        new("a process fails that is no decoder's start", new MediaException(MediaFault.DecoderCrashed, "x", new Win32Exception(2))),
    ];

    [Theory, MemberData(nameof(NotTheJobs))]
    public void What_would_happen_to_any_job_costs_none_an_attempt(string what, Exception exception) => Blame.IsReturnedFree(exception, returns: 3).ShouldBeTrue(what);

    [Theory, MemberData(nameof(NotTheJobs))]
    public void What_happens_to_one_job_again_and_again_is_its_own_in_the_end(string what, Exception exception) => Blame.IsReturnedFree(exception, returns: 2000).ShouldBeFalse(what);

    [Theory, MemberData(nameof(TheJobs))]
    public void What_happens_to_this_job_costs_an_attempt(string what, Exception exception) => Blame.IsReturnedFree(exception, returns: 0).ShouldBeFalse(what);

    [Theory, MemberData(nameof(NotTheJobs)), MemberData(nameof(TheJobs))]
    public void Room_is_waited_for_only_where_it_is_missing(string what, Exception exception) => Blame.WaitForRoom(exception, shortages: 0).ShouldBeNull(what);

    public static IEnumerable<TheoryDataRow<Exception>> Lacks => [new(new BlobNoSpaceException("full")), new(new MediaException(MediaFault.DecoderCrashed, "x", new BlobNoSpaceException("full")))];

    [Theory, MemberData(nameof(Lacks))]
    public void Room_is_waited_for_longer_and_longer_and_not_for_ever(Exception exception)
    {
        double[] seconds = [5, 10, 20, 40, 80, 160, 320, .. Enumerable.Repeat(600.0, 65)];
        List<double> waits = [];
        while (Blame.WaitForRoom(exception, waits.Count) is { } wait) waits.Add(wait.TotalSeconds);
        waits.ShouldBe(seconds);
        TimeSpan.FromSeconds(waits.Sum()).ShouldBe(TimeSpan.FromHours(11), TimeSpan.FromMinutes(2));
        Blame.IsReturnedFree(exception, returns: 0).ShouldBeFalse();
        Blame.Explain(exception).Transient.ShouldBeFalse("It has waited already.");
    }

    [Fact]
    public void A_ledger_that_takes_no_result_is_waited_for_longer_and_longer()
    {
        TimeSpan[] pauses = [.. Enumerable.Range(0, 7).Select(returns => Blame.PauseOf(new CommitRefusedException(new IOException()), returns))];
        pauses.Select(pause => pause.TotalSeconds).ShouldBe([5, 10, 20, 40, 80, 120, 120]);
        Blame.PauseOf(new IOException("Too many open files", 24), 6).TotalSeconds.ShouldBe(5);
    }

    public static IEnumerable<TheoryDataRow<string, Exception, string>> Explained =>
    [
        new("the ledger takes no result", new CommitRefusedException(new InvalidOperationException()), "job.storage_failed"),
        new("the ledger is away", new SqliteException("disk I/O error", 10), "job.storage_failed"),
        new("the store is away", new BlobStoreUnavailableException("away", new IOException()), "job.storage_failed"),
        new("the video is larger than may be copied", new BlobTooLargeException("uploads/x", 2, 1), "media.input_too_large"),
        new("the store is full", new BlobNoSpaceException("full"), "job.storage_failed"),
        new("the store is full for the decoder's pictures", new MediaException(MediaFault.DecoderCrashed, "x", new BlobNoSpaceException("full")), "job.storage_failed"),
        new("the store's connection breaks", new HttpRequestException("broken"), "job.storage_failed"),
        new("the decoder waited for the store", new MediaException(MediaFault.TimedOut, "x", new BlobStoreUnavailableException("away")), "job.storage_failed"),
        new("the upload is gone", new BlobNotFoundException("videos/x/source"), "job.source_missing"),
        new("the decoder crashed", new MediaException(MediaFault.DecoderCrashed, "x"), MediaFault.DecoderCrashed.Code),
        new("a program fault", new InvalidOperationException(), "job.attempts_exhausted"),
    ];

    [Theory, MemberData(nameof(Explained))]
    public void Nobody_is_told_that_a_job_never_finished_when_it_was_a_server_that_was_away(string what, Exception exception, string code) =>
        Blame.Explain(exception).Code.ShouldBe(code, what);

    private static MediaException Unstartable(Exception cause) => new(MediaFault.DecoderUnavailable, "It cannot be started.", cause);
}
