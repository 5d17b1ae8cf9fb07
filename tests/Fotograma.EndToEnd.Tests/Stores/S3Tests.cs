using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;
using Fotograma.EndToEnd.Tests.Story;
using Fotograma.Peers.S3;

namespace Fotograma.EndToEnd.Tests.Stores;

/// <summary>The program with its blobs in S3.</summary>
public sealed class S3Tests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_video_becomes_its_frames_and_everything_is_served_from_S3()
    {
        var store = await S3Peer.SharedAsync();
        await store.MakeBucketAsync("story", Cancellation);
        await using var server = await StartAsync(store.Endpoint, "story");
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        var clip = await GoodClips.H264Mp4.PathAsync(Cancellation);
        var (video, job) = await user.UploadAsync(clip, Cancellation, ("fps", "1"), ("extras", "poster"));
        (await user.WaitForEndAsync(job, Cancellation)).GetProperty("state").GetString().ShouldBe("completed", server.Output);

        var path = $"/api/v1/jobs/{job}/archive";
        using var whole = await user.Http.GetAsync(path, Cancellation);
        var zip = await whole.Content.ReadAsByteArrayAsync(Cancellation);
        await ArchiveCheck.EqualsFfmpegAsync(zip, clip, Cancellation);
        using var rest = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new(100, null), IfRange = new(whole.Headers.ETag!) } };
        using var part = await user.Http.SendAsync(rest, Cancellation);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBe(zip[100..]);
        (await user.Http.GetByteArrayAsync($"/api/v1/jobs/{job}/frames/1/image", Cancellation)).ShouldNotBeEmpty();
        (await user.Http.GetByteArrayAsync($"/api/v1/jobs/{job}/frames/1/thumbnail", Cancellation)).ShouldNotBeEmpty();
        (await user.Http.GetByteArrayAsync($"/api/v1/jobs/{job}/poster", Cancellation)).ShouldNotBeEmpty();
        (await user.Http.GetStringAsync("/health", Cancellation)).ShouldContain("\"blobs\"");
        Directory.Exists(Path.Combine(server.Folder, "blobs")).ShouldBeFalse();
        Directory.EnumerateFiles(Path.Combine(server.Folder, "scratch"), "*", SearchOption.AllDirectories).ShouldAllBe(file => file.EndsWith(".lock", StringComparison.Ordinal));

        (await user.Http.DeleteAsync($"/api/v1/videos/{video}", Cancellation)).EnsureSuccessStatusCode();
        using var client = store.Client();
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        bound.CancelAfter(TimeSpan.FromSeconds(60));
        while ((await KeysAsync(client, "story", bound.Token)).Count > 0) await Task.Delay(TimeSpan.FromMilliseconds(100), bound.Token);
    }

    [Fact]
    public async Task Downloads_are_sent_to_the_store_where_the_operator_wants_it()
    {
        var store = await S3Peer.SharedAsync();
        await store.MakeBucketAsync("redirects", Cancellation);
        await using var server = await StartAsync(store.Endpoint, "redirects", ("Blobs__RedirectDownloads", "true"));
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        var (_, job) = await user.UploadAsync(await GoodClips.OneSecond.PathAsync(Cancellation), Cancellation);
        var done = await user.WaitForEndAsync(job, Cancellation);
        var bytes = done.GetProperty("result").GetProperty("archiveBytes").GetInt64();
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;

        using var sent = await http.GetAsync($"/api/v1/jobs/{job}/archive", Cancellation);
        sent.StatusCode.ShouldBe(HttpStatusCode.Found);
        sent.Headers.CacheControl!.NoStore.ShouldBeTrue();
        using var stranger = new HttpClient();
        using var direct = await stranger.GetAsync(sent.Headers.Location, Cancellation);
        direct.StatusCode.ShouldBe(HttpStatusCode.OK);
        direct.Content.Headers.ContentLength.ShouldBe(bytes);
        direct.Content.Headers.ContentDisposition!.FileNameStar!.ShouldEndWith("-frames.zip");
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/api/v1/jobs/{job}/archive"), Cancellation);
        head.Content.Headers.ContentLength.ShouldBe(bytes);
        using var anonymous = await stranger.GetAsync(new Uri(server.Address, $"/api/v1/jobs/{job}/archive"), Cancellation);
        anonymous.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        server.Output.ShouldNotContain("X-Amz-Signature");
    }

    [Fact]
    public async Task Store_that_is_gone_is_said_to_be_and_everything_goes_on_when_it_is_back()
    {
        var store = await S3Peer.SharedAsync();
        await store.MakeBucketAsync("outages", Cancellation);
        await using var gateway = await store.AnotherGatewayAsync();
        await using var server = await StartAsync(gateway.Endpoint, "outages", ("S3__RetriesMax", "1"), ("Jobs__RetryDelaySeconds", "1"));
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        var clip = await GoodClips.OneSecond.PathAsync(Cancellation);
        await gateway.KillAsync();

        using var refused = await user.TryUploadAsync(clip, "a.mp4", Cancellation);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        (await refused.Content.ReadAsStringAsync(Cancellation)).ShouldContain("storage.unavailable");
        using var health = await user.Http.GetAsync("/health", Cancellation);
        health.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await user.GetAsync("/api/v1/videos", Cancellation)).GetProperty("items").GetArrayLength().ShouldBe(0);

        await gateway.RestartAsync();
        var (_, job) = await user.UploadAsync(clip, Cancellation);
        (await user.WaitForEndAsync(job, Cancellation)).GetProperty("state").GetString().ShouldBe("completed", server.Output);
    }

    [Fact]
    public async Task Store_that_goes_away_in_the_middle_of_a_job_costs_it_no_attempt()
    {
        var store = await S3Peer.SharedAsync();
        await store.MakeBucketAsync("patience", Cancellation);
        await using var gateway = await store.AnotherGatewayAsync();
        await using var server = await StartAsync(gateway.Endpoint, "patience", ("S3__RetriesMax", "1"), ("Jobs__AttemptsMax", "1"));
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        var (_, job) = await user.UploadAsync(await LoadClips.Busy.PathAsync(Cancellation), Cancellation, ("fps", "15"));
        await user.WaitForAsync(job, news => news.GetProperty("framesDone").GetInt32() > 0, Cancellation);
        await gateway.KillAsync();
        await server.HearAsync("is given back without an attempt lost", Cancellation);

        await gateway.RestartAsync();
        var end = await user.WaitForEndAsync(job, Cancellation);
        end.GetProperty("state").GetString().ShouldBe("completed", server.Output);
        end.GetProperty("attempt").GetInt32().ShouldBe(1);
        using var client = store.Client();
        var uploads = await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = "patience" }, Cancellation);
        (await KeysAsync(client, "patience", Cancellation)).Count(key => !key.StartsWith("jobs/", StringComparison.Ordinal)).ShouldBe(1);
        (uploads.MultipartUploads ?? []).ShouldAllBe(upload => upload.Key.StartsWith("jobs/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Upload_that_was_damaged_in_the_store_is_found_out_before_it_is_decoded()
    {
        var store = await S3Peer.SharedAsync();
        await store.MakeBucketAsync("damage", Cancellation);
        await using var server = await StartAsync(store.Endpoint, "damage", ("Worker__ConcurrentJobsMax", "1"));
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        using var client = store.Client();
        var (_, first) = await user.UploadAsync(await GoodClips.OneSecond.PathAsync(Cancellation), Cancellation);
        await user.WaitForEndAsync(first, Cancellation);
        var key = (await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "damage", Prefix = "videos/" }, Cancellation)).S3Objects.Single().Key;
        using var source = await client.GetObjectAsync("damage", key, Cancellation);
        using var bytes = new MemoryStream();
        await source.ResponseStream.CopyToAsync(bytes, Cancellation);
        bytes.GetBuffer()[bytes.Length / 2] ^= 1;
        bytes.Position = 0;
        await client.PutObjectAsync(new PutObjectRequest { BucketName = "damage", Key = key, InputStream = bytes, AutoCloseStream = false }, Cancellation);

        using var again = await user.Http.PostAsync($"/api/v1/videos/{key.Split('/')[1]}/jobs", content: null, Cancellation);
        again.EnsureSuccessStatusCode();
        var job = (await System.Text.Json.JsonSerializer.DeserializeAsync<System.Text.Json.JsonElement>(await again.Content.ReadAsStreamAsync(Cancellation), cancellationToken: Cancellation)).GetProperty("id").GetGuid();
        var end = await user.WaitForEndAsync(job, Cancellation);
        end.GetProperty("state").GetString().ShouldBe("failed");
        end.GetProperty("error").GetProperty("code").GetString().ShouldBe("job.source_damaged");
    }

    // But for the blob that says which ledger the others belong to.
    private static async Task<List<string>> KeysAsync(AmazonS3Client client, string bucket, CancellationToken cancellation) =>
        [.. ((await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket }, cancellation)).S3Objects ?? []).Select(item => item.Key).Where(key => key != "ledger.json")];

    private static Task<FotogramaServer> StartAsync(string endpoint, string bucket, params (string, string)[] more) => FotogramaServer.StartAsync(Cancellation,
    [
        ("Blobs__Driver", "s3"), ("S3__Endpoint", endpoint), ("S3__Bucket", bucket), ("S3__PathStyle", "true"), ("S3__AccessKeyId", S3Peer.AccessKey),
        ("S3__SecretAccessKey", S3Peer.SecretKey), ("S3__ScratchFreeBytesMin", "0"), .. more,
    ]);
}
