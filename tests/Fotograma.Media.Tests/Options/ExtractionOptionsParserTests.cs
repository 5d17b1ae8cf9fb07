using System.Text.Json;
using Fotograma.Media.Isolation;
using Fotograma.Media.Manifest;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Options;

public sealed class ExtractionOptionsParserTests
{
    [Fact]
    public void Without_any_option_there_is_one_png_a_second()
    {
        Parse([]).ShouldBe(new ExtractionOptions { Sampling = new Sampling.Rate(new Rational(1, 1)) });
    }

    [Fact]
    public void Every_option_is_read()
    {
        Parse(new() { ["fps"] = "30000/1001", ["from"] = "00:01:30.500", ["to"] = "95.25", ["maxFrames"] = "7", ["width"] = "640", ["height"] = " 480 ", ["format"] = "JPG", ["quality"] = "75" })
            .ShouldBe(new ExtractionOptions
            {
                Sampling = new Sampling.Rate(new Rational(30000, 1001)), Ranges = [new TimeRange(new Rational(181, 2), new Rational(381, 4))], MaxFrames = 7,
                Width = 640, Height = 480, Format = ImageFormat.Jpeg, Quality = 75,
            });
        Parse(new() { ["every"] = "2.5" }).Sampling.ShouldBe(new Sampling.Every(new Rational(5, 2)));
        Parse(new() { ["count"] = "12", ["fps"] = " " }).Sampling.ShouldBe(new Sampling.Count(12));
    }

    [Fact]
    public void Every_way_to_choose_frames_is_read()
    {
        Parse(new() { ["timestamps"] = "00:02:00, 1.5,3/2" }).Sampling.ShouldBe(new Sampling.Timestamps([new Rational(3, 2), new Rational(3, 2), new Rational(120, 1)]));
        Parse(new() { ["frames"] = "250-260,0, 10,255-300" }).Sampling.ShouldBe(new Sampling.Numbered([new FrameRange(0, 0), new FrameRange(10, 10), new FrameRange(250, 300)]));
        Parse(new() { ["keyframes"] = "true", ["all"] = "no" }).Sampling.ShouldBe(new Sampling.KeyFrames());
        Parse(new() { ["scenes"] = "0.25" }).Sampling.ShouldBe(new Sampling.Scenes(new Rational(1, 4)));
        Parse(new() { ["scenes"] = "true" }).Sampling.ShouldBe(new Sampling.Scenes(new Rational(3, 10)));
        Parse(new() { ["all"] = "yes" }).Sampling.ShouldBe(new Sampling.All());
    }

    [Fact]
    public void Every_option_of_parts_and_pictures_is_read()
    {
        NameTemplate.TryParse("shot_{time}-{pts}", out var name).ShouldBeTrue();
        Parse(new()
        {
            ["all"] = "true", ["ranges"] = "00:01:00-00:01:30,10-20,300-", ["dedupe"] = "4", ["crop"] = "640x360+100+50", ["width"] = "64", ["enlarge"] = "true",
            ["pixels"] = "stored", ["hdr"] = "keep", ["deinterlace"] = "on", ["format"] = "webp", ["quality"] = "1", ["name"] = "shot_{time}-{pts}", ["extras"] = "sheet, poster",
        }).ShouldBe(new ExtractionOptions
        {
            Sampling = new Sampling.All(),
            Ranges = [new TimeRange(new Rational(10, 1), new Rational(20, 1)), new TimeRange(new Rational(60, 1), new Rational(90, 1)), new TimeRange(new Rational(300, 1), null)],
            DuplicateDistance = 4, Crop = new Crop(100, 50, 640, 360), Width = 64, Enlarge = true, SquarePixels = false, ToneMap = false, Deinterlace = Deinterlacing.On,
            Format = ImageFormat.Webp, Quality = 1, Name = name, Extras = Extras.Poster | Extras.ContactSheet,
        });
    }

    [Theory]
    [InlineData("12.5", 25, 2)]
    [InlineData("90", 90, 1)]
    [InlineData("1:30", 90, 1)]
    [InlineData("01:00:00.001", 3600001, 1000)]
    [InlineData("90:00", 5400, 1)]
    [InlineData("25/2", 25, 2)]
    public void A_time_is_read_as_seconds_or_as_a_clock(string text, long numerator, long denominator) =>
        Parse(new() { ["from"] = text }).Ranges.ShouldHaveSingleItem().From.ShouldBe(new Rational(numerator, denominator));

    [Theory]
    [InlineData("fps", "0", "out_of_range")]
    [InlineData("fps", "-1", "out_of_range")]
    [InlineData("fps", "240.001", "out_of_range")]
    [InlineData("fps", "1/86401", "out_of_range")]
    [InlineData("fps", "1/0", "invalid")]
    [InlineData("fps", "fast", "invalid")]
    [InlineData("fps", "9223372036854775807/9223372036854775806", "out_of_range")]
    [InlineData("fps", "1e3", "invalid")]
    [InlineData("fps", "NaN", "invalid")]
    [InlineData("every", "0.0009", "out_of_range")]
    [InlineData("every", "86401", "out_of_range")]
    [InlineData("count", "0", "out_of_range")]
    [InlineData("count", "100001", "out_of_range")]
    [InlineData("count", "99999999999999999999", "out_of_range")]
    [InlineData("count", "1.5", "invalid")]
    [InlineData("from", "-1", "out_of_range")]
    [InlineData("from", "1:75", "invalid")]
    [InlineData("from", "1:-5", "invalid")]
    [InlineData("from", "1:2:3:4", "invalid")]
    [InlineData("from", "1:", "invalid")]
    [InlineData("from", ":", "invalid")]
    [InlineData("from", "-1:30", "invalid")]
    [InlineData("to", "604801", "out_of_range")]
    [InlineData("maxFrames", "0", "out_of_range")]
    [InlineData("width", "1", "out_of_range")]
    [InlineData("height", "16385", "out_of_range")]
    [InlineData("format", "gif", "invalid")]
    [InlineData("quality", "50", "not_applicable")]
    [InlineData("timestamps", "1,-2", "out_of_range")]
    [InlineData("timestamps", "1,,2x", "invalid")]
    [InlineData("frames", "5-3", "invalid")]
    [InlineData("frames", "-3", "invalid")]
    [InlineData("frames", "0-100000", "out_of_range")]
    [InlineData("scenes", "1.1", "out_of_range")]
    [InlineData("keyframes", "maybe", "invalid")]
    [InlineData("ranges", "10-20,15-30", "conflict")]
    [InlineData("ranges", "20-10", "conflict")]
    [InlineData("ranges", "5-,30-40", "conflict")]
    [InlineData("ranges", "10", "invalid")]
    [InlineData("ranges", "-", "invalid")]
    [InlineData("dedupe", "33", "out_of_range")]
    [InlineData("crop", "640x360", "invalid")]
    [InlineData("crop", "0x360+0+0", "invalid")]
    [InlineData("crop", "640+360x0+0", "invalid")]
    [InlineData("enlarge", "true", "not_applicable")]
    [InlineData("pixels", "round", "invalid")]
    [InlineData("hdr", "on", "invalid")]
    [InlineData("deinterlace", "maybe", "invalid")]
    [InlineData("name", "../{index}", "invalid")]
    [InlineData("name", "frame", "invalid")]
    [InlineData("name", "-{index}", "invalid")]
    [InlineData("name", "{pts}{pts}", "invalid")]
    [InlineData("name", "con.{index}", "invalid")]
    [InlineData("name", "Lpt{sourceFrame}", "invalid")]
    [InlineData("name", ".{index}", "invalid")]
    [InlineData("extras", "poster,gif", "invalid")]
    [InlineData("max-frames", "5", "unknown")]
    [InlineData("zoom", "5", "unknown")]
    public void A_value_that_cannot_be_used_is_refused_with_a_code_and_advice(string option, string value, string code)
    {
        var problem = Problems(new() { [option] = value }).ShouldHaveSingleItem();

        problem.Option.ShouldBe(option);
        problem.Code.ShouldBe(code);
        problem.Message.ShouldEndWith(".");
    }

    [Fact]
    public void No_video_makes_a_name_that_is_too_long_or_looks_like_an_option()
    {
        var longest = new string('x', NameTemplate.LengthMax - "{index}{time}{pts}{sourceFrame}".Length);
        NameTemplate.TryParse($"{{pts}}{{time}}{{index}}{{sourceFrame}}{longest}", out var template).ShouldBeTrue();

        var name = template.Of(int.MaxValue, FrameTime.Format(long.MinValue, int.MaxValue, 1), long.MinValue, long.MaxValue);

        name.Length.ShouldBeLessThanOrEqualTo(NameTemplate.NameCharactersMax);
        name.ShouldStartWith("_-");
        NameTemplate.TryParse("t{time}", out var other).ShouldBeTrue();
        other.Of(1, "-0.040000", -1, 0).ShouldBe("t-0.040000");
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        var problems = Problems(new()
        {
            ["fps"] = "x", ["every"] = "0", ["count"] = "y", ["from"] = "5", ["to"] = "5", ["format"] = "jpeg", ["quality"] = "101", ["Width"] = "5",
        });

        problems.Select(problem => (problem.Option, problem.Code)).ShouldBe(
        [
            ("Width", "unknown"), ("every", "conflict"), ("count", "conflict"), ("fps", "invalid"), ("every", "out_of_range"), ("count", "invalid"),
            ("quality", "out_of_range"), ("to", "conflict"),
        ]);
        problems[0].Message.ShouldContain("width");
    }

    [Fact]
    public void Options_survive_being_stored()
    {
        ExtractionOptions[] all =
        [
            ExtractionOptionsParser.Default,
            Parse(new() { ["every"] = "0.333333333", ["from"] = "1:02:03.004", ["width"] = "100" }),
            Parse(new() { ["count"] = "100000", ["to"] = "9", ["format"] = "jpeg", ["quality"] = "1", ["height"] = "2", ["maxFrames"] = "3" }),
        ];

        foreach (var options in all)
        {
            var json = ExtractionOptionsParser.ToJson(options);
            ExtractionOptionsParser.FromJson(json).ShouldBe(options);
            ExtractionOptionsParser.ToJson(ExtractionOptionsParser.FromJson(json)).ShouldBe(json);
        }

        ExtractionOptionsParser.ToJson(ExtractionOptionsParser.Default).ShouldBe("""{"fps":"1","format":"png"}""");
    }

    [Theory]
    [InlineData("ranges", "3-", "from", "1")]
    [InlineData("all", "true", "keyframes", "true")]
    public void Options_that_contradict_each_other_are_refused(string one, string value, string other, string otherValue) =>
        Problems(new() { [one] = value, [other] = otherValue }).ShouldHaveSingleItem().Code.ShouldBe("conflict");

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"fps":{}}""")]
    [InlineData("""{"fps":"500"}""")]
    [InlineData("""{"fps":1.5}""")]
    public void Stored_options_that_are_not_valid_are_refused(string json) =>
        Should.Throw<JsonException>(() => ExtractionOptionsParser.FromJson(json));

    [Fact]
    public void A_request_crosses_the_pipe_to_the_decoder_unchanged()
    {
        var request = new DecoderRequest("extract", "in.mp4", Parse(new() { ["fps"] = "24000/1001" }), new DecoderLimits { FramesOutMax = 9 }, 160);

        var json = JsonSerializer.SerializeToUtf8Bytes(request, DecoderJson.Default.DecoderRequest);

        JsonSerializer.Deserialize(json, DecoderJson.Default.DecoderRequest).ShouldBe(request);
        json.ShouldNotContain((byte)'\n');
    }

    private static ExtractionOptions Parse(Dictionary<string, string> values)
    {
        ExtractionOptionsParser.TryParse(values, out var options, out var problems).ShouldBeTrue(string.Join(' ', problems));
        return options.ShouldNotBeNull();
    }

    private static IReadOnlyList<OptionProblem> Problems(Dictionary<string, string> values)
    {
        ExtractionOptionsParser.TryParse(values, out var options, out var problems).ShouldBeFalse();
        options.ShouldBeNull();
        return problems;
    }
}
