using Fotograma.Clips;
using Fotograma.Media.Conversion;
using Fotograma.Media.Decoding;
using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Tests.Decoding;

namespace Fotograma.Media.Tests.Conversion;

public sealed class DeinterlacerTests
{
    private static readonly ExtractionOptions Every = new() { Sampling = new Sampling.All() };

    static DeinterlacerTests() => Libav.Load();

    public static IEnumerable<TheoryDataRow<Clip>> InterlacedClips =>
        [new(GoodClips.TopFirst), new(GoodClips.BottomFirst), new(GoodClips.InterlacedMpeg2), new(GoodClips.InterlacedTenBit)];

    [Theory, MemberData(nameof(InterlacedClips))]
    public async Task Pictures_are_as_close_to_the_original_as_those_of_ffmpeg(Clip clip)
    {
        const double LossDecibelMax = 0.5;
        var path = await clip.PathAsync(TestContext.Current.CancellationToken);
        var original = await Reference.PixelsAsync(await GoodClips.Fields.PathAsync(TestContext.Current.CancellationToken), "select=not(mod(n\\,2))");
        var decoded = await Decoded.RunAsync(path, Every);
        decoded.WarningCodes.ShouldContain("deinterlaced");
        var ours = Similarity(await Reference.PixelsAsync(decoded.Images), original);
        var reference = Similarity(await Reference.PixelsAsync(path, "bwdif=mode=send_frame"), original);
        var untouched = Similarity(await Reference.PixelsAsync(path, "null"), original);
        TestContext.Current.TestOutputHelper?.WriteLine($"{clip}: ours {ours:F2} dB, bwdif {reference:F2} dB, untouched {untouched:F2} dB");
        ours.ShouldBeGreaterThan(reference - LossDecibelMax);
        ours.ShouldBeGreaterThan(untouched);
    }

    [Fact]
    public async Task Pictures_stay_as_they_are_stored_when_asked_for()
    {
        var path = await GoodClips.TopFirst.PathAsync(TestContext.Current.CancellationToken);
        var decoded = await Decoded.RunAsync(path, Every with { Deinterlace = Deinterlacing.Off });
        decoded.WarningCodes.ShouldNotContain("deinterlaced");
        var stored = await Reference.PixelsAsync(path, "null");
        (await Reference.PixelsAsync(decoded.Images)).AsSpan().SequenceEqual(stored).ShouldBeTrue("pixels differ");
    }

    [Fact]
    public async Task Pictures_that_are_not_interlaced_pass_untouched_unless_asked_for()
    {
        var path = await GoodClips.Fields.PathAsync(TestContext.Current.CancellationToken);
        var stored = await Reference.PixelsAsync(path, "null");
        (await Reference.PixelsAsync((await Decoded.RunAsync(path, Every)).Images)).AsSpan().SequenceEqual(stored).ShouldBeTrue("pixels differ");
        var decoded = await Decoded.RunAsync(path, Every with { Deinterlace = Deinterlacing.On });
        decoded.WarningCodes.ShouldContain("deinterlaced");
        (await Reference.PixelsAsync(decoded.Images)).AsSpan().SequenceEqual(stored).ShouldBeFalse();
    }

    [Theory]
    [InlineData("gray", 64, 48)]
    [InlineData("gray", 3, 7)]
    [InlineData("gray", 1, 1)]
    [InlineData("yuv420p", 21, 9)]
    [InlineData("yuv422p10le", 34, 30)]
    [InlineData("nv12", 32, 16)]
    public void What_stands_still_keeps_every_pixel(string format, int width, int height)
    {
        using var still = Noise(format, width, height, seed: 1);
        using var deinterlacer = new Deinterlacer(Deinterlacing.On, new ConversionNotes());
        var whole = deinterlacer.Whole(new ChosenFrame(still, default, default, 1) { Before = still, After = still });
        if (width < 4) return; // too narrow for the filter: averaged
        Luma(whole).ShouldBe(Luma(still));
    }

    [Fact]
    public void Rows_of_the_first_field_stay_and_rows_of_the_second_follow_a_ramp()
    {
        using var ramp = new NativeFrame();
        ramp.Reshape(16, 32, PixelFormat.Named("gray").Number);
        for (var row = 0; row < 32; row++) Row(ramp, row).Fill((byte)(row % 2 == 0 ? 4 * row : 255));
        var notes = new ConversionNotes();
        using var deinterlacer = new Deinterlacer(Deinterlacing.On, notes);
        var whole = deinterlacer.Whole(new ChosenFrame(ramp, default, default, 1));
        for (var row = 0; row < 28; row++) Math.Abs(Row(whole, row)[5] - 4 * row).ShouldBeLessThanOrEqualTo(row == 1 ? 2 : 0, $"row {row}");
        notes.Deinterlaced.ShouldBeTrue();
    }

    private static double Similarity(byte[] pixels, byte[] original)
    {
        pixels.Length.ShouldBe(original.Length);
        var squares = 0.0;
        for (var i = 0; i < pixels.Length; i++) squares += (pixels[i] - original[i]) * (pixels[i] - original[i]);
        return 10 * Math.Log10(255 * 255 / (squares / pixels.Length));
    }

    private static NativeFrame Noise(string format, int width, int height, int seed)
    {
        var frame = new NativeFrame();
        frame.Reshape(width, height, PixelFormat.Named(format).Number);
        var random = new Random(seed);
        var planes = new PixelFormat(frame.Format);
        for (var plane = 0; plane < (format == "nv12" ? 2 : planes.Components); plane++)
        {
            for (var row = 0; row < (plane == 0 ? height : (height + (1 << planes.ChromaHeightShift) - 1) >> planes.ChromaHeightShift); row++)
            {
                var bytes = Row(frame, row, plane);
                random.NextBytes(bytes);
                if (planes.SampleBytes == 2) for (var i = 1; i < bytes.Length; i += 2) bytes[i] &= 3;
            }
        }

        return frame;
    }

    private static byte[] Luma(NativeFrame frame)
    {
        var bytes = frame.Width * new PixelFormat(frame.Format).SampleBytes;
        return [.. Enumerable.Range(0, frame.Height).SelectMany(row => Row(frame, row)[..bytes].ToArray())];
    }

    private static unsafe Span<byte> Row(NativeFrame frame, int row, int plane = 0) =>
        new(frame.Plane(plane) + (nint)row * frame.LineSize(plane), frame.LineSize(plane));
}
