using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Fotograma.Auth;
using Fotograma.Kernel.Errors;
using Fotograma.Media.Faults;

namespace Fotograma.Docs.Tests;

/// <summary>Holds <c>docs/errors.md</c> to the catalogues of the code.</summary>
public sealed partial class ErrorDocTests
{
    private static readonly IReadOnlyList<string[]> Rows = Repository.CodeRows("docs/errors.md");

    [Fact]
    public void Every_error_of_the_API_is_there_in_the_codes_words() => RowsWith(cells: 4).ShouldBe(
        ErrorCatalogue.All.Select(error => Line(error.Code, error.Status.ToString(CultureInfo.InvariantCulture), error.Title, error.Advice)), ignoreOrder: true);

    [Fact]
    public void Every_fault_of_a_video_is_there_in_the_codes_words() => RowsWith(cells: 3).Where(row => !row.StartsWith("auth.", StringComparison.Ordinal)).ShouldBe(
        MediaFault.All.Select(fault => Line(fault.Code, fault.Transient ? "yes" : "no", fault.Sentence)), ignoreOrder: true);

    [Fact]
    public void Every_problem_of_account_data_is_there_in_the_codes_words() => RowsWith(cells: 3).Where(row => row.StartsWith("auth.", StringComparison.Ordinal)).ShouldBe(
        AccountProblems().Select(problem => Line(problem.Code, problem.Field, problem.Detail)), ignoreOrder: true);

    [Fact]
    public void Every_warning_and_every_problem_of_an_option_is_there() => Rows.Where(row => row.Length == 2).Select(row => row[0]).ShouldBe(
        Codes(Warning(), "src/Fotograma.Media", "").Concat(NamedWarnings()).Concat(Codes(OptionProblem(), "src/Fotograma.Media/Options", "options.")), ignoreOrder: true);

    private static IEnumerable<string> RowsWith(int cells) => Rows.Where(row => row.Length == cells).Select(row => Line(row));

    private static string Line(params string[] cells) => string.Join(" | ", cells);

    private static IEnumerable<FieldProblem> AccountProblems() => typeof(AuthModule).Assembly.GetType("Fotograma.Auth.Accounts.AccountFaults", throwOnError: true)!
        .GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (FieldProblem)field.GetValue(null)!);

    /// <summary>Codes that programs may compare with by a constant.</summary>
    private static IEnumerable<string> NamedWarnings() =>
        typeof(MediaWarning).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);

    private static IEnumerable<string> Codes(Regex pattern, string folder, string prefix) => Repository.SourcesIn(folder)
        .SelectMany(text => pattern.Matches(text)).Select(match => prefix + match.Groups["code"].Value).Distinct();

    [GeneratedRegex("""new MediaWarning\("(?<code>\w+)""")]
    private static partial Regex Warning();

    [GeneratedRegex("""Report\([^"]*("\w+", )?"(?<code>\w+)", """)]
    private static partial Regex OptionProblem();
}
