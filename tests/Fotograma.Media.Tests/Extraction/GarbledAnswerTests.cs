using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Manifest;
using Fotograma.Media.Options;
using Fotograma.Media.Sandbox;

namespace Fotograma.Media.Tests.Extraction;

public sealed class GarbledAnswerTests
{
    private const int Attempts = 20_000;

    internal static readonly byte[] Good = new Answer().Facts().Plan(2).Progress(0.5)
        .Frame(0, thumbnail: Answer.Jpeg()).Warning().Frame(1, thumbnail: Answer.Jpeg()).Done(2).ToArray();

    /// <summary>Other things a decoder may say.</summary>
    internal static readonly byte[][] Others = [new Answer().Fault("media.undecodable").ToArray(), new Answer().Facts().Fault("media.truncated").ToArray()];

    /// <summary>All kinds of messages there are, but for a fault.</summary>
    internal static readonly byte[] Everything = new Answer().Text(DecoderMessage.Confined, """{"seccomp":2,"noNewPrivs":1,"capEff":0,"landlockAbi":7,"filters":1}""")
        .Facts(Answer.Video with { StartSeconds = 1.5, LeadSeconds = 0.25 }).Plan(2).Progress(0.5)
        .Frame(0, thumbnail: Answer.Jpeg()).Warning().Frame(1, thumbnail: Answer.Jpeg()).Missing()
        .Extra(Extras.Poster).Extra(Extras.Storyboard, head => head with { Tiles = 2, Columns = 2, Width = 2 * Answer.Width }, Answer.Jpeg(2 * Answer.Width)).Extra(Extras.ContactSheet)
        .Done(2).ToArray();

    [Fact]
    public async Task An_answer_with_everything_is_taken() => (await WholeOutcomeAsync(Everything)).ShouldBe("taken");

    [Fact]
    public async Task An_answer_garbled_anywhere_is_taken_cut_off_or_refused_but_never_breaks_the_reader()
    {
        var outcomes = new Dictionary<string, int>();
        for (var seed = 0; seed < Attempts; seed++)
        {
            var outcome = await OutcomeAsync(Garble(seed));
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        outcomes.Keys.Except(["taken", "cut off", .. MediaFault.All.Select(fault => fault.Code)]).ShouldBeEmpty();
        outcomes.ShouldContainKey("taken");
        outcomes.ShouldContainKey("cut off");
        outcomes[MediaFault.DecoderMisbehaved.Code].ShouldBeGreaterThan(Attempts / 2);
    }

    private static byte[] Garble(int seed)
    {
        var random = new Random(seed);
        var bytes = Good.ToArray();
        for (var i = random.Next(1, 4); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return random.Next(10) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    internal static async Task<string> OutcomeAsync(byte[] answer)
    {
        var limits = new DecoderLimits();
        using var watch = new DecoderWatch(TimeProvider.System, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var gate = new FrameGate(ExtractionOptionsParser.Default, limits, thumbnailWidth: 160, inputBytes: 1);
        var sink = new FrameSink(new ExtractionOutputs { Archive = Stream.Null, Thumbnails = Stream.Null }, ExtractionOptionsParser.Default, DateTimeOffset.UnixEpoch);
        var conversation = new DecoderConversation(new DecoderReader(new MemoryStream(answer)), watch, TimeProvider.System)
        {
            OnFrame = (reader, token) => VideoExtractor.TakeFrameAsync(reader, watch, gate, sink.AddAsync, token),
        };
        try
        {
            return await conversation.RunAsync() ? "taken" : "cut off";
        }
        catch (MediaException exception)
        {
            return exception.Fault.Code;
        }
    }

    /// <summary>What becomes of an answer to a request for everything, and of the archive that is made of it.</summary>
    internal static async Task<string> WholeOutcomeAsync(byte[] answer)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var options = new ExtractionOptions { Sampling = new Sampling.Timestamps([new Rational(0, 1), new Rational(1, 1), new Rational(9, 1)]), Extras = Extras.Poster | Extras.Storyboard | Extras.ContactSheet };
        using var watch = new DecoderWatch(TimeProvider.System, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20), cancellation);
        var (gate, extraGate) = (new FrameGate(options, new DecoderLimits(), thumbnailWidth: 160, inputBytes: 1), new ExtraGate(options));
        var sink = new FrameSink(new ExtractionOutputs { Archive = Stream.Null, Thumbnails = Stream.Null, Index = Stream.Null, Manifest = Stream.Null }, options, DateTimeOffset.UnixEpoch);
        var conversation = new DecoderConversation(new DecoderReader(new MemoryStream(answer)), watch, TimeProvider.System)
        {
            OnConfined = (said, _) =>
            {
                ConfinementWitness.Check(said, [("1", said)], new ConfinementProof(0, 0, 1, Filters: 0), SandboxMode.Required);
                return Task.CompletedTask;
            },
            OnFrame = (reader, token) => VideoExtractor.TakeFrameAsync(reader, watch, gate, sink.AddAsync, token),
            OnExtra = (reader, token) => VideoExtractor.TakeExtraAsync(reader, watch, extraGate, sink, token),
            NamedMax = 3,
        };
        try
        {
            if (!await conversation.RunAsync()) return "cut off";
            extraGate.CheckEnd(sink.Ledger.Count);
            if (sink.Ledger.Count == 0) return "nothing";
            await sink.FinishAsync(new ManifestFacts(new InputFacts("in", 1), conversation.Video, options, conversation.Warnings, conversation.Summary.Duplicates), cancellation);
            return "taken";
        }
        catch (MediaException exception)
        {
            return exception.Fault.Code;
        }
    }
}
