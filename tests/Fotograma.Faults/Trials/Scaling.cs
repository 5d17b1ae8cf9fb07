using System.Globalization;
using Fotograma.Faults.Checking;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Load;
using Fotograma.Peers.Postgres;

namespace Fotograma.Faults.Trials;

/// <summary>
/// How many jobs a second one, two and four worker processes end that share a backlog on PostgreSQL and RabbitMQ. Every job costs the same and hardly any processor
/// time: its decoder waits for four seconds before it begins, so that the figures tell of workers, not of the machine's cores. Counted by the ledger's clock from when all workers serve until
/// nine tenths of the jobs have ended, so that neither their starts nor the last jobs, for which there are more slots than work, are in it.
/// </summary>
internal sealed class Scaling(string program, Clips clips, Action<string> say)
{
    private const int People = 6;
    private const int UploadsAtOnce = 6;
    private const int JobsPerWorker = 30;
    private const double CountedShare = 0.9;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan EndMax = TimeSpan.FromMinutes(5);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-scaling-");
        try
        {
            var decoder = SlowDecoder(folder.FullName);
            say("| worker processes that share a backlog | jobs/s | of one |\n|---|---|---|");
            var alone = 0.0;
            foreach (var workers in (int[])[1, 2, 4])
            {
                var rate = await MeasureAsync(decoder, workers, cancellation);
                if (workers == 1) alone = rate;
                say(string.Create(CultureInfo.InvariantCulture, $"| {workers} | {rate:0.00} | {rate / alone:0.00} |"));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<double> MeasureAsync(string decoder, int workers, CancellationToken cancellation)
    {
        await using var postgres = await PostgresPeer.StartAsync();
        await using var carrier = await Carrier.StartAsync(CarrierKind.RabbitMq, cancellation);
        var nothing = new Mishap("S", "nothing happens", _ => Task.CompletedTask) { Settings = new Dictionary<string, string> { ["Decoder__Path"] = decoder } };
        await using var deployment = await Deployment.StartAsync(program, nothing, postgres, carrier, cancellation);
        await deployment.StopWorkersAsync();
        using var crowd = new Crowd();
        await crowd.JoinAsync(deployment.Address, People, cancellation);
        var jobs = workers * JobsPerWorker;
        await crowd.UploadAsync(clips.Short, jobs, UploadsAtOnce, cancellation);
        for (var place = 0; place < workers; place++) await deployment.RestartWorkerAsync(place, cancellation, wait: false);
        while (!deployment.Workers.Take(workers).All(worker => worker.Serves)) await Task.Delay(LookInterval, cancellation);
        var since = await deployment.Truth.NowAsync(cancellation);
        return RateOf(await EndsAsync(deployment, jobs, cancellation), since, (int)(jobs * CountedShare));
    }

    private static async Task<List<DateTimeOffset>> EndsAsync(Deployment deployment, int jobs, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(EndMax);
        while (true)
        {
            var ends = (await deployment.Truth.TransitionsAsync(bound.Token)).Where(change => change.After == States.Completed).Select(change => change.At).Order().ToList();
            if (ends.Count >= jobs) return ends;
            await Task.Delay(TimeSpan.FromSeconds(1), bound.Token);
        }
    }

    private static double RateOf(List<DateTimeOffset> ends, DateTimeOffset since, int last)
    {
        var counted = ends.Take(last).Count(end => end > since);
        return counted / (ends[last - 1] - since).TotalSeconds;
    }

    private string SlowDecoder(string folder)
    {
        var path = Path.Combine(folder, "slow-decoder");
        File.WriteAllText(path, $"#!/bin/sh\n/bin/sleep 4\nexec '{Path.Combine(Path.GetDirectoryName(program)!, "fotograma-decoder")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
