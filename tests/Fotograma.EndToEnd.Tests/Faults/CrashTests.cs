using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;
using Fotograma.EndToEnd.Tests.Story;

namespace Fotograma.EndToEnd.Tests.Faults;

public sealed class CrashTests
{
    private static readonly TimeSpan DecoderEndMax = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Five_videos_survive_a_server_killed_in_the_middle_of_them()
    {
        await using var server = await FotogramaServer.StartAsync(Cancellation);
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        var busy = await LoadClips.Busy.PathAsync(Cancellation);
        var jobs = new List<Guid>();
        for (var video = 0; video < 5; video++) jobs.Add((await user.UploadAsync(busy, Cancellation, ("fps", "4"))).Job);
        await user.WaitForAsync(jobs[0], job => job.GetProperty("framesDone").GetInt32() > 0, Cancellation);
        var decoders = Children.DecodersOf(server.ProcessId);

        await server.KillAsync(Cancellation);
        await Children.EndedAsync(decoders, DecoderEndMax, Cancellation);
        await server.StartAgainAsync(Cancellation);

        decoders.ShouldNotBeEmpty();
        foreach (var job in jobs)
        {
            var ended = await user.WaitForEndAsync(job, Cancellation);
            ended.GetProperty("state").GetString().ShouldBe("completed", ended.ToString());
            ended.GetProperty("result").GetProperty("frames").GetInt32().ShouldBe(48);
        }
        var mails = await MailBox.WaitForMailsAsync(user, jobs.Count, Cancellation);
        mails.Select(mail => mail.GetProperty("jobId").GetGuid()).ShouldBe(jobs, ignoreOrder: true);
        Blobs.FilesOf(server).Count.ShouldBe(jobs.Count * Blobs.FilesPerVideo, "Only what the five videos are made of may be left.");
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_gives_its_jobs_back_without_costing_an_attempt()
    {
        await using var server = await FotogramaServer.StartAsync(Cancellation);
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        var (_, job) = await user.UploadAsync(await LoadClips.Busy.PathAsync(Cancellation), Cancellation, ("fps", "15"));
        await user.WaitForAsync(job, news => news.GetProperty("framesDone").GetInt32() > 0, Cancellation);

        (await server.StopAsync(Cancellation)).ShouldBe(0);
        await server.StartAgainAsync(Cancellation);

        var ended = await user.WaitForEndAsync(job, Cancellation);
        ended.GetProperty("state").GetString().ShouldBe("completed");
        ended.GetProperty("attempt").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Cancelling_ends_the_decoder_within_two_seconds_and_leaves_no_result()
    {
        await using var server = await FotogramaServer.StartAsync(Cancellation);
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        var (video, job) = await user.UploadAsync(await LoadClips.Busy.PathAsync(Cancellation), Cancellation, ("fps", "30"));
        await user.WaitForAsync(job, news => news.GetProperty("framesDone").GetInt32() > 0, Cancellation);
        var decoders = Children.DecodersOf(server.ProcessId);
        decoders.Count.ShouldBe(1);

        using (var answer = await user.Http.PostAsync($"/api/v1/jobs/{job}/cancel", null, Cancellation)) answer.EnsureSuccessStatusCode();
        await Children.EndedAsync(decoders, DecoderEndMax, Cancellation);

        (await user.GetAsync($"/api/v1/jobs/{job}", Cancellation)).GetProperty("state").GetString().ShouldBe("cancelled");
        using (var deleted = await user.Http.DeleteAsync($"/api/v1/videos/{video}", Cancellation)) deleted.EnsureSuccessStatusCode();
        await Blobs.EmptyAsync(server, Cancellation);
    }

    [Fact]
    public async Task A_decoder_that_is_killed_costs_one_attempt_and_the_job_still_completes()
    {
        await using var server = await FotogramaServer.StartAsync(Cancellation, ("Jobs__RetryDelaySeconds", "0"));
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        var (_, job) = await user.UploadAsync(await LoadClips.Busy.PathAsync(Cancellation), Cancellation, ("fps", "15"));
        await user.WaitForAsync(job, news => news.GetProperty("framesDone").GetInt32() > 0, Cancellation);

        foreach (var decoder in Children.DecodersOf(server.ProcessId))
        {
            using var process = System.Diagnostics.Process.GetProcessById(decoder);
            process.Kill();
        }

        var ended = await user.WaitForEndAsync(job, Cancellation);
        ended.GetProperty("state").GetString().ShouldBe("completed");
        ended.GetProperty("attempt").GetInt32().ShouldBe(2);
    }
}
