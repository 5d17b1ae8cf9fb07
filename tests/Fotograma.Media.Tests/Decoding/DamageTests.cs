using System.Buffers.Binary;
using Fotograma.Clips;
using Fotograma.Media.Extraction;
using Fotograma.Media.Manifest;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>A damaged video gives its good images, and says where it is damaged.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class DamageTests
{
    private static readonly ExtractionOptions FourASecond = new() { Sampling = new Sampling.Rate(new Rational(4, 1)) };

    [Theory]
    [InlineData("faststart.mp4")]
    [InlineData("h264.mkv")]
    [InlineData("h264.flv")]
    public async Task A_video_that_ends_before_its_announced_end_is_called_cut_off(string name)
    {
        var path = await GoodClips.All.Concat(OddClips.All).Single(clip => clip.Name == name).PathAsync(TestContext.Current.CancellationToken);
        foreach (var leastWork in new[] { true, false })
        {
            var cut = await RunAsync(path, bytes => bytes[..(bytes.Length / 2)], leastWork: leastWork);
            cut.Fault.ShouldBeNull();
            cut.WarningCodes.ShouldContain("cut_off", $"least work: {leastWork}");
        }
    }

    [Fact]
    public async Task Pictures_before_the_beginning_of_time_are_there_and_time_does_not_run_backwards()
    {
        var all = new ExtractionOptions { Sampling = new Sampling.All() };
        var extractor = new VideoExtractor(new VideoExtractorOptions { DecoderPath = BuiltProgram.Decoder });
        var reading = extractor.ReadAsync(await OddClips.BeforeZero.PathAsync(TestContext.Current.CancellationToken), all, TestContext.Current.CancellationToken);
        var times = new List<decimal>();

        await foreach (var frame in reading) times.Add(frame.Seconds);

        times.Count.ShouldBe(75);
        times.ShouldBeInOrder();
        reading.Warnings.Select(warning => warning.Code).ShouldContain("timestamps_missing");
    }

    [Fact]
    public async Task Damage_is_told_with_its_place_and_the_rest_stays_good()
    {
        var path = await OddClips.FastStart.PathAsync(TestContext.Current.CancellationToken);
        var whole = await Decoded.RunAsync(path, FourASecond);
        var damaged = await RunAsync(path, bytes =>
        {
            var start = bytes.AsSpan().IndexOf("mdat"u8);
            var middle = start + (bytes.Length - start) / 2;
            bytes.AsSpan(middle, 900).Fill(0x5A);
            return bytes;
        });
        damaged.Fault.ShouldBeNull();
        damaged.Images.Count.ShouldBe(whole.Images.Count);
        var warning = damaged.Warnings.First(warning => warning.Code == "damaged");
        warning.AtSeconds.ShouldNotBeNull().ShouldBeInRange(0.8, 2.2);
        Hashes(damaged).Take(4).ShouldBe(Hashes(whole).Take(4));
        Hashes(damaged).TakeLast(2).ShouldBe(Hashes(whole).TakeLast(2));
    }

    [Fact]
    public async Task What_comes_before_the_first_key_frame_is_told_as_damage_although_decoders_say_nothing_of_it()
    {
        var all = new ExtractionOptions { Sampling = new Sampling.All() };
        var whole = await Decoded.RunAsync(await OddClips.LongGroup.PathAsync(TestContext.Current.CancellationToken), all);
        var cut = await Decoded.RunAsync(await OddClips.MidBroadcast.PathAsync(TestContext.Current.CancellationToken), all);

        cut.Fault.ShouldBeNull();
        Hashes(cut).ShouldBe(Hashes(whole).Skip(250));
        var warning = cut.Warnings.ShouldHaveSingleItem();
        warning.Code.ShouldBe("damaged");
        warning.AtSeconds.ShouldNotBeNull().ShouldBe(0, 0.2);
        warning.Message.ShouldBe("The video is damaged from about 0.0 s to 9.4 s; images there may be wrong or missing.");
    }

    // Units of a kind that nobody knows are passed over in silence, as the standard wants it; of the decoders, H.264's alone says that a packet had no picture.
    [Fact]
    public async Task A_picture_that_the_decoder_leaves_out_without_a_word_is_told_as_damage()
    {
        var all = new ExtractionOptions { Sampling = new Sampling.All() };
        var path = await OddClips.HevcLayers.PathAsync(TestContext.Current.CancellationToken);
        var whole = await Decoded.RunAsync(path, all);

        var damaged = await RunAsync(path, WithUnknownUnit, all);

        whole.WarningCodes.ShouldBeEmpty();
        damaged.Fault.ShouldBeNull();
        var missing = Times(whole).Except(Times(damaged)).ShouldHaveSingleItem();
        damaged.Warnings.Where(warning => warning.Code == "damaged").ShouldHaveSingleItem().AtSeconds.ShouldNotBeNull().ShouldBe(missing, 0.001);
    }

    [Theory]
    [InlineData("crumbs.flv")]
    [InlineData("backwards.flv")]
    [InlineData("still.flv")]
    public async Task Crumbs_behind_a_whole_picture_leave_that_one_and_are_told_as_damage(string name)
    {
        var clip = AbuseClips.All.Single(clip => clip.Name == name);

        var decoded = await Decoded.RunAsync(await clip.PathAsync(TestContext.Current.CancellationToken), new ExtractionOptions { Sampling = new Sampling.All() });

        decoded.Fault.ShouldBeNull();
        decoded.Images.ShouldNotBeEmpty();
        decoded.WarningCodes.ShouldContain("damaged");
    }

    private static IEnumerable<double> Times(Decoded decoded) =>
        decoded.Images.Select(image => (double)(image.Header.Pts - decoded.Images[0].Header.Pts) * image.Header.TimeBaseNumerator / image.Header.TimeBaseDenominator);

    /// <summary>
    /// Makes one picture that no other refers to (ITU-T H.265, table 7-1: an even number), in the middle of all of them, a unit of a kind that has no meaning. Units stand
    /// behind four bytes of length, in a video without sound.
    /// </summary>
    private static byte[] WithUnknownUnit(byte[] bytes)
    {
        const byte Reserved = 41 << 1;
        var at = bytes.AsSpan().IndexOf("mdat"u8);
        var end = at - 4 + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at - 4));
        List<int> disposable = [];
        for (at += 4; at < end; at += 4 + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at)))
            if (bytes[at + 4] >> 1 is 0 or 2 or 4) disposable.Add(at + 4);
        bytes[disposable[disposable.Count / 2]] = Reserved;
        return bytes;
    }

    private static IEnumerable<Sha256Digest> Hashes(Decoded decoded) => decoded.Images.Select(image => Sha256Digest.Of(image.Image));

    private static async Task<Decoded> RunAsync(string source, Func<byte[], byte[]> change, ExtractionOptions? options = null, bool leastWork = true)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("fotograma-damage").FullName, Path.GetFileName(source));
        try
        {
            await File.WriteAllBytesAsync(path, change(await File.ReadAllBytesAsync(source, TestContext.Current.CancellationToken)), TestContext.Current.CancellationToken);
            return await Decoded.RunAsync(path, options ?? FourASecond, leastWork: leastWork);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }
}
