namespace Fotograma.Media.Options;

/// <summary>One thing wrong with the options of an extraction.</summary>
/// <param name="Option">Name of the option as it was given.</param>
/// <param name="Code">Stable code: <c>unknown</c>, <c>invalid</c>, <c>out_of_range</c>, <c>conflict</c> or <c>not_applicable</c>.</param>
/// <param name="Message">A sentence that says what to do.</param>
public sealed record OptionProblem(string Option, string Code, string Message);
