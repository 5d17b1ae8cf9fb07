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
        var before = OpenPipes();

        await RunAsync(30);

        OpenPipes().ShouldBeLessThan(before + 5);
    }

    private static int OpenPipes() => Directory.GetFileSystemEntries("/proc/self/fd").Count(IsPipe);

    private static bool IsPipe(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            // Closed since it was listed.
            return false;
        }
    }

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
