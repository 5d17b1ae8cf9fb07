using Fotograma.Faults.Checking;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Tests;

/// <summary>A checker that cannot complain proves nothing: everything that it looks for is done to a real deployment, and it must say so.</summary>
public sealed class CheckerCanFailTests(SoundDeployment sound) : IClassFixture<SoundDeployment>
{
    private const string AnotherNotice =
        """
        INSERT INTO notifications SELECT gen_random_uuid(), "JobId", "VideoId", "OwnerId", KIND, "Channel", "ToAddress", "ToName", "Language", "Subject", "Text", "Html",
            "CreatedAt", "State", "FailedAttempts", "DueAt", "LastFailure" FROM notifications WHERE "JobId" = JOB
        """;

    private static readonly Guid Nobody = new("0190a5c8-0000-7000-8000-000000000000");
    private static readonly string[] ResultBlobs = ["frames.zip", "manifest.json", "manifest.ndjson", "manifest.csv", "frames.idx", "thumbnails.bin"];

    /// <summary>What is done to the rows, and what must be said.</summary>
    private static readonly Dictionary<string, (string Sql, string Complaint, Func<Verdict, int> Count)> Writes = new()
    {
        ["lost job"] = ("""UPDATE jobs SET "State" = 'processing' WHERE "Id" = JOB""", "was accepted and has not ended (processing)", verdict => verdict.Lost),
        ["deleted job"] = ("""DELETE FROM jobs WHERE "Id" = JOB""", "was accepted and has not ended (it does not exist)", verdict => verdict.Lost),
        ["cancellation that nobody asked for"] = (
            """UPDATE jobs SET "State" = 'processing' WHERE "Id" = JOB; UPDATE jobs SET "State" = 'cancelled' WHERE "Id" = JOB""", "was cancelled though nobody asked for that", verdict => verdict.Lost),
        ["deletion that nobody asked for"] = ("""DELETE FROM jobs WHERE "Id" = JOB""", "was deleted though nobody asked for that", verdict => verdict.Duplicated),
        ["other end after the end"] = ("""UPDATE jobs SET "State" = 'failed' WHERE "Id" = JOB""", "went from completed to failed", verdict => verdict.Duplicated),
        ["second completion over the first"] = (
            """UPDATE jobs SET "ResultPrefix" = "ResultPrefix", "Epoch" = "Epoch" + 1 WHERE "Id" = JOB""", "was completed and was written again", verdict => verdict.Duplicated),
        ["second end after a new beginning"] = (
            """UPDATE jobs SET "State" = 'processing' WHERE "Id" = JOB; UPDATE jobs SET "State" = 'completed' WHERE "Id" = JOB""", "ended 2 times", verdict => verdict.Duplicated),
        ["event of another end"] = (
            """UPDATE witnessed_events SET body = convert_to(replace(convert_from(body, 'UTF8'), 'video.processed', 'video.failed'), 'UTF8') WHERE position(JOB IN convert_from(body, 'UTF8')) > 0""",
            "is completed and has the events [video.failed]", verdict => verdict.WrongEvents),
        ["second event"] = (
            """INSERT INTO witnessed_events (body) SELECT body FROM witnessed_events WHERE position(JOB IN convert_from(body, 'UTF8')) > 0""",
            "has the events [video.processed, video.processed]", verdict => verdict.WrongEvents),
        ["missing event"] = ("DELETE FROM witnessed_events", "is completed and has the events []", verdict => verdict.WrongEvents),
    };

    /// <summary>What is done to the notifications, and what must be said.</summary>
    private static readonly Dictionary<string, (string Sql, string Complaint, Func<Verdict, int> Count)> Notices = new()
    {
        ["second notification"] = (
            $"""DROP INDEX "IX_notifications_JobId_Kind_Channel"; {AnotherNotice.Replace("KIND", "\"Kind\"", StringComparison.Ordinal)}""",
            "has 2 notifications of video.processed", verdict => verdict.DuplicateNotices),
        ["notification of the wrong kind"] = (
            """UPDATE notifications SET "Kind" = 'video.failed' WHERE "JobId" = JOB""", "is completed and has a notification of video.failed", verdict => verdict.WrongNotices),
        ["notification of each kind"] = (
            AnotherNotice.Replace("KIND", "'video.failed'", StringComparison.Ordinal), "has notifications of video.processed and of video.failed", verdict => verdict.WrongNotices),
        ["missing notification"] = ("""DELETE FROM notifications WHERE "JobId" = JOB""", "Nobody was told of the end of job", verdict => verdict.MissingNotices),
    };

    public static TheoryData<string> Written => [.. Writes.Keys];

    public static TheoryData<string> Noticed => [.. Notices.Keys];

    public static TheoryData<string> Stored => [.. ResultBlobs];

    [Fact]
    public async Task A_deployment_without_faults_holds()
    {
        sound.Verdict.Complaints.ShouldBeEmpty();
        (sound.Verdict.Accepted, sound.Verdict.Completed).ShouldBe((3, 3));
        using var copy = await sound.CopyAsync();
        (await copy.JudgeAsync()).Holds.ShouldBeTrue();
        copy.Mails.Mails.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_lease_is_seen_with_its_holder_and_its_end()
    {
        using var copy = await sound.CopyAsync(rows: true);
        (await copy.LeasedAsync()).ShouldBeEmpty();
        await copy.ForgeAsync("""UPDATE jobs SET "State" = 'processing', "LeaseOwner" = 'somebody', "Epoch" = 7, "LeaseUntil" = 1700000000123 WHERE "Id" = JOB""");
        (await copy.LeasedAsync()).ShouldHaveSingleItem().ShouldBe(new Lease(copy.Job.Id, "somebody", 7, DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123)));
    }

    [Theory]
    [MemberData(nameof(Written))]
    public async Task The_checker_complains_of_a(string fault)
    {
        using var copy = await sound.CopyAsync(rows: true);
        await copy.WriteAsync(Writes[fault].Sql);
        await ShouldComplainAsync(copy, Writes[fault].Complaint, Writes[fault].Count);
    }

    [Theory]
    [MemberData(nameof(Noticed))]
    public async Task The_checker_complains_of_one_more_or_one_less_that_is_a(string fault)
    {
        using var copy = await sound.CopyAsync(rows: true);
        await copy.WriteNoticesAsync(Notices[fault].Sql);
        await ShouldComplainAsync(copy, Notices[fault].Complaint, Notices[fault].Count);
    }

    [Theory]
    [MemberData(nameof(Stored))]
    public async Task The_checker_complains_of_a_result_without(string blob)
    {
        using var copy = await sound.CopyAsync();
        await copy.RemoveAsync($"{copy.Job.ResultPrefix}{blob}");
        await ShouldComplainAsync(copy, $"{blob} is missing", verdict => verdict.BadResults);
    }

    [Theory]
    [MemberData(nameof(Stored))]
    public async Task The_checker_complains_of_a_result_with_a_changed_byte_in(string blob)
    {
        using var copy = await sound.CopyAsync();
        await copy.SpoilAsync($"{copy.Job.ResultPrefix}{blob}");
        (await copy.JudgeAsync()).BadResults.ShouldBe(blob is "thumbnails.bin" ? 0 : 1, "only a thumbnail has no digest");
    }

    [Fact]
    public async Task The_checker_complains_of_an_image_that_the_manifest_does_not_describe()
    {
        using var copy = await sound.CopyAsync();
        copy.Edit($"{copy.Job.ResultPrefix}manifest.json", "\"sha256\":\"", "\"sha256\":\"00");
        await ShouldComplainAsync(copy, "frames/frame_000001.png is not the image that the manifest describes", verdict => verdict.BadResults);
    }

    [Theory]
    [InlineData("manifest.json", "\"poster.jpg\"", "\"poster.png\"", "manifest.json is not the archive's")]
    [InlineData("extras.json", "\"name\":\"poster.jpg\"", "\"name\":\"contact-sheet.jpg\"", "extras.json does not list what the manifest does")]
    [InlineData("extras.json", "\"offset\":", "\"offset\":1", "extras.json ")]
    [InlineData("extras.json", "\"sha256\":\"", "\"sha256\":\"00", "extras.json does not list what the manifest does")]
    public async Task The_checker_complains_of_something_beside_the_images_that_is_not_where_it_should_be(string blob, string from, string to, string complaint)
    {
        using var copy = await sound.CopyAsync();
        copy.Edit($"{copy.Job.ResultPrefix}{blob}", from, to);
        await ShouldComplainAsync(copy, complaint, verdict => verdict.BadResults);
    }

    [Fact]
    public async Task The_checker_complains_of_a_result_without_the_list_of_what_lies_beside_the_images()
    {
        using var copy = await sound.CopyAsync();
        await copy.RemoveAsync($"{copy.Job.ResultPrefix}extras.json");
        await ShouldComplainAsync(copy, "extras.json does not list what the manifest does", verdict => verdict.BadResults);
    }

    [Fact]
    public async Task The_checker_complains_of_blobs_that_nothing_refers_to()
    {
        using var copy = await sound.CopyAsync();
        copy.Put($"videos/{Nobody}/source");
        copy.Put($"jobs/{copy.Job.Id}/99/frames.zip");
        copy.Put($"videos/{copy.Job.VideoId}/part");
        copy.Put($"{copy.Job.ResultPrefix}part");
        var verdict = await copy.JudgeAsync();
        (verdict.Orphans, verdict.Complaints.Count(complaint => complaint.StartsWith("Nothing refers to the blob", StringComparison.Ordinal))).ShouldBe((4, 4));
    }

    [Fact]
    public async Task The_checker_complains_of_a_blob_that_nobody_finished_or_swept_away()
    {
        using var copy = await sound.CopyAsync();
        copy.Put(".tmp/0190a5c8000070008000000000000000/1");
        await ShouldComplainAsync(copy, "The blob .tmp/0190a5c8000070008000000000000000/1 was begun, and neither finished nor swept away", verdict => verdict.Unfinished);
    }

    [Fact]
    public async Task The_checker_complains_of_an_upload_that_nobody_finished_or_gave_up_in_an_object_store()
    {
        await using var store = await ObjectStore.StartAsync(TestContext.Current.CancellationToken);
        await store.LeaveOpenAsync("videos/somebody/source", TestContext.Current.CancellationToken);
        (await BlobCheck.UnfinishedAsync(store.Blobs, TestContext.Current.CancellationToken)).ShouldBe(["The blob videos/somebody/source was begun, and neither finished nor swept away."]);
    }

    [Fact]
    public async Task The_checker_complains_of_an_upload_that_is_gone()
    {
        using var copy = await sound.CopyAsync();
        await copy.RemoveAsync($"videos/{copy.Job.VideoId}/source");
        await ShouldComplainAsync(copy, $"The upload of video {copy.Job.VideoId} is gone", verdict => verdict.BadSources);
    }

    [Fact]
    public async Task The_checker_complains_of_an_upload_that_has_changed()
    {
        using var copy = await sound.CopyAsync();
        await copy.SpoilAsync($"videos/{copy.Job.VideoId}/source");
        await ShouldComplainAsync(copy, $"The upload of video {copy.Job.VideoId} is not what was uploaded", verdict => verdict.BadSources);
    }

    [Fact]
    public async Task The_checker_complains_of_a_job_that_failed_though_its_video_is_sound()
    {
        using var copy = await sound.CopyAsync(rows: true);
        await copy.ForgeAsync("""UPDATE jobs SET "State" = 'failed', "ErrorCode" = 'job.storage_failed' WHERE "Id" = JOB""");
        await ShouldComplainAsync(copy, "failed (job.storage_failed, attempt 1) though its video is sound", verdict => verdict.Failed);
        (await copy.JudgeAsync(SoundDeployment.NoMishap with { MayFail = ["job.storage_failed"] })).Complaints.ShouldNotContain(complaint => complaint.Contains("sound", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_checker_complains_of_an_attempt_that_was_to_cost_nothing()
    {
        using var copy = await sound.CopyAsync(rows: true);
        await copy.ForgeAsync("""UPDATE jobs SET "Attempt" = 2 WHERE "Id" = JOB""");
        (await copy.JudgeAsync()).Holds.ShouldBeTrue();
        (await copy.JudgeAsync(SoundDeployment.NoMishap with { CostsNoAttempt = true })).Complaints.ShouldHaveSingleItem().ShouldEndWith("took 2 attempts.");
    }

    [Fact]
    public async Task The_checker_complains_of_a_notification_that_was_never_sent()
    {
        using var copy = await sound.CopyAsync();
        copy.ForgetMails();
        await ShouldComplainAsync(copy, "was never sent", verdict => verdict.MissingNotices);
    }

    [Fact]
    public async Task The_checker_complains_of_a_second_mail_that_no_notification_knows()
    {
        using var copy = await sound.CopyAsync();
        copy.Send($"{Nobody:N}@localhost", "Your frames are ready: clip.mp4");
        await ShouldComplainAsync(copy, "2 different mails were sent of video.processed", verdict => verdict.DuplicateNotices);
        await ShouldComplainAsync(copy, "is of no notification", verdict => verdict.WrongNotices);
    }

    [Fact]
    public async Task The_checker_complains_of_a_mail_that_says_something_else_than_its_notification()
    {
        using var copy = await sound.CopyAsync();
        var notice = await copy.NoticeAsync();
        copy.ForgetMails();
        copy.Send($"{notice.Id:N}@localhost", "clip.mp4 could not be processed");
        await ShouldComplainAsync(copy, "tells of video.failed", verdict => verdict.WrongNotices);
    }

    [Fact]
    public async Task The_checker_complains_of_a_job_that_ended_though_its_owner_was_told_that_it_is_cancelled()
    {
        using var copy = await sound.CopyAsync();
        copy.Promises.Cancel(copy.Job.Id, isPromised: false);
        (await copy.JudgeAsync()).Holds.ShouldBeTrue("nobody said that it is cancelled");
        copy.Promises.Cancel(copy.Job.Id, isPromised: true);
        await ShouldComplainAsync(copy, "was cancelled, and is completed", verdict => verdict.Duplicated);
    }

    [Fact]
    public async Task The_checker_complains_of_what_was_asked_for_and_is_not_there()
    {
        using var copy = await sound.CopyAsync();
        var (job, asked) = copy.Promises.Asked.First(pair => pair.Value.Extras.Count == 0);
        copy.Promises.Accept(job, copy.Promises.Accepted[job], asked with { Extras = ["poster", "sheet"] });
        await ShouldComplainAsync(copy, "[poster, sheet] was asked for beside the images; there is []", verdict => verdict.BadResults);
    }

    [Fact]
    public async Task The_checker_complains_of_a_mail_to_somebody_else()
    {
        using var copy = await sound.CopyAsync();
        var notice = await copy.NoticeAsync();
        copy.ForgetMails();
        copy.Send($"{notice.Id:N}@localhost", "Your frames are ready: clip.mp4", to: "somebody@example.com");
        await ShouldComplainAsync(copy, "went to somebody@example.com; the video is", verdict => verdict.WrongNotices);
    }

    // The mail server of the deployment was in no mood: its sender heard of every mail that it was taken.
    [Fact]
    public async Task The_checker_complains_of_a_mail_that_was_sent_again_after_its_sender_was_stopped_in_order()
    {
        using var copy = await sound.CopyAsync();
        copy.SendAgain(copy.Mails.Mails[^1], copy.Mails.Begin());
        await ShouldComplainAsync(copy, "was sent again though the sender had heard that it was taken", verdict => verdict.DuplicateNotices);
    }

    [Fact]
    public async Task The_checker_counts_a_mail_that_its_sender_had_in_hand_when_it_was_killed_and_complains_of_every_other()
    {
        using var copy = await sound.CopyAsync();
        var (first, last) = (copy.Mails.Mails[0], copy.Mails.Mails[^1]);
        (first.Life, first.IsHeard, last.IsHeard).ShouldBe((last.Life, true, true));
        copy.Mails.Killed(last.Life);
        var repeated = copy.SendAgain(last, copy.Mails.Begin());
        var verdict = await copy.JudgeAsync();
        (verdict.Holds, verdict.RepeatedMails).ShouldBe((true, 1), string.Join('\n', verdict.Complaints));
        copy.SendAgain(last, copy.Mails.Begin());
        verdict = await copy.JudgeAsync();
        (verdict.Holds, verdict.RepeatedMails).ShouldBe((true, 2), "the sender did not hear of the one before");
        copy.Mails.Heard(repeated);
        await ShouldComplainAsync(copy, $"The mail {last.MessageId} was sent again", found => found.DuplicateNotices);
        copy.SendAgain(first, copy.Mails.Begin());
        await ShouldComplainAsync(copy, $"The mail {first.MessageId} was sent again", found => found.DuplicateNotices);
    }

    [Fact]
    public async Task The_checker_counts_a_mail_that_its_sender_could_not_note()
    {
        using var copy = await sound.CopyAsync();
        var mail = copy.Mails.Mails[0];
        copy.Mails.NotNoted(mail.Notice!.Value);
        copy.SendAgain(mail, mail.Life);
        var verdict = await copy.JudgeAsync();
        (verdict.Holds, verdict.RepeatedMails).ShouldBe((true, 1), string.Join('\n', verdict.Complaints));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_checker_counts_the_one_mail_that_a_sender_had_in_hand_when_it_stood_still(bool wasSentBefore)
    {
        using var copy = await sound.CopyAsync();
        var (first, last) = (copy.Mails.Mails[0], copy.Mails.Mails[^1]);
        var frozen = wasSentBefore ? last.Life : copy.Mails.Begin();
        copy.Mails.StandsStill(frozen);
        copy.SendAgain(last, wasSentBefore ? copy.Mails.Begin() : frozen);
        var verdict = await copy.JudgeAsync();
        (verdict.Holds, verdict.RepeatedMails).ShouldBe((true, 1), string.Join('\n', verdict.Complaints));
        copy.SendAgain(first, wasSentBefore ? copy.Mails.Begin() : frozen);
        await ShouldComplainAsync(copy, $"The mail {first.MessageId} was sent again", found => found.DuplicateNotices);
    }

    [Fact]
    public void A_fault_that_did_nothing_is_complained_of()
    {
        var mishap = SoundDeployment.NoMishap with { Happened = [Proof.Noted("a worker was killed") with { AtLeast = 2 }] };
        FaultRun.Missed(mishap, new Dictionary<string, long> { ["a worker was killed"] = 1 }).ShouldHaveSingleItem().ShouldBe("The fault did not happen: a worker was killed 1 times, not 2.");
        FaultRun.Missed(mishap, new Dictionary<string, long> { ["a worker was killed"] = 2 }).ShouldBeEmpty();
    }

    private static async Task ShouldComplainAsync(SpoiltCopy copy, string complaint, Func<Verdict, int> count)
    {
        var verdict = await copy.JudgeAsync();
        verdict.Complaints.ShouldContain(said => said.Contains(complaint, StringComparison.Ordinal), string.Join('\n', verdict.Complaints));
        count(verdict).ShouldBeGreaterThan(0, string.Join('\n', verdict.Complaints));
        verdict.Holds.ShouldBeFalse();
    }
}
