using System.Diagnostics;
using Fotograma.Clips;

namespace Fotograma.Media.Tests.Abuse;

/// <summary>
/// The memory of who starts the decoder counts, too: it has whole images in hand, as large as the decoder says they are. Held here by the program <c>fotograma</c>, whose
/// own memory can be told from everything else's.
/// </summary>
public sealed class SupervisorTests
{
    private const long BytesMax = 512L << 20;

    /// <summary>Those whose images are largest, or most; with FOTOGRAMA_ABUSE set to all, every file that was made to harm.</summary>
    public static IEnumerable<TheoryDataRow<Clip>> Files => AbuseClips.All
        .Where(clip => clip.Name is "larges.mkv" or "pngbombs.mkv" or "swarm.mkv" || Environment.GetEnvironmentVariable("FOTOGRAMA_ABUSE") == "all").Select(clip => new TheoryDataRow<Clip>(clip));

    [Theory, MemberData(nameof(Files))]
    public async Task Whoever_starts_the_decoder_and_the_decoder_take_little_memory_together(Clip clip)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("fotograma-supervisor-");
        try
        {
            // The program finds the decoder beside it.
            foreach (var (program, name) in (ReadOnlySpan<(string, string)>)[(BuiltProgram.Cli, "fotograma"), (BuiltProgram.Decoder, "fotograma-decoder")]) File.Copy(program, Path.Combine(folder.FullName, name));
            var start = new ProcessStartInfo(Path.Combine(folder.FullName, "fotograma"), ["extract", await clip.PathAsync(cancellation), "-o", Path.Combine(folder.FullName, "out.zip"), "--fps", "1", "--quiet"])
            {
                RedirectStandardError = true,
            };
            using var supervisor = Process.Start(start)!;
            var said = supervisor.StandardError.ReadToEndAsync(cancellation);
            var peaks = await PeaksAsync(supervisor, cancellation);
            peaks.Decoder.ShouldBeGreaterThan(1 << 20, $"what nobody saw proves nothing: {await said}");
            peaks.Supervisor.ShouldBeGreaterThan(1 << 20);
            (peaks.Supervisor + peaks.Decoder).ShouldBeLessThanOrEqualTo(BytesMax + Further, $"{clip}: {peaks.Supervisor >> 20} and {peaks.Decoder >> 20} MiB");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Each further core may have a decoder with pictures of its own.</summary>
    private static long Further => Math.Clamp(Environment.ProcessorCount - 2, 0, 6) * 256L << 20;

    /// <summary>The most memory that a process and its children had in use, looked at until it ends.</summary>
    private static async Task<(long Supervisor, long Decoder)> PeaksAsync(Process supervisor, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var process = $"/proc/{supervisor.Id}";
        var (own, children) = (0L, 0L);
        while (!supervisor.HasExited && await timer.WaitForNextTickAsync(cancellation))
        {
            own = Math.Max(own, DecoderSight.PeakOf(process));
            foreach (var child in DecoderSight.ChildrenOf(process)) children = Math.Max(children, DecoderSight.PeakOf(child));
        }

        return (own, children);
    }
}
