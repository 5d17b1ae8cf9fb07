using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fotograma.Clips;
using Fotograma.Media.Avc;
using Fotograma.Media.Decoding;
using Fotograma.Media.Extraction;
using Fotograma.Media.Input;
using Fotograma.Media.Isolation;
using Fotograma.Media.Manifest;
using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Probing;
using Fotograma.Media.Reading;
using Fotograma.Media.Tests.Extraction;
using Fotograma.Media.Tests.Manifest;
using Fotograma.Server.Cli;

namespace Fotograma.Media.Tests.Fuzz;

/// <summary>
/// Everything of our own that reads bytes from outside, given spoilt ones: it may refuse them in the way it says it does, and nothing else. Runs
/// for a moment with all tests; <c>./dev fuzz SECONDS</c> gives every target that long, with other seeds each time.
/// </summary>
public sealed class FuzzTests
{
    private const int InputsLeast = 2_000;

    private static readonly int Seconds = int.Parse(Environment.GetEnvironmentVariable("FOTOGRAMA_FUZZ_SECONDS") ?? "0", CultureInfo.InvariantCulture);

    private static readonly int FirstSeed = Seconds == 0 ? 1 : Environment.TickCount;

    [Fact]
    public Task Messages_of_a_decoder() => RunAsync([GarbledAnswerTests.Good, [], .. GarbledAnswerTests.Others], async bytes => _ = await GarbledAnswerTests.OutcomeAsync(bytes));

    [Fact]
    public Task Messages_of_a_decoder_that_was_asked_for_everything() => RunAsync([GarbledAnswerTests.Everything], async bytes => _ = await GarbledAnswerTests.WholeOutcomeAsync(bytes));

    [Fact]
    public Task Options_as_json() => RunAsync(OptionTexts(), bytes => _ = ExtractionOptionsParser.FromJson(Encoding.UTF8.GetString(bytes)), typeof(JsonException));

    [Fact]
    public Task Options_as_texts() => RunAsync(OptionTexts(), bytes =>
    {
        var values = new Dictionary<string, string>();
        foreach (var line in Encoding.Latin1.GetString(bytes).Split('"', ',', '{', '}'))
        {
            var pair = line.Split(':', '=');
            if (pair.Length > 1) values[pair[0]] = pair[1];
        }

        if (!ExtractionOptionsParser.TryParse(values, out var options, out var problems)) problems.ShouldNotBeEmpty();
        else ExtractionOptionsParser.FromJson(ExtractionOptionsParser.ToJson(options)).ShouldBe(options);
    });

    [Fact]
    public Task Requests_to_a_decoder() => RunAsync(
        [.. OptionTexts().Select(text => (byte[])[.. "{\"operation\":\"extract\",\"inputPath\":\"/x\",\"options\":"u8, .. text, .. ",\"limits\":{},\"thumbnailWidth\":0}\n"u8])],
        bytes => _ = ParentWatch.ReadRequest(new MemoryStream(bytes)), typeof(JsonException));

    [Fact]
    public Task Probe_reports() => RunAsync(
        [Encoding.UTF8.GetBytes(ProbeReportJson.Write(Answer.Video)), Encoding.UTF8.GetBytes(ProbeReportJson.Write(Answer.Video, indented: true))],
        bytes => _ = ProbeReportJson.Read(Encoding.UTF8.GetString(bytes)), typeof(JsonException));

    [Fact]
    public Task First_bytes_of_files() => RunAsync(
        ["\0\0\0\u0018ftypmp42\0\0\0\0"u8.ToArray(), [0x1A, 0x45, 0xDF, 0xA3, 1, 2, 3], "RIFF\0\0\0\0AVI LIST"u8.ToArray(), "#EXTM3U\n#EXTINF:1,\nx.ts"u8.ToArray(), "<?xml?><MPD>"u8.ToArray()],
        bytes =>
        {
            _ = ContainerSignature.TryRecognise(bytes.AsSpan(0, Math.Min(bytes.Length, ContainerSignature.HeadBytes)), out _, out _);
            _ = FirstBytes.ArePlaylist(bytes);
            _ = FirstBytes.AreContainer(bytes);
        });

    [Fact]
    public async Task Lists_in_files()
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-fuzz");
        var path = Path.Combine(folder.FullName, "list.txt");
        try
        {
            await RunAsync(["0.5, # the first\n1,2,3\r\n\n00:01:00\n"u8.ToArray(), "\uFEFF10-20\n5\n"u8.ToArray(), [0xFF, 0xFE, 1, 0]], bytes =>
            {
                File.WriteAllBytes(path, bytes);
                var list = ListFile.Expand($"@{path}", out var problem).ShouldNotBeNull(problem);
                list.Split(',').ShouldAllBe(item => !item.Contains('\n') && !item.Contains('#'));
                _ = ExtractionOptionsParser.TryParse(new Dictionary<string, string> { ["timestamps"] = list }, out _, out _);
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_list_without_an_end_is_refused()
    {
        ListFile.Expand("@/dev/zero", out var problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain("larger than");
    }

    [Fact]
    public Task Images_of_a_decoder() => RunAsync([Answer.Png(1), Answer.Png(2, 40, 30), Answer.Jpeg(), Answer.Webp()], bytes =>
    {
        _ = ImageCheck.IsPng(bytes, Answer.Width, Answer.Height);
        _ = ImageCheck.IsJpeg(bytes, Answer.Width, Answer.Height);
        _ = ImageCheck.IsWebp(bytes, Answer.Width, Answer.Height);
    });

    [Fact]
    public Task Frame_indices()
    {
        const int OldHeaderBytes = 16;
        var table = new byte[FrameIndex.HeaderBytes + 3 * FrameIndexRecord.Bytes];
        FrameIndex.WriteHeader(table, 3, ImageFormat.Png, NameTemplate.Default);
        // The letters, version 1, PNG, the length of a record, two of them.
        byte[] old = [.. "FGFI"u8, 1, 0, FrameIndexRecord.BytesOfVersion1, 0, 2, .. new byte[OldHeaderBytes - 9 + (2 * FrameIndexRecord.BytesOfVersion1)]];
        return RunAsync([table, old], async bytes =>
        {
            var page = await FrameIndex.ReadAsync(new MemoryStream(bytes), 0, 10, TestContext.Current.CancellationToken);
            var part = await FrameIndex.CutAsync(new MemoryStream(bytes), 1, 3, TestContext.Current.CancellationToken);
            (await FrameIndex.ReadAsync(new MemoryStream(part), 0, 10, TestContext.Current.CancellationToken)).Records.Count.ShouldBe(Math.Clamp(page.Count - 1, 0, 2));
        }, typeof(InvalidDataException));
    }

    [Fact]
    public async Task Lists_of_extras()
    {
        using var list = new MemoryStream();
        await ExtraFiles.WriteAsync(list, [new ExtraFile(Extras.Poster, "poster.jpg", 100, 200, new string('a', 64), 1), new ExtraFile(Extras.ContactSheet, "contact-sheet.jpg", 400, 1, "", 2)], TestContext.Current.CancellationToken);
        await RunAsync([list.ToArray()], async bytes => _ = await ExtraFiles.ReadAsync(new MemoryStream(bytes), TestContext.Current.CancellationToken), typeof(InvalidDataException));
    }

    [Fact]
    public async Task Signs_that_packets_are_looked_at_for()
    {
        const int SetUpBytes = 48;
        string[] codecs = ["h264", "hevc", "av1", "mpeg2video", "mpeg4"];
        var corpus = new List<byte[]>();
        foreach (var clip in (Clip[])[OddClips.FastStart, OddClips.HevcLayers, GoodClips.Av1Mp4, OddClips.Mpeg2Mkv, OddClips.Mpeg4Mp4]) corpus.Add(await PacketsOfAsync(clip, SetUpBytes));
        await RunAsync(corpus, bytes =>
        {
            var setUp = bytes.AsSpan(0, Math.Min(SetUpBytes, bytes.Length));
            var rest = bytes.AsSpan(setUp.Length);
            foreach (var codec in codecs)
            {
                var sight = new PacketSight(codec, setUp);
                for (var from = 0; from < rest.Length; from += 1 + (rest.Length / 4))
                {
                    _ = sight.IsCleanStart(rest[from..]);
                    _ = sight.IsDisposable(rest[from..]);
                }
            }
        });
    }

    [Fact]
    public async Task Heads_of_manifests()
    {
        var manifest = await ManifestTests.WriteAsync();
        await RunAsync([manifest], async bytes => _ = await ManifestHead.ReadReportAsync(new MemoryStream(bytes), TestContext.Current.CancellationToken), typeof(InvalidDataException));
    }

    [Fact]
    public async Task Boxes_and_packets_of_videos()
    {
        var movie = await File.ReadAllBytesAsync(await OddClips.FastStart.PathAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        var folder = Directory.CreateTempSubdirectory("fotograma-fuzz");
        var path = Path.Combine(folder.FullName, "movie.mp4");
        try
        {
            await RunAsync([movie[..Math.Min(movie.Length, 4000)]], bytes =>
            {
                File.WriteAllBytes(path, bytes);
                using var file = File.OpenHandle(path);
                _ = MovieBoxes.HasWholeIndex(file);
                _ = MovieBoxes.IsIndexCutOff(file);
                for (var lengthBytes = 0; lengthBytes <= 4; lengthBytes++)
                {
                    var units = new NalUnits(bytes, lengthBytes);
                    var count = 0;
                    while (units.MoveNext()) (++count).ShouldBeLessThanOrEqualTo(bytes.Length);
                }
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Heads_of_slices()
    {
        const int SetUpBytes = 64;
        var packets = new List<byte[]>();
        var cancellation = TestContext.Current.CancellationToken;
        using var file = File.OpenHandle(await ReferenceClips.Of(ReferenceClips.All[0].Parameters).PathAsync(cancellation));
        using var input = VideoInput.Open(file, new DecoderLimits(), AllowList.WithOld, cancellation);
        using var packet = new NativePacket();
        var setUp = input.Stream.SetUp.ToArray();
        while (input.Container.Read(packet) >= 0)
        {
            packets.Add([.. packet.Data]);
            packet.Clear();
        }

        // The set-up data, padded, and one packet after the other.
        byte[] all = [.. setUp, .. new byte[SetUpBytes - setUp.Length], .. packets.Take(8).SelectMany(bytes => bytes)];
        await RunAsync([all], bytes =>
        {
            var map = new ReferenceMap(bytes.AsSpan(0, Math.Min(SetUpBytes, bytes.Length)));
            var rest = bytes.AsSpan(Math.Min(SetUpBytes, bytes.Length));
            foreach (var original in packets.Take(8))
            {
                var part = rest[..Math.Min(original.Length, rest.Length)];
                rest = rest[part.Length..];
                if (!map.Add(part)) break;
            }

            map.NeededFor(Enumerable.Range(0, map.Packets)).ShouldAllBe(needed => needed);
        });
    }

    /// <summary>The set-up data of a video, cut or filled up to so many bytes, and its first packets.</summary>
    private static async Task<byte[]> PacketsOfAsync(Clip clip, int setUpBytes)
    {
        using var file = File.OpenHandle(await clip.PathAsync(TestContext.Current.CancellationToken));
        using var input = VideoInput.Open(file, new DecoderLimits(), AllowList.WithOld, TestContext.Current.CancellationToken);
        using var packet = new NativePacket();
        var all = new List<byte>(input.Stream.SetUp[..Math.Min(setUpBytes, input.Stream.SetUp.Length)].ToArray());
        all.AddRange(new byte[setUpBytes - all.Count]);
        for (var packets = 0; packets < 3 && input.Container.Read(packet) >= 0; packets++)
        {
            all.AddRange(packet.Data);
            packet.Clear();
        }

        return [.. all];
    }

    private static IReadOnlyList<byte[]> OptionTexts() =>
    [
        "{\"fps\":\"30000/1001\",\"from\":\"1.5\",\"to\":\"00:01:00\",\"maxFrames\":10,\"format\":\"jpeg\",\"quality\":80}"u8.ToArray(),
        "{\"timestamps\":\"0,1.5,00:00:03.25\",\"width\":640,\"enlarge\":true,\"name\":\"{index}_{time}\"}"u8.ToArray(),
        "{\"frames\":\"0,5,10-20\",\"crop\":\"64x48+1+2\",\"pixels\":\"stored\",\"hdr\":\"keep\",\"deinterlace\":\"off\"}"u8.ToArray(),
        "{\"scenes\":\"0.3\",\"ranges\":\"0-1,5-\",\"dedupe\":3,\"extras\":\"poster,sheet\"}"u8.ToArray(),
        "{\"every\":\"2.5\"}"u8.ToArray(), "{\"count\":7,\"keyframes\":false}"u8.ToArray(), "{\"all\":true,\"format\":\"webp\"}"u8.ToArray(),
    ];

    private static Task RunAsync(IReadOnlyList<byte[]> corpus, Action<byte[]> target, params Type[] refusals) => RunAsync(corpus, bytes =>
    {
        target(bytes);
        return Task.CompletedTask;
    }, refusals);

    private static async Task RunAsync(IReadOnlyList<byte[]> corpus, Func<byte[], Task> target, params Type[] refusals)
    {
        var watch = Stopwatch.StartNew();
        for (var seed = 0; seed < InputsLeast || watch.Elapsed.TotalSeconds < Seconds; seed++)
        {
            var bytes = new Mutator(corpus, FirstSeed + seed).Next();
            try
            {
                await target(bytes);
            }
            catch (Exception failure) when (!refusals.Contains(failure.GetType()))
            {
                throw new InvalidOperationException($"Seed {FirstSeed + seed}, input {Convert.ToBase64String(bytes)}", failure);
            }
            catch (Exception)
            {
                // Refused as it may be.
            }
        }
    }
}
