using Fotograma.Clips;
using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Options;

namespace Fotograma.Server.Tests.Library;

/// <summary>The example of <c>docs/library.md</c>, which a test holds to these very lines, with the real decoder.</summary>
public sealed class LibraryExampleTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fotograma-library-");

    private static string Decoder => BuiltProgram.Decoder;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task The_example_writes_an_image_a_second()
    {
        await ExtractAsync(await GoodClips.ThreeSeconds.PathAsync(Cancellation), folder.FullName, Cancellation);

        folder.GetFiles().Select(file => file.Name).Order().ShouldBe(["0.000.jpg", "1.000.jpg", "2.000.jpg"]);
    }

    [Fact]
    public async Task A_reading_that_is_left_early_ends_its_decoder_and_cannot_be_used_again()
    {
        var extractor = new VideoExtractor(new VideoExtractorOptions { DecoderPath = Decoder });
        var reading = extractor.ReadAsync(await LoadClips.Busy.PathAsync(Cancellation), new ExtractionOptions { Sampling = new Sampling.All() }, Cancellation);

        await foreach (var frame in reading)
        {
            (frame.Index, frame.SourceFrame, frame.Seconds, frame.IsKeyFrame, frame.Width, frame.Height).ShouldBe((1, 0L, 0m, true, 1280, 720));
            reading.Video!.Codec.ShouldBe("h264");
            break;
        }

        await Should.ThrowAsync<InvalidOperationException>(async () => await reading.GetAsyncEnumerator(Cancellation).MoveNextAsync());
    }

    [Fact]
    public async Task What_is_wrong_with_a_file_is_thrown_by_the_enumeration()
    {
        var (clip, code) = BadClips.All[0];
        var extractor = new VideoExtractor(new VideoExtractorOptions { DecoderPath = Decoder });
        var reading = extractor.ReadAsync(await clip.PathAsync(Cancellation), ExtractionOptionsParser.Default, Cancellation);

        var failure = await Should.ThrowAsync<MediaException>(async () => await reading.GetAsyncEnumerator(Cancellation).MoveNextAsync());

        failure.Fault.Code.ShouldBe(code);
    }

    [Fact]
    public async Task A_cancelled_reading_ends()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var extractor = new VideoExtractor(new VideoExtractorOptions { DecoderPath = Decoder });
        var reading = extractor.ReadAsync(await LoadClips.Busy.PathAsync(Cancellation), new ExtractionOptions { Sampling = new Sampling.All() }, cancel.Token);

        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in reading) await cancel.CancelAsync();
        });
    }

    // example: begin
    private static async Task ExtractAsync(string video, string folder, CancellationToken cancellation)
    {
        var extractor = new VideoExtractor(new VideoExtractorOptions { DecoderPath = Decoder });
        var options = new ExtractionOptions
        {
            Sampling = new Sampling.Every(new Rational(1, 1)),
            Format = ImageFormat.Jpeg,
            Width = 640,
        };

        var reading = extractor.ReadAsync(video, options, cancellation);
        await foreach (var frame in reading)
        {
            var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{frame.Seconds:0.000}.jpg");
            await File.WriteAllBytesAsync(Path.Combine(folder, name), frame.Image, cancellation);
        }

        foreach (var warning in reading.Warnings) Console.Error.WriteLine(warning.Message);
    }
    // example: end
}
