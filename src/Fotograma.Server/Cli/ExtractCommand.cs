using System.Globalization;
using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;

namespace Fotograma.Server.Cli;

/// <summary><c>fotograma extract</c>: one video file in, one archive out, without a server.</summary>
internal static class ExtractCommand
{
    /// <summary>The options of an extraction by their names on the command line.</summary>
    private static readonly (string Flag, string Option)[] Extraction =
    [
        ("fps", "fps"), ("every", "every"), ("count", "count"), ("timestamps", "timestamps"), ("frames", "frames"), ("scenes", "scenes"),
        ("from", "from"), ("to", "to"), ("ranges", "ranges"), ("max-frames", "maxFrames"), ("dedupe", "dedupe"), ("crop", "crop"),
        ("width", "width"), ("height", "height"), ("pixels", "pixels"), ("hdr", "hdr"), ("deinterlace", "deinterlace"), ("format", "format"),
        ("quality", "quality"), ("name", "name"), ("extras", "extras"),
    ];

    /// <summary>Those that are switched on by being there.</summary>
    private static readonly string[] Switches = ["keyframes", "all", "enlarge"];

    /// <summary>Those that may stand in a file.</summary>
    private static readonly string[] Lists = ["timestamps", "frames", "ranges"];

    private static readonly Flag[] Flags =
    [
        .. Extraction.Select(pair => new Flag(pair.Flag)), .. Switches.Select(name => new Flag(name, TakesValue: false)),
        new("output", Letter: 'o'), new("decoder"), new("limits"), new("old-codecs", TakesValue: false), new("force", TakesValue: false, 'f'), new("quiet", TakesValue: false, 'q'), new("help", TakesValue: false, 'h'),
    ];

    /// <summary>Runs the command and gives the <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, TimeProvider time)
    {
        var line = CommandLine.Parse(arguments, Flags);
        if (line.Has("help")) return terminal.Say(HelpText.Extract);
        if (!TryReadOptions(line, terminal, out var options, out var limits)) return ExitCode.Usage;
        var input = line.Positional[0];
        if (!FaultReport.CanOpen(input, terminal)) return ExitCode.Input;

        using var interruption = new Interruption();
        var output = line["output"] ?? Path.GetFileNameWithoutExtension(input) + ".zip";
        var extractor = new VideoExtractor(new VideoExtractorOptions
        {
            DecoderPath = DecoderLocation.Find(line["decoder"]), Sandbox = DecoderLocation.Sandbox(terminal), Limits = limits, OldCodecs = line.Has("old-codecs"), Time = time,
        });
        var job = new Job(input, output, options!, line.Has("force"), line.Has("quiet"));
        try
        {
            await RunAsync(job, extractor, terminal, time, interruption.Token);
            return ExitCode.Ok;
        }
        catch (Exception) when (interruption.Token.IsCancellationRequested)
        {
            // Ctrl-C reaches the decoder too, so its end may be noticed in more than one way.
            return terminal.Fail(interruption.ExitCode, "stopped; nothing was written.");
        }
        catch (MediaException exception)
        {
            return FaultReport.Print(terminal, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return terminal.Fail(ExitCode.Output, $"the output cannot be written: {exception.Message}");
        }
    }

    private static bool TryReadOptions(CommandLine line, Terminal terminal, out ExtractionOptions? options, out DecoderLimits limits)
    {
        var problems = line.Problems.ToList();
        limits = LimitList.Read(line["limits"], problems);
        if (line.Positional.Count != 1) problems.Insert(0, line.Positional.Count == 0 ? "give the video file to extract from." : "give one video file only.");
        var given = Extraction.Where(pair => line.Has(pair.Flag)).ToDictionary(pair => pair.Option, pair => line[pair.Flag]!);
        foreach (var name in Switches.Where(line.Has)) given[name] = "true";
        foreach (var name in Lists.Where(given.ContainsKey))
        {
            given[name] = ListFile.Expand(given[name], out var problem) ?? "";
            if (problem is not null) problems.Add($"--{name}: {problem}");
        }

        if (!ExtractionOptionsParser.TryParse(given, out options, out var wrong))
        {
            problems.AddRange(wrong.Select(problem => $"--{FlagOf(problem.Option)}: {problem.Message}"));
        }

        foreach (var problem in problems) terminal.Fail(ExitCode.Usage, problem);
        if (problems.Count > 0) terminal.Error.WriteLine("Run 'fotograma extract --help' for the options.");
        return problems.Count == 0;
    }

    private static string FlagOf(string option) => Extraction.FirstOrDefault(pair => pair.Option == option, (Flag: option, Option: option)).Flag;

    private static async Task RunAsync(Job job, VideoExtractor extractor, Terminal terminal, TimeProvider time, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var progress = new ProgressLine(terminal, time);
        var facts = new InputFacts(Path.GetFileName(job.Input), new FileInfo(job.Input).Length);
        await using var target = TargetFile.Create(job.Output, job.Input, job.Replace);
        ExtractionResult result;
        try
        {
            var outputs = new ExtractionOutputs { Archive = target.Stream };
            result = await extractor.ExtractAsync(job.Input, facts, job.Options, outputs, job.Quiet ? null : progress, cancellation);
        }
        finally
        {
            progress.Clear();
        }

        await target.KeepAsync(cancellation);
        if (job.Quiet) return;
        foreach (var warning in result.Warnings) terminal.Error.WriteLine($"warning: {warning.Message}");
        terminal.Error.WriteLine(Describe(result, job, time.GetElapsedTime(started)));
    }

    private static string Describe(ExtractionResult result, Job job, TimeSpan elapsed)
    {
        var speed = result.Video.DurationSeconds is > 0 and var seconds && job.Options is { Ranges.Count: 0, MaxFrames: null }
            ? string.Create(CultureInfo.InvariantCulture, $", {seconds / elapsed.TotalSeconds:0.0}x real time")
            : "";
        var format = job.Options.Format switch { ImageFormat.Jpeg => "JPEG", ImageFormat.Webp => "WebP", _ => "PNG" };
        var duplicates = job.Options.DuplicateDistance is null ? "" : $", {result.DuplicatesRemoved} near-duplicates left out";
        return string.Create(CultureInfo.InvariantCulture,
            $"Wrote {result.Frames} {(result.Frames == 1 ? "frame" : "frames")} ({result.Width}x{result.Height} {format}, {result.FirstSeconds:0.###} s to {result.LastSeconds:0.###} s{duplicates}) ")
            + string.Create(CultureInfo.InvariantCulture, $"to {job.Output}: {result.ArchiveBytes / 1e6:0.0} MB in {elapsed.TotalSeconds:0.0} s{speed}.");
    }

    private sealed record Job(string Input, string Output, ExtractionOptions Options, bool Replace, bool Quiet);
}
