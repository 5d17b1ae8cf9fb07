using System.IO.Compression;
using System.Net;
using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;

namespace Fotograma.EndToEnd.Tests.Story;

public sealed class StoryTests(SharedServer shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<Clip> Videos => [GoodClips.H264Mp4, GoodClips.VfrMkv, GoodClips.Vp9Webm, GoodClips.MjpegAvi, GoodClips.HevcMp4, GoodClips.Av1Mp4, GoodClips.Ts, GoodClips.LateStart];

    [Theory]
    [MemberData(nameof(Videos))]
    public async Task An_uploaded_video_becomes_the_frames_and_times_that_ffmpeg_gives(Clip clip)
    {
        using var user = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        var path = await clip.PathAsync(Cancellation);
        var (_, job) = await user.UploadAsync(path, Cancellation, ("fps", "1"));

        var done = await user.WaitForEndAsync(job, Cancellation);

        done.GetProperty("state").GetString().ShouldBe("completed", done.ToString());
        var zip = await user.Http.GetByteArrayAsync($"/api/v1/jobs/{job}/archive", Cancellation);
        zip.LongLength.ShouldBe(done.GetProperty("result").GetProperty("archiveBytes").GetInt64());
        await ArchiveCheck.EqualsFfmpegAsync(zip, path, Cancellation);
    }

    [Fact]
    public async Task The_gallery_serves_the_very_images_that_are_in_the_archive()
    {
        using var user = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        var (_, job) = await user.UploadAsync(await GoodClips.FiveSeconds.PathAsync(Cancellation), Cancellation);
        await user.WaitForStateAsync(job, "completed", Cancellation);

        var frames = await user.GetAsync($"/api/v1/jobs/{job}/frames?limit=500", Cancellation);
        var zip = await user.Http.GetByteArrayAsync($"/api/v1/jobs/{job}/archive", Cancellation);

        using var archive = new ZipArchive(new MemoryStream(zip));
        frames.GetProperty("total").GetInt32().ShouldBe(5);
        foreach (var frame in frames.GetProperty("items").EnumerateArray())
        {
            var index = frame.GetProperty("index").GetInt32();
            var served = await user.Http.GetByteArrayAsync($"/api/v1/jobs/{job}/frames/{index}/image", Cancellation);
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(served)).ShouldBe(frame.GetProperty("sha256").GetString());
            using var saved = await user.Http.GetAsync($"/api/v1/jobs/{job}/frames/{index}/image?download=1", Cancellation);
            saved.Content.Headers.ContentDisposition!.FileNameStar.ShouldBe($"5s-frame_{index:D6}.png");
            archive.GetEntry(frame.GetProperty("file").GetString()!)!.Length.ShouldBe(served.Length);
            var thumbnail = await user.Http.GetByteArrayAsync($"/api/v1/jobs/{job}/frames/{index}/thumbnail", Cancellation);
            thumbnail.AsSpan(0, 2).SequenceEqual((ReadOnlySpan<byte>)[0xFF, 0xD8]).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task What_was_made_beside_the_frames_is_served_out_of_the_archive()
    {
        using var user = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        var clip = await GoodClips.FiveSeconds.PathAsync(Cancellation);
        var (_, job) = await user.UploadAsync(clip, Cancellation, ("extras", "poster,storyboard,sheet"), ("name", "at_{time}"));
        var (_, plain) = await user.UploadAsync(clip, Cancellation);
        await user.WaitForStateAsync(job, "completed", Cancellation);
        await user.WaitForStateAsync(plain, "completed", Cancellation);

        using var archive = new ZipArchive(new MemoryStream(await user.Http.GetByteArrayAsync($"/api/v1/jobs/{job}/archive", Cancellation)));
        var storyboard = await user.Http.GetStringAsync($"/api/v1/jobs/{job}/storyboard.vtt", Cancellation);

        foreach (var (path, name) in new[] { ("poster", "poster.jpg"), ("contact-sheet", "contact-sheet.jpg"), ("storyboard/sprite_0001.jpg", "storyboard/sprite_0001.jpg") })
        {
            var served = await user.Http.GetByteArrayAsync($"/api/v1/jobs/{job}/{path}", Cancellation);
            using var stored = new MemoryStream();
            await (await archive.GetEntry(name)!.OpenAsync(Cancellation)).CopyToAsync(stored, Cancellation);
            served.ShouldBe(stored.ToArray());
            using var missing = await user.Http.GetAsync($"/api/v1/jobs/{plain}/{path}", Cancellation);
            missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await missing.Content.ReadAsStringAsync(Cancellation)).ShouldContain("extra.not_found");
        }

        storyboard.ShouldContain("\nstoryboard/sprite_0001.jpg#xywh=160,0,160,120\n");
        (await user.GetAsync($"/api/v1/jobs/{job}/frames", Cancellation)).GetProperty("items")[1].GetProperty("file").GetString().ShouldBe("frames/at_1.000000.png");
        var lines = await user.Http.GetStringAsync($"/api/v1/jobs/{job}/manifest?format=ndjson", Cancellation);
        lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(5);
    }

    [Fact]
    public async Task The_owner_gets_one_mail_when_the_frames_are_ready()
    {
        using var user = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        var (_, job) = await user.UploadAsync(await GoodClips.OneSecond.PathAsync(Cancellation), Cancellation);
        await user.WaitForStateAsync(job, "completed", Cancellation);

        var mails = await MailBox.WaitForMailsAsync(user, 1, Cancellation);

        mails.Single().GetProperty("to").GetString().ShouldBe(user.Email);
        mails.Single().GetProperty("jobId").GetGuid().ShouldBe(job);
    }

    [Fact]
    public async Task A_download_can_be_resumed_and_is_not_sent_again_when_unchanged()
    {
        using var user = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        var (_, job) = await user.UploadAsync(await GoodClips.ThreeSeconds.PathAsync(Cancellation), Cancellation);
        await user.WaitForStateAsync(job, "completed", Cancellation);
        var path = $"/api/v1/jobs/{job}/archive";
        using var whole = await user.Http.GetAsync(path, Cancellation);
        var bytes = await whole.Content.ReadAsByteArrayAsync(Cancellation);

        using var rest = new HttpRequestMessage(HttpMethod.Get, path);
        rest.Headers.Range = new(100, null);
        rest.Headers.IfRange = new(whole.Headers.ETag!);
        using var part = await user.Http.SendAsync(rest, Cancellation);
        using var same = new HttpRequestMessage(HttpMethod.Get, path);
        same.Headers.IfNoneMatch.Add(whole.Headers.ETag!);
        using var unchanged = await user.Http.SendAsync(same, Cancellation);
        using var head = await user.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), Cancellation);
        using var beyond = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new(bytes.Length + 1, null) } };
        using var refused = await user.Http.SendAsync(beyond, Cancellation);

        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBe(bytes[100..]);
        unchanged.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        head.Content.Headers.ContentLength.ShouldBe(bytes.Length);
        refused.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
    }

    [Theory]
    [InlineData("férias na praia; ação (1).mp4")]
    [InlineData("../../etc/passwd")]
    [InlineData("\u202Egpj.mp4")]
    [InlineData("日本語 🎬.mov")]
    public async Task Any_file_name_comes_back_safely_quoted_and_never_becomes_a_path(string name)
    {
        using var user = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        using var answer = await user.TryUploadAsync(await GoodClips.OneSecond.PathAsync(Cancellation), name, Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var videos = await user.GetAsync("/api/v1/videos", Cancellation);
        var video = videos.GetProperty("items")[0];
        var job = video.GetProperty("job").GetProperty("id").GetGuid();
        await user.WaitForStateAsync(job, "completed", Cancellation);

        using var download = await user.Http.GetAsync($"/api/v1/jobs/{job}/archive", Cancellation);

        var shown = video.GetProperty("name").GetString()!;
        shown.ShouldNotContain('/');
        shown.ShouldNotContain('\u202E');
        var disposition = download.Content.Headers.ContentDisposition!;
        disposition.DispositionType.ShouldBe("attachment");
        disposition.FileNameStar.ShouldBe($"{Path.GetFileNameWithoutExtension(shown)}-frames.zip");
    }
}
