using Fotograma.Media.Faults;
using Fotograma.Media.Probing;
using Fotograma.Media.Sandbox;

namespace Fotograma.Media.Isolation;

/// <summary>
/// Listens to a decoder until it is done, and holds it to the order of the protocol: the proof that it is confined, then the facts, each once;
/// at most one plan and that before the frames; and no more chatter than work needs.
/// </summary>
internal sealed class DecoderConversation(DecoderReader reader, DecoderWatch watch, TimeProvider time)
{
    /// <summary>Warnings the decoder may send. A file that deserves more is not one a person reads the warnings of.</summary>
    private const int WarningsMax = 1000;

    /// <summary>Warnings that are kept, beside those of <see cref="NamedMax"/>.</summary>
    private const int WarningsKeptMax = 100;

    /// <summary>Progress messages the decoder may send at once, and in every second.</summary>
    private const int ProgressBurstMax = 1000;

    private const int ProgressPerSecondMax = 100;

    private readonly List<MediaWarning> warnings = [];
    private readonly long started = time.GetTimestamp();
    private ProbeReport? video;
    private bool confined;
    private int frames;
    private bool hasExtras;
    private int warningsHeard;
    private int warningsKept;
    private int missing;
    private int progressHeard;

    /// <summary>Called for each frame to read the message's payload; gives false when the output ends in it. Null: frames are refused.</summary>
    public Func<DecoderReader, CancellationToken, ValueTask<bool>>? OnFrame { get; init; }

    /// <summary>Called for each extra likewise. Null: they are refused.</summary>
    public Func<DecoderReader, CancellationToken, ValueTask<bool>>? OnExtra { get; init; }

    /// <summary>
    /// Called with the decoder's word that it is confined, before it says anything else, to check it and to let it begin. Null: it is not, and says so
    /// by saying nothing of it.
    /// </summary>
    public Func<ConfinementProof, CancellationToken, Task>? OnConfined { get; init; }

    /// <summary>Called when <see cref="Progress"/> or <see cref="Plan"/> have changed.</summary>
    public Action<DecoderConversation>? OnProgress { get; init; }

    /// <summary>
    /// How many moments and frames were asked for by name. Each may be missing, and all that are missing are told, however many.
    /// </summary>
    public int NamedMax { get; init; }

    /// <summary>What the container says.</summary>
    public ProbeReport Video => video ?? throw new InvalidOperationException("The decoder has not said anything yet.");

    /// <summary>What will be written, if the decoder said so.</summary>
    public DecoderPlan? Plan { get; private set; }

    /// <summary>How far the decoder is.</summary>
    public DecoderProgress Progress { get; private set; } = new(0, 0);

    /// <summary>The totals, once the work is finished.</summary>
    public DecoderSummary Summary { get; private set; } = new(0, 0, 0);

    /// <summary>The report's warnings and those sent on the way.</summary>
    public IReadOnlyList<MediaWarning> Warnings => warnings;

    /// <summary>Listens to the end. True when the work is finished, false when the output ended without a result.</summary>
    /// <exception cref="MediaException">The decoder reported a fault, or broke the protocol.</exception>
    public async Task<bool> RunAsync()
    {
        while (true)
        {
            watch.Await();
            if (await reader.NextAsync(watch.Token) is not { } kind) return false;
            CheckOrder(kind);
            if (kind == DecoderMessage.Done) return await EndAsync();
            if (!await HearAsync(kind)) return false;
            watch.Heard();
        }
    }

    private void CheckOrder(DecoderMessage kind)
    {
        if (kind is DecoderMessage.Fault) return;
        var unsaid = OnConfined is not null && !confined;
        if (kind is DecoderMessage.Confined && !unsaid) throw Misbehaved("It sent a proof nobody awaited.");
        if (kind is not DecoderMessage.Confined && unsaid) throw ConfinementWitness.Refused($"It sent {kind} before it was confined.");
        if (kind is not (DecoderMessage.Facts or DecoderMessage.Confined) && video is null) throw Misbehaved($"It sent {kind} before the facts.");
    }

    private async ValueTask<bool> TakeConfinedAsync()
    {
        if (await reader.TextAsync(DecoderJson.Default.ConfinementProof, watch.Token) is not { } said) return false;
        await OnConfined!(said, watch.Token);
        return confined = true;
    }

    private async ValueTask<bool> HearAsync(DecoderMessage kind) => kind switch
    {
        DecoderMessage.Confined => await TakeConfinedAsync(),
        DecoderMessage.Facts => Accept(await reader.TextAsync(DecoderJson.Default.ProbeReport, watch.Token), TakeFacts),
        DecoderMessage.Plan => Accept(await reader.TextAsync(DecoderJson.Default.DecoderPlan, watch.Token), TakePlan),
        DecoderMessage.Progress => Accept(await reader.TextAsync(DecoderJson.Default.DecoderProgress, watch.Token), TakeProgress),
        DecoderMessage.Warning => Accept(await reader.TextAsync(DecoderJson.Default.MediaWarning, watch.Token), TakeWarning),
        DecoderMessage.Fault => Accept(await reader.TextAsync(DecoderJson.Default.DecoderFault, watch.Token), fault => throw Reported(fault)),
        DecoderMessage.Extra => await TakeExtraAsync(),
        _ => await TakeFrameAsync(),
    };

    private async ValueTask<bool> TakeFrameAsync()
    {
        if (OnFrame is not { } onFrame) throw Misbehaved("It sent a frame nobody asked for.");
        if (hasExtras) throw Misbehaved("It sent a frame after the extras.");
        if (!await onFrame(reader, watch.Token)) return false;
        frames++;
        OnProgress?.Invoke(this);
        return true;
    }

    private async ValueTask<bool> TakeExtraAsync()
    {
        if (OnExtra is not { } onExtra) throw Misbehaved("It sent an extra nobody asked for.");
        hasExtras = true;
        return await onExtra(reader, watch.Token);
    }

    private async ValueTask<bool> EndAsync()
    {
        if (await reader.TextAsync(DecoderJson.Default.DecoderSummary, watch.Token) is not { } summary) return false;
        watch.Heard();
        if (summary.Duplicates < 0) throw Misbehaved($"It left out {summary.Duplicates} images.");
        Summary = summary;
        return summary.Frames == frames ? true : throw Misbehaved($"It counted {summary.Frames} frames where {frames} came.");
    }

    private static bool Accept<T>(T? message, Action<T> take) where T : class
    {
        if (message is null) return false;
        take(message);
        return true;
    }

    private void TakeFacts(ProbeReport report)
    {
        if (video is not null) throw Misbehaved("It sent the facts twice.");
        var finite = double.IsFinite(report.DurationSeconds ?? 0) && double.IsFinite(report.StartSeconds) && double.IsFinite(report.LeadSeconds);
        if (!finite || report.DurationSeconds < 0 || report.LeadSeconds < 0 || report.Width <= 0 || report.Height <= 0) throw Misbehaved("It sent impossible facts.");
        foreach (var warning in report.Warnings ?? throw Misbehaved("It sent facts without a list of warnings.")) TakeWarning(warning);
        video = report with
        {
            Container = Name(report.Container) ?? "", Codec = Name(report.Codec) ?? "", PixelFormat = Name(report.PixelFormat),
            ColorSpace = Name(report.ColorSpace), ColorTransfer = Name(report.ColorTransfer), ColorRange = Name(report.ColorRange),
            Warnings = [.. warnings],
        };
    }

    private void TakePlan(DecoderPlan plan)
    {
        if (Plan is not null || frames > 0) throw Misbehaved("It sent a plan too late or twice.");
        if (plan.ExpectedFrames < 0) throw Misbehaved("It plans a negative number of frames.");
        Plan = plan;
        OnProgress?.Invoke(this);
    }

    private void TakeProgress(DecoderProgress progress)
    {
        if (!double.IsFinite(progress.PositionSeconds) || !double.IsFinite(progress.DurationSeconds)) throw Misbehaved("It sent an impossible position.");
        if (++progressHeard > ProgressBurstMax + ProgressPerSecondMax * time.GetElapsedTime(started).TotalSeconds) throw Misbehaved("It floods with progress.");
        Progress = progress;
        OnProgress?.Invoke(this);
    }

    private void TakeWarning(MediaWarning warning)
    {
        if (warning?.Code is null || warning.Message is null || !double.IsFinite(warning.AtSeconds ?? 0)) throw Misbehaved("It sent an impossible warning.");
        if (!WarningWords.Allow(warning.Code, warning.Message)) throw Misbehaved("It sent a warning in words of its own.");
        if (warning.Code is MediaWarning.TimestampOutOfRange or MediaWarning.FrameOutOfRange)
        {
            if (++missing > NamedMax) throw Misbehaved("It misses more than was asked for.");
        }
        else
        {
            if (++warningsHeard > WarningsMax) throw Misbehaved("It floods with warnings.");
            if (++warningsKept > WarningsKeptMax) return;
        }

        warnings.Add(warning);
    }

    // Names of formats are shown to people, so they must not be sentences.
    private static string? Name(string? text)
    {
        const int CharactersMax = 100;
        if (text is null || (text.Length <= CharactersMax && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or ','))) return text;
        throw Misbehaved("It sent a name that is none.");
    }

    private MediaException Reported(DecoderFault report)
    {
        var detail = PrintableText.Of(report.Detail ?? "", 500);
        return MediaFault.All.FirstOrDefault(fault => fault.Code == report.Code) is { } known
            ? new MediaException(known, detail) { Warnings = warnings }
            : Misbehaved("It reported a fault that does not exist.");
    }

    private static MediaException Misbehaved(string detail) => new(MediaFault.DecoderMisbehaved, detail);
}
