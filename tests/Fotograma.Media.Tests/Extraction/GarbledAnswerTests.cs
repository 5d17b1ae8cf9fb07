using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Extraction;

public sealed class GarbledAnswerTests
{
    private const int Attempts = 20_000;

    internal static readonly byte[] Good = new Answer().Facts().Plan(2).Progress(0.5)
        .Frame(0, thumbnail: Answer.Jpeg()).Warning().Frame(1, thumbnail: Answer.Jpeg()).Done(2).ToArray();

    /// <summary>Other things a decoder may say.</summary>
    internal static readonly byte[][] Others = [new Answer().Fault("media.undecodable").ToArray(), new Answer().Facts().Fault("media.truncated").ToArray()];

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
}
