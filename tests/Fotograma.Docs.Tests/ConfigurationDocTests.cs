using System.Globalization;
using System.Text.RegularExpressions;

namespace Fotograma.Docs.Tests;

/// <summary>Holds <c>docs/configuration.md</c> to the options classes.</summary>
public sealed partial class ConfigurationDocTests
{
    private static readonly IReadOnlyList<string[]> Rows = [.. Repository.CodeRows("docs/configuration.md").Where(row => row[0].Contains(':', StringComparison.Ordinal))];

    public static TheoryData<string> Keys => [.. Setting.All.Select(setting => setting.Key)];

    [Fact]
    public void The_table_has_every_key_once_and_no_other() => Rows.Select(row => row[0]).ShouldBe(Setting.All.Select(setting => setting.Key), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Keys))]
    public void The_default_is_the_codes(string key) => Row(key)[1].ShouldBe(Find(key).Default);

    [Theory]
    [MemberData(nameof(Keys))]
    public void The_range_is_the_one_that_is_checked(string key)
    {
        var setting = Find(key);
        var range = Row(key)[2];
        if (setting.ValueType == typeof(string) || setting.ValueType.IsAssignableTo(typeof(System.Collections.ICollection))) return;
        if (setting.ValueType == typeof(bool))
        {
            range.ShouldBe("true or false");
            return;
        }
        if (setting.ValueType.IsEnum)
        {
            range.ShouldBe(string.Join(", ", Enum.GetNames(setting.ValueType)));
            return;
        }
        HoldRange(setting, Range().Match(range));
    }

    [Fact]
    public void Keys_of_all_modules_are_found()
    {
        Setting.All.Select(setting => setting.Key.Split(':')[0]).Distinct().Count().ShouldBeGreaterThanOrEqualTo(14);
        Setting.All.ShouldContain(setting => setting.Key == "Decoder:Limits:FramesOutMax");
    }

    private static void HoldRange(Setting setting, Match range)
    {
        range.Success.ShouldBeTrue("A range is 'A to B' or 'at least A'.");
        var step = setting.ValueType == typeof(double) ? 0.001m : 1m;
        var least = decimal.Parse(range.Groups["least"].Value, CultureInfo.InvariantCulture);
        setting.ProblemsWith(least).ShouldBeEmpty();
        setting.ProblemsWith(least - step).ShouldNotBeEmpty();
        if (!range.Groups["most"].Success)
        {
            setting.ProblemsWith(int.MaxValue).ShouldBeEmpty();
            return;
        }
        var most = decimal.Parse(range.Groups["most"].Value, CultureInfo.InvariantCulture);
        setting.ProblemsWith(most).ShouldBeEmpty();
        setting.ProblemsWith(most + step).ShouldNotBeEmpty();
    }

    private static Setting Find(string key) => Setting.All.Single(setting => setting.Key == key);

    private static string[] Row(string key) => Rows.Single(row => row[0] == key);

    [GeneratedRegex(@"^(at least (?<least>[\d.]+)|(?<least>[\d.]+) to (?<most>[\d.]+))$")]
    private static partial Regex Range();
}
