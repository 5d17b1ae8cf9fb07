using Fotograma.Jobs;
using Fotograma.Video.Cleanup;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Video.Tests.Cleanup;

/// <summary>Several processes of the module with one ledger and one bucket.</summary>
public sealed class SoleSweepTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-sole-").FullName;
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly CleanupOptions options = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Of_ten_processes_one_looks_at_all_blobs()
    {
        var processes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => StartAsync()));
        foreach (var process in processes) await process.SoleSweep.RunAsync(Cancellation);
        (await processes[0].Trash.LedgerAsync(Cancellation)).Sweeps.ShouldBe(1);
        foreach (var process in processes) await process.DisposeAsync();
    }

    [Fact]
    public async Task The_same_process_sweeps_again_and_deletes_what_it_suspected()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        await one.AcceptAsync();
        var orphan = await one.StoreAsync();
        (await one.SoleSweep.RunAsync(Cancellation), await other.SoleSweep.RunAsync(Cancellation)).ShouldBe((true, false));
        clock.Advance(options.Interval + TimeSpan.FromSeconds(1));
        (await other.SoleSweep.RunAsync(Cancellation), await one.SoleSweep.RunAsync(Cancellation)).ShouldBe((false, true));
        (await one.HasAsync(orphan)).ShouldBeFalse();
    }

    [Fact]
    public async Task Another_process_takes_over_from_one_that_is_gone()
    {
        await using (var one = await StartAsync()) (await one.SoleSweep.RunAsync(Cancellation)).ShouldBeTrue();
        await using var other = await StartAsync();
        (await other.SoleSweep.RunAsync(Cancellation)).ShouldBeFalse();
        clock.Advance(options.Interval + TimeSpan.FromMinutes(2));
        (await other.SoleSweep.RunAsync(Cancellation)).ShouldBeTrue();
        (await other.Trash.LedgerAsync(Cancellation)).Sweeps.ShouldBe(2);
    }

    [Fact]
    public async Task A_sweep_that_could_not_tell_whose_the_blobs_are_is_begun_again_by_whoever_comes_first()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        await using (var writer = await one.Bucket.CreateAsync(BlobKeys.Ledger, Cancellation))
        {
            await writer.WriteAsync("no mark"u8.ToArray(), Cancellation);
            await writer.CommitAsync(Cancellation);
        }
        (await one.SoleSweep.RunAsync(Cancellation), await other.SoleSweep.RunAsync(Cancellation)).ShouldBe((true, true));
        (await other.HealthAsync()).Description.ShouldNotBeNull().ShouldContain("cannot be read");
    }

    private Task<Installation> StartAsync() => Installation.StartAsync(Path.Combine(folder, "data"), Path.Combine(folder, "blobs"), clock, options);
}
