using System.Diagnostics;
using Fotograma.Clips;
using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Extraction;

[CollectionDefinition(nameof(DecoderResourcesTests), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Counts what belongs to the whole test process, and so runs alone.</summary>
[Collection(nameof(DecoderResourcesTests))]
public sealed class DecoderResourcesTests
{
    [Fact]
    public async Task Decoders_that_crash_or_are_ended_leave_no_open_file_behind()
    {
        await RunAsync(5);
        // What other tests left to the garbage collector must not hide or imitate a leak.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = OpenDescriptors();

        await RunAsync(30);

        OpenDescriptors().ShouldBeLessThan(before + 5);
    }

    [Fact]
    public async Task Decoders_that_are_killed_at_any_moment_leave_no_descriptor_no_process_and_no_file()
    {
        // ./dev soak asks for more than there is time for otherwise.
        var kills = int.TryParse(Environment.GetEnvironmentVariable("FOTOGRAMA_KILLS"), out var asked) ? asked : 100;
        var path = await GoodClips.H264Mp4.PathAsync(Cancellation);
        var extractor = new VideoExtractor(new VideoExtractorOptions { DecoderPath = BuiltProgram.Decoder });
        await KillAsync(extractor, path, TimeSpan.FromMilliseconds(50));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var (descriptors, decoders, files) = (OpenDescriptors(), Decoders(), Directory.GetFiles(Path.GetTempPath()).ToHashSet());

        // From before it is confined until after it is done: a fixed series of moments, spread over the decoder's life.
        for (var i = 0; i < kills; i++) await KillAsync(extractor, path, TimeSpan.FromMilliseconds(i * 7 % 150));

        OpenDescriptors().ShouldBeLessThan(descriptors + 5);
        Decoders().Except(decoders).ShouldBeEmpty();
        // Folders there belong to the servers of tests that run at the same time, videos to the trials of faults.
        Directory.GetFiles(Path.GetTempPath()).Except(files).Select(Path.GetFileName)
            .Where(file => file!.Contains("fotograma", StringComparison.Ordinal) && !file.StartsWith("fotograma-faults-", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Sends the signal that nothing survives to this test's own child, and takes whatever the extraction makes of it.
    private static async Task KillAsync(VideoExtractor extractor, string path, TimeSpan after)
    {
        var before = Decoders();
        var options = new ExtractionOptions { Sampling = new Sampling.Rate(new Rational(30, 1)) };
        var work = extractor.ExtractAsync(path, new InputFacts("in", 1), options, new ExtractionOutputs { Archive = Stream.Null }, null, Cancellation);
        await Task.WhenAny(work, Task.Delay(after, Cancellation));
        foreach (var id in Decoders().Except(before)) Kill(id);
        try
        {
            await work;
        }
        catch (MediaException failure)
        {
            failure.Fault.ShouldBeOneOf(MediaFault.DecoderCrashed, MediaFault.NotConfined);
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It was faster.
        }
    }

    // This process's own decoders; those that are dead and not yet buried count too.
    private static HashSet<int> Decoders() => [.. Directory.EnumerateDirectories("/proc").Select(folder => Path.GetFileName(folder))
        .Where(name => int.TryParse(name, out _)).Where(name => Stat(name) is { } stat && stat.Contains("(fotograma-decod)", StringComparison.Ordinal)
            && stat[(stat.LastIndexOf(')') + 4)..].StartsWith($"{Environment.ProcessId} ", StringComparison.Ordinal)).Select(int.Parse)];

    private static string? Stat(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat");
        }
        catch (IOException)
        {
            return null;
        }
    }

    // Files, pipes, sockets, and whatever else a descriptor may stand for.
    private static int OpenDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static async Task RunAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            var hang = i % 2 == 0;
            using var stage = new FakeDecoder(hang ? new Answer().Facts().Facts() : new Answer().Facts(), hang ? "cat \"$input.answer\"; exec sleep 300" : "exit 1");
            await Should.ThrowAsync<MediaException>(() => FakeDecoder.Extractor().ExtractAsync(
                stage.Input, new InputFacts("in", 1), ExtractionOptionsParser.Default, new ExtractionOutputs { Archive = Stream.Null }, null, TestContext.Current.CancellationToken));
            stage.HasLeftAProcess().ShouldBeFalse();
        }
    }
}
