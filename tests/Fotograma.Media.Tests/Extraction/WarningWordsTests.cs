using System.Text.RegularExpressions;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;

namespace Fotograma.Media.Tests.Extraction;

/// <summary>A decoder warns in known words only; those are all that its code has.</summary>
public sealed partial class WarningWordsTests
{
    [Fact]
    public void Every_warning_in_the_code_is_known_by_its_words_and_every_known_one_is_in_the_code()
    {
        var written = Sources().SelectMany(text => Warning().Matches(text)).Select(match => (Code: Code(match), Text: Gap().Replace(match.Groups["text"].Value, "-12.5"))).ToList();

        written.Select(warning => warning.Code).Distinct().ShouldBe(WarningWords.Codes, ignoreOrder: true);
        foreach (var (code, text) in written) WarningWords.Allow(code, text).ShouldBeTrue($"{code}: {text}");
        Sources().Sum(text => Made().Count(text)).ShouldBe(written.Count, "A warning is made in a way that this test cannot read.");
    }

    [Theory]
    [InlineData("frame_out_of_range", "The video has no frame 500.")]
    [InlineData("frame_out_of_range", "The video has no frame 900 to 1000.")]
    [InlineData("timestamp_out_of_range", "Nothing is on screen at 1001/30000 s.")]
    [InlineData("timestamp_out_of_range", "Nothing is on screen at 60.25 s.")]
    [InlineData("timestamp_out_of_range", "Nothing is on screen at 60.25 s in the ranges asked for.")]
    [InlineData("frame_out_of_range", "The video has no frame 900 to 1000 in the ranges asked for.")]
    [InlineData("damaged", "The video is damaged around -0.5 s; images there may be wrong or missing.")]
    public void Numbers_stand_where_they_belong(string code, string message) => WarningWords.Allow(code, message).ShouldBeTrue();

    [Theory]
    [InlineData("frame_out_of_range", "The video has no frame .")]
    [InlineData("frame_out_of_range", "The video has no frame x.")]
    [InlineData("frame_out_of_range", "The video has no frame 5. ")]
    [InlineData("frame_out_of_range", "The video has no frame \u0665.")]
    [InlineData("frame_out_of_range", "The video has no frame 1234567890123456789012345678901234567890123456789.")]
    [InlineData("cut_off", "the file ends before the video does.")]
    [InlineData("cut_off", "")]
    [InlineData("", "The file ends before the video does.")]
    public void Nothing_else_does(string code, string message) => WarningWords.Allow(code, message).ShouldBeFalse();

    [Theory]
    [InlineData("plain é 漢 \U0001F600", "plain é 漢 \U0001F600")]
    [InlineData("a\u202Eb\u2066c\u200Fd", "a b c d")]
    [InlineData("a\u2028b\u0007c\uFEFFd", "a b c d")]
    [InlineData("a\U000E0041b", "a  b")]
    public void Text_of_a_decoder_has_no_character_that_turns_others_around_or_hides(string text, string shown) => PrintableText.Of(text, 100).ShouldBe(shown);

    [Fact]
    public void Half_a_character_is_none() => PrintableText.Of("a\uD83D", 100).ShouldBe("a ");

    private static string Code(Match match) => match.Groups["name"] is { Success: true, Value: var name } ? (string)typeof(MediaWarning).GetField(name)!.GetRawConstantValue()! : match.Groups["code"].Value;

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Path.Combine(Root(), "src", "Fotograma.Media"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Fotograma.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException("The sources are not above the tests.");
    }

    [GeneratedRegex("""new MediaWarning\((MediaWarning\.(?<name>\w+)|"(?<code>\w+)"), (string\.Create\(CultureInfo\.InvariantCulture, )?\$?"(?<text>[^"]*)"+""")]
    private static partial Regex Warning();

    [GeneratedRegex("""new MediaWarning\(""")]
    private static partial Regex Made();

    [GeneratedRegex("""\{[^}]*\}""")]
    private static partial Regex Gap();
}
