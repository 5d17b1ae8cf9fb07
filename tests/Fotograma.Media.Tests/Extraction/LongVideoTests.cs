using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fotograma.Clips;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Extraction;

/// <summary>What a long video costs follows what is wanted of it, not its length.</summary>
public sealed class LongVideoTests
{
    // On two cores. Each further decoder has the container's index and its pictures in memory.
    private const long MemoryBytesOfTwoMax = 200_000_000;
    private const long MemoryBytesOfMoreMax = 40_000_000;
    private static readonly long MemoryBytesMax = MemoryBytesOfTwoMax + (Math.Clamp(Environment.ProcessorCount - 2, 0, 6) * MemoryBytesOfMoreMax);

    /// <summary>Of processors: how long that takes on the wall depends on who else works on the machine.</summary>
    private static readonly TimeSpan ProcessorTimeMax = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static IEnumerable<TheoryDataRow<Clip>> Clips => LoadClips.ThreeHours.Select(clip => new TheoryDataRow<Clip>(clip));

    [Theory, MemberData(nameof(Clips))]
    public async Task Three_hours_are_planned_in_seconds_and_in_less_than_200_MB(Clip clip)
    {
        // More images than the pipe holds, so that the decoder is still there when it is looked at: in the middle of its work, its plan made.
        var options = new ExtractionOptions { Sampling = new Sampling.Count(1000) };
        var path = await clip.PathAsync(Cancellation);
        using var process = Process.Start(new ProcessStartInfo(BuiltProgram.Decoder, ["required"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var request = new DecoderRequest("extract", path, options, new DecoderLimits(), 0);
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(request, DecoderJson.Default.DecoderRequest) + "\n\n");
        await process.StandardInput.FlushAsync(Cancellation);

        await process.StandardOutput.BaseStream.ReadExactlyAsync(new byte[100_000], Cancellation).AsTask().WaitAsync(WaitMax, Cancellation);

        var (spent, memory) = (process.TotalProcessorTime, PeakBytes(process.Id));
        TestContext.Current.TestOutputHelper?.WriteLine($"{clip}: {spent.TotalSeconds:0.00} s, {memory / 1e6:0} MB");
        spent.ShouldBeLessThan(ProcessorTimeMax);
        memory.ShouldBeLessThan(MemoryBytesMax);
        process.StandardInput.Close();
        await process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, Cancellation);
        await process.WaitForExitAsync(Cancellation);
    }

    private static long PeakBytes(int process)
    {
        const string Peak = "VmHWM:";
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status")).Single(line => line.StartsWith(Peak, StringComparison.Ordinal));
        return 1024 * long.Parse(line[Peak.Length..^2], CultureInfo.InvariantCulture);
    }
}
