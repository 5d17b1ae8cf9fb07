using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fotograma.Clips;
using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Abuse;

/// <summary>
/// Every file that was made to harm ends in a refusal by its name, or in a bounded result: within half a minute, within 512 MiB, without a
/// connection to anywhere, without another file's picture in it, and without leaving a process or an open file.
/// </summary>
public sealed class AbuseTests
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(30);

    private static readonly DecoderLimits Limits = new() { WallClockSecondsMax = 25, NoProgressSecondsMax = 10, MemoryBytesMax = 512 << 20, MemoryBytesPerCoreMax = 0, OutputBytesMax = 256 << 20 };

    public static IEnumerable<TheoryDataRow<Clip>> Playlists => AbuseClips.Playlists.Select(clip => new TheoryDataRow<Clip>(clip));

    public static IEnumerable<TheoryDataRow<Clip>> Files => AbuseClips.All.Except(AbuseClips.Playlists).Select(clip => new TheoryDataRow<Clip>(clip));

    [Fact]
    public void There_are_at_least_sixty_of_them() => AbuseClips.All.Count.ShouldBeGreaterThanOrEqualTo(60);

    [Theory, MemberData(nameof(Playlists))]
    public async Task Text_that_names_other_files_is_refused_and_nothing_is_opened(Clip clip)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var folder = Directory.CreateTempSubdirectory("fotograma-abuse");
        try
        {
            // The other person's video lies where a relative name would find it, too.
            var other = Path.Combine(folder.FullName, "person.mp4");
            File.Copy(await GoodClips.OneSecond.PathAsync(TestContext.Current.CancellationToken), other);
            var text = await File.ReadAllTextAsync(await clip.PathAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
            var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
            var path = Path.Combine(folder.FullName, clip.Name);
            await File.WriteAllTextAsync(path, text.Replace(AbuseClips.Port, port, StringComparison.Ordinal).Replace(AbuseClips.Other, other, StringComparison.Ordinal),
                new UTF8Encoding(text.StartsWith('\uFEFF')), TestContext.Current.CancellationToken);

            var fault = await OutcomeAsync(path);
            fault.ShouldNotBeNull().Code.ShouldBeOneOf("media.playlist", "media.not_a_video");
            listener.Pending().ShouldBeFalse();
            WhoHolds(other).ShouldBeEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory, MemberData(nameof(Files))]
    public async Task Hostile_file_is_refused_by_name_or_bounded(Clip clip)
    {
        var watch = Stopwatch.StartNew();
        var path = await clip.PathAsync(TestContext.Current.CancellationToken);
        watch.Restart();
        var fault = await OutcomeAsync(path);
        watch.Elapsed.ShouldBeLessThan(TimeMax);
        // A crash would be contained, but it would be one: none of these may cause any.
        if (fault is not null) fault.Code.ShouldNotBeOneOf("media.decoder_crashed", "media.decoder_misbehaved", "media.decoder_unavailable", "media.not_confined");
    }

    [Theory]
    [InlineData("tsjump.mkv")]
    [InlineData("tshole.mp4")]
    public async Task A_jump_of_the_clock_does_not_become_gigabytes(string name)
    {
        var fault = await OutcomeAsync(await AbuseClips.Bombs.Single(clip => clip.Name == name).PathAsync(TestContext.Current.CancellationToken));
        fault.ShouldNotBeNull().Code.ShouldBeOneOf("media.frozen", "media.output_too_large", "media.too_long");
    }

    [Fact]
    public async Task Four_gigabytes_of_nothing_are_refused_at_once()
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-abuse");
        try
        {
            var path = Path.Combine(folder.FullName, "hole.mp4");
            await using (var file = File.Create(path)) file.SetLength(4L << 30);
            var watch = Stopwatch.StartNew();
            (await OutcomeAsync(path)).ShouldNotBeNull().Code.ShouldBe("media.not_a_video");
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Extracts with one image a second and gives the refusal, or null; what a success wrote must be whole and within bounds.</summary>
    private static async Task<MediaFault?> OutcomeAsync(string path)
    {
        var fault = await ExtractAsync(path);
        WhoHolds(path).ShouldBeEmpty();
        return fault;
    }

    /// <summary>Every process that has the file open, this one included. A decoder has its input open as long as it lives.</summary>
    private static IEnumerable<string> WhoHolds(string path)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(name => int.TryParse(Path.GetFileName(name), out _)))
            if (Descriptors(folder).Any(target => target == path)) yield return folder;
    }

    private static IReadOnlyList<string?> Descriptors(string process)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")).Select(entry => new FileInfo(entry).LinkTarget)];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is another user's and so not ours.
            return [];
        }
    }

    private static async Task<MediaFault?> ExtractAsync(string path)
    {
        var extractor = new VideoExtractor(new VideoExtractorOptions { DecoderPath = BuiltProgram.Decoder, Limits = Limits });
        using var archive = new MemoryStream();
        try
        {
            var result = await extractor.ExtractAsync(path, new InputFacts("in", new FileInfo(path).Length), ExtractionOptionsParser.Default,
                new ExtractionOutputs { Archive = archive }, null, TestContext.Current.CancellationToken);
            result.ImageBytes.ShouldBeLessThanOrEqualTo(Limits.OutputBytesMax);
            using var zip = new ZipArchive(archive);
            zip.Entries.Count.ShouldBeGreaterThan(result.Frames);
            return null;
        }
        catch (MediaException refused)
        {
            return refused.Fault;
        }
    }
}
