using System.Globalization;
using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Probing;

namespace Fotograma.Server.Cli;

/// <summary><c>fotograma probe</c>: says what a video file is.</summary>
internal static class ProbeCommand
{
    private static readonly Flag[] Flags = [new("json", TakesValue: false), new("decoder"), new("limits"), new("old-codecs", TakesValue: false), new("help", TakesValue: false, 'h')];

    /// <summary>Runs the command and gives the <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        var line = CommandLine.Parse(arguments, Flags);
        if (line.Has("help")) return terminal.Say(HelpText.Probe);
        var problems = line.Problems.ToList();
        var limits = LimitList.Read(line["limits"], problems);
        if (line.Positional.Count != 1) problems.Add("give one video file.");
        foreach (var problem in problems) terminal.Fail(ExitCode.Usage, problem);
        if (problems.Count > 0) return ExitCode.Usage;
        if (!FaultReport.CanOpen(line.Positional[0], terminal)) return ExitCode.Input;

        using var interruption = new Interruption();
        var extractor = new VideoExtractor(new VideoExtractorOptions
        {
            DecoderPath = DecoderLocation.Find(line["decoder"]), Sandbox = DecoderLocation.Sandbox(terminal), Limits = limits, OldCodecs = line.Has("old-codecs"),
        });
        try
        {
            var report = await extractor.ProbeAsync(line.Positional[0], interruption.Token);
            return terminal.Say(line.Has("json") ? ProbeReportJson.Write(report, indented: true) : Describe(report));
        }
        catch (Exception) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
        catch (MediaException exception)
        {
            return FaultReport.Print(terminal, exception);
        }
    }

    private static string Orientation(ProbeReport report) => report switch
    {
        { Rotation: 0, Mirrored: false } => "",
        { Rotation: 0 } => " (mirrored)",
        { Mirrored: true } => $" (turned by {report.Rotation} degrees and mirrored)",
        _ => $" (turned by {report.Rotation} degrees)",
    };

    private static string Describe(ProbeReport report)
    {
        var rate = report.AverageFrameRate.IsUnknown
            ? "unknown"
            : string.Create(CultureInfo.InvariantCulture, $"{report.AverageFrameRate.ToDouble():0.###} frames a second on average ({report.AverageFrameRate})");
        var duration = report.DurationSeconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###} s") : "unknown";
        var colour = string.Join(", ", new[] { report.PixelFormat, report.ColorSpace, report.ColorTransfer, report.ColorRange }.Where(part => part is not null));
        string[] lines =
        [
            $"container  {report.Container}",
            $"codec      {report.Codec}",
            string.Create(CultureInfo.InvariantCulture, $"size       {report.Width}x{report.Height}{Orientation(report)}"),
            $"length     {duration}",
            $"rate       {rate}",
            $"colour     {(colour.Length == 0 ? "unspecified" : colour)}",
            .. report.Warnings.Select(warning => $"warning    {warning.Message}"),
        ];
        return string.Join(Environment.NewLine, lines);
    }
}
