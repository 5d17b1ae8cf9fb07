using System.Net;
using Fotograma.Notify.Outcomes;

namespace Fotograma.Notify.Tests;

/// <summary>Mails into a folder, on every database that notifications can lie in.</summary>
public abstract class FolderMailSuite(Store store)
{
    [Fact]
    public async Task A_finished_video_makes_a_mail_in_the_folder()
    {
        await using var host = await NotifyHost.StartAsync(store);
        await host.PublishAsync(Samples.User());
        await host.PublishAsync(Samples.Processed());
        await host.RowsAsync(rows => rows is [{ State: NotificationState.Sent }]);
        var mail = (await host.FolderMailsAsync()).ShouldHaveSingleItem();
        mail.Subject.ShouldBe("Your frames are ready: holiday.mp4");
        mail.To.Mailboxes.Single().Address.ShouldBe("ana@example.org");
        mail.TextBody!.ShouldContain("12");
        mail.TextBody!.ShouldContain("3.5 MB");
        mail.TextBody!.ShouldContain($"https://frames.example.org/videos/{Samples.Processed().VideoId}");
        mail.HtmlBody!.ShouldContain($"href=\"https://frames.example.org/videos/{Samples.Processed().VideoId}\"");
        mail.Headers["Auto-Submitted"].ShouldBe("auto-generated");
        Directory.GetFiles(Path.Combine(host.Folder, "mail"), "*.tmp").ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_that_comes_again_makes_no_second_mail()
    {
        await using var host = await NotifyHost.StartAsync(store);
        await host.PublishAsync(Samples.User());
        for (var i = 0; i < 5; i++) await host.PublishAsync(Samples.Processed());
        await host.PublishAsync(Samples.Failed(number: 2));
        await host.PublishAsync(Samples.Failed(number: 2));
        await host.PublishAsync(Samples.Processed("last.mp4", 3));
        await host.RowsAsync(rows => rows.Any(row => row.Subject.Contains("last.mp4", StringComparison.Ordinal)) && rows.Count >= 3 && rows.All(row => row.State == NotificationState.Sent));
        (await host.FolderMailsAsync()).Select(mail => mail.Subject).ShouldBe(
            ["holiday.mp4 could not be processed", "Your frames are ready: holiday.mp4", "Your frames are ready: last.mp4"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_result_that_comes_before_its_owner_is_known_waits_for_the_contact()
    {
        await using var host = await NotifyHost.StartAsync(store);
        await host.PublishAsync(Samples.Processed());
        await host.PublishAsync(Samples.Processed("bias.mp4", 2, Samples.Bia));
        await host.PublishAsync(Samples.User(Samples.Bia, "bia@example.org"));
        await host.RowsAsync(rows => rows is [{ State: NotificationState.Sent, ToAddress: "bia@example.org" }]);
        await host.PublishAsync(Samples.User());
        await host.RowsAsync(rows => rows.Count == 2 && rows.All(row => row.State == NotificationState.Sent));
    }

    [Fact]
    public async Task Older_contact_data_never_replaces_newer()
    {
        await using var host = await NotifyHost.StartAsync(store);
        await host.PublishAsync(Samples.User(email: "new@example.org", language: "es", revision: 3));
        await host.PublishAsync(Samples.Processed(number: 1));
        await host.RowsAsync(rows => rows.Count == 1);
        await host.PublishAsync(Samples.User(email: "old@example.org", revision: 2));
        await host.PublishAsync(Samples.User(Samples.Bia, "bia@example.org"));
        // Once the later event about Bia has had its effect, the older one about Ana has been handled or is in hand.
        await host.PublishAsync(Samples.Processed(number: 2, owner: Samples.Bia));
        await host.RowsAsync(rows => rows.Count == 2);
        await host.PublishAsync(Samples.Processed(number: 3));
        var rows = await host.RowsAsync(rows => rows.Count == 3);
        rows.Where(row => row.OwnerId == Samples.Ana).ShouldAllBe(row => row.ToAddress == "new@example.org" && row.Subject.StartsWith("Tus fotogramas"));
    }

    [Fact]
    public async Task Names_with_line_breaks_markup_and_direction_marks_do_no_harm()
    {
        const string hostile = "a\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script>\u202Egpj.exe\u0000\" onload=\"x";
        await using var host = await NotifyHost.StartAsync(store);
        await host.PublishAsync(Samples.User(name: "Ana\r\nX-Evil: 1 <b>"));
        await host.PublishAsync(Samples.Processed(hostile));
        await host.PublishAsync(Samples.Failed(hostile, 2, "line\r\nbreak <img src=x>"));
        await host.RowsAsync(rows => rows.Count == 2 && rows.All(row => row.State == NotificationState.Sent));
        foreach (var mail in await host.FolderMailsAsync())
        {
            mail.Headers.Select(header => header.Field).ShouldNotContain("X-Evil");
            mail.Bcc.ShouldBeEmpty();
            mail.To.Count.ShouldBe(1);
            mail.Subject!.ShouldNotContain("\n");
            mail.Subject!.ShouldNotContain("\u202E");
            mail.HtmlBody!.ShouldNotContain("<script>");
            mail.HtmlBody!.ShouldNotContain("<img");
            mail.HtmlBody!.ShouldNotContain("<b>");
            mail.HtmlBody!.ShouldNotContain("onload=\"");
            mail.HtmlBody!.ShouldContain("&lt;script&gt;");
        }
        foreach (var path in Directory.GetFiles(Path.Combine(host.Folder, "mail"), "*.eml"))
        {
            var header = (await File.ReadAllTextAsync(path, NotifyHost.Cancellation)).ReplaceLineEndings("\n").Split("\n\n")[0];
            header.ShouldNotContain("\nBcc:");
            header.ShouldNotContain("\nX-Evil:");
        }
    }

    [Theory]
    [InlineData("pt-BR", "Seus quadros estão prontos: férias 🎬.mp4", "3,5 MB")]
    [InlineData("en", "Your frames are ready: férias 🎬.mp4", "3.5 MB")]
    [InlineData("es", "Tus fotogramas están listos: férias 🎬.mp4", "3,5 MB")]
    public async Task A_mail_speaks_the_language_of_its_reader(string language, string subject, string size)
    {
        await using var host = await NotifyHost.StartAsync(store);
        await host.PublishAsync(Samples.User(language: language));
        await host.PublishAsync(Samples.Processed("férias 🎬.mp4"));
        await host.RowsAsync(rows => rows is [{ State: NotificationState.Sent }]);
        var mail = (await host.FolderMailsAsync()).Single();
        mail.Subject.ShouldBe(subject);
        mail.TextBody!.ShouldContain(size);
        mail.HtmlBody!.ShouldContain($"<html lang=\"{language}\">");
    }

    [Fact]
    public async Task People_read_their_own_mails_only()
    {
        await using var host = await NotifyHost.StartAsync(store);
        await host.PublishAsync(Samples.User());
        await host.PublishAsync(Samples.Processed());
        await host.PublishAsync(Samples.Failed(number: 2));
        var rows = await host.RowsAsync(rows => rows.Count == 2 && rows.All(row => row.State == NotificationState.Sent));

        var (_, list) = await host.GetAsync("/api/v1/mail", Samples.Ana);
        list.GetProperty("folder").GetBoolean().ShouldBeTrue();
        list.GetProperty("items").GetArrayLength().ShouldBe(2);
        var first = list.GetProperty("items")[0];
        first.EnumerateObject().Select(member => member.Name).ShouldBe(["id", "kind", "to", "subject", "createdAt", "state", "videoId", "jobId"]);
        first.GetProperty("state").GetString().ShouldBe("sent");
        (await host.GetAsync("/api/v1/mail?limit=1", Samples.Ana)).Body.GetProperty("items").GetArrayLength().ShouldBe(1);
        (await host.GetAsync("/api/v1/mail?limit=0", Samples.Ana)).Status.ShouldBe(HttpStatusCode.BadRequest);

        var failed = rows.Single(row => row.Kind == "video.failed");
        var (_, mail) = await host.GetAsync($"/api/v1/mail/{failed.Id}", Samples.Ana);
        mail.EnumerateObject().Select(member => member.Name).ShouldBe(["id", "to", "subject", "createdAt", "text", "state"]);
        mail.GetProperty("text").GetString()!.ShouldContain("The file ends too early. Upload it again.");

        (await host.GetAsync("/api/v1/mail", Samples.Bia)).Body.GetProperty("items").GetArrayLength().ShouldBe(0);
        foreach (var (path, user) in new[] { ($"/api/v1/mail/{failed.Id}", Samples.Bia), ("/api/v1/mail/nothing", Samples.Ana) })
        {
            var (status, body) = await host.GetAsync(path, user);
            status.ShouldBe(HttpStatusCode.NotFound);
            body.GetProperty("code").GetString().ShouldBe("mail.not_found");
        }
        (await host.GetAsync("/api/v1/mail", null)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }
}

public sealed class FolderMailTests() : FolderMailSuite(Store.Sqlite);

public sealed class FolderMailOnPostgresTests() : FolderMailSuite(Store.Postgres);
