using System.Text.RegularExpressions;
using Fotograma.Suites.Ledger.Lifecycle;

namespace Fotograma.Jobs.Tests.Lifecycle;

/// <summary>Holds <c>docs/lifecycle.md</c> to the model that the ledger is tested against.</summary>
public sealed partial class LifecycleChartTests
{
    [Fact]
    public async Task The_chart_shows_the_models_arrows_and_no_others() =>
        ChartLine().Matches(await ReadAsync())
            .Select(line => (State(line.Groups["from"].Value), State(line.Groups["to"].Value), line.Groups["name"].Value))
            .ShouldBe(Arrow.Allowed.Select(arrow => (arrow.From, arrow.To, arrow.Name)), ignoreOrder: true);

    [Fact]
    public async Task The_table_explains_the_models_arrows_and_no_others() =>
        TableLine().Matches(await ReadAsync())
            .Select(line => new Arrow(line.Groups["from"].Value, line.Groups["to"].Value, line.Groups["name"].Value, line.Groups["event"].Value.Trim('`')))
            .ShouldBe(Arrow.Allowed, ignoreOrder: true);

    private static Task<string> ReadAsync() =>
        File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "lifecycle.md"), TestContext.Current.CancellationToken);

    private static string State(string shown) => shown == "[*]" ? Arrow.Nothing : shown;

    [GeneratedRegex(@"^ *(?<from>\S+) --> (?<to>\S+): (?<name>.+)$", RegexOptions.Multiline)]
    private static partial Regex ChartLine();

    // Every row but the table's head and its rule.
    [GeneratedRegex(@"^\| (?!from )(?<from>[^|]+) \| (?<to>[^|]+) \| (?<name>[^|]+) \| [^|]+ \| [^|]+ \| (?<event>[^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex TableLine();
}
