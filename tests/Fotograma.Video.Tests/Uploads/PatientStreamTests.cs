using System.IO.Pipelines;
using Fotograma.Kernel.Errors;
using Fotograma.Video.Uploads;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Video.Tests.Uploads;

public sealed class PatientStreamTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caller_who_falls_silent_is_told_that_the_upload_was_interrupted()
    {
        var clock = new FakeTimeProvider();
        await using var body = new PatientStream(new Pipe().Reader.AsStream(), Silence, clock);
        var reading = body.ReadAsync(new byte[1], Cancellation).AsTask();

        clock.Advance(Silence - TimeSpan.FromSeconds(1));
        reading.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(2));

        (await Should.ThrowAsync<FaultException>(reading)).Error.ShouldBe(ErrorCatalogue.UploadInterrupted);
    }

    [Fact]
    public async Task Every_byte_that_arrives_begins_the_wait_anew()
    {
        var clock = new FakeTimeProvider();
        var pipe = new Pipe();
        await using var body = new PatientStream(pipe.Reader.AsStream(), Silence, clock);
        for (var round = 0; round < 5; round++)
        {
            var reading = body.ReadAsync(new byte[1], Cancellation).AsTask();
            clock.Advance(Silence - TimeSpan.FromSeconds(1));
            await pipe.Writer.WriteAsync(new byte[1], Cancellation);
            (await reading).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_cancelled_request_stays_a_cancelled_request()
    {
        using var cancelled = new CancellationTokenSource();
        await using var body = new PatientStream(new Pipe().Reader.AsStream(), Silence, new FakeTimeProvider());
        var reading = body.ReadAsync(new byte[1], cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(reading);
    }
}
