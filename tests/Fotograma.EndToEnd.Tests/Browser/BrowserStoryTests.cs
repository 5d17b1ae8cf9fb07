using System.IO.Compression;
using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;
using Microsoft.Playwright;

namespace Fotograma.EndToEnd.Tests.Browser;

public sealed class BrowserStoryTests(SharedServer shared, BrowserFixture browser)
{
    private const float WaitMilliseconds = 60_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_signs_up_uploads_watches_looks_and_downloads()
    {
        var complaints = new List<string>();
        await using var context = await browser.Chromium.NewContextAsync(new() { BaseURL = shared.Server.Address.ToString(), AcceptDownloads = true, Locale = "en" });
        context.SetDefaultTimeout(WaitMilliseconds);
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            // Signed out, the page asks who is there, and the answer is 401.
            if (message.Type == "error" && !message.Text.Contains("401", StringComparison.Ordinal)) complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);

        await SignUpAsync(page);
        await page.GetByTestId("file-input").SetInputFilesAsync(await GoodClips.FiveSeconds.PathAsync(Cancellation));
        var row = page.GetByTestId("video-row").First;
        await row.WaitForAsync();
        await Assertions.Expect(row).ToHaveAttributeAsync("data-state", "completed", new() { Timeout = WaitMilliseconds });
        await row.GetByTestId("open-job").First.ClickAsync();
        await Assertions.Expect(page.GetByTestId("gallery-frame")).ToHaveCountAsync(5, new() { Timeout = WaitMilliseconds });
        await Assertions.Expect(page.GetByTestId("gallery-time").Nth(3)).ToContainTextAsync("00:00:03.000", new() { Timeout = WaitMilliseconds });
        var image = page.GetByTestId("gallery-frame").First.Locator("img");
        (await image.EvaluateAsync<bool>("img => img.decode().then(() => img.naturalWidth > 0)")).ShouldBeTrue();

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("download-zip").First.ClickAsync());
        await using var zip = File.OpenRead(await download.PathAsync());
        using var archive = new ZipArchive(zip);
        download.SuggestedFilename.ShouldBe("5s-frames.zip");
        archive.Entries.Count(entry => entry.FullName.StartsWith("frames/", StringComparison.Ordinal)).ShouldBe(5);
        archive.GetEntry("manifest.json").ShouldNotBeNull();
        complaints.ShouldBeEmpty();
    }

    private static async Task SignUpAsync(IPage page)
    {
        await page.GotoAsync("/");
        await page.GetByTestId("auth-tab-register").ClickAsync();
        await page.GetByTestId("auth-name").FillAsync("Ana");
        await page.GetByTestId("auth-email").FillAsync($"{Path.GetRandomFileName()}@example.com");
        await page.GetByTestId("auth-password").FillAsync(ApiUser.Password);
        await page.GetByTestId("auth-submit").ClickAsync();
        await page.GetByTestId("sign-out").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }
}
