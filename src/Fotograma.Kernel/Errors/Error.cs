namespace Fotograma.Kernel.Errors;

/// <summary>One kind of failure that a caller can meet.</summary>
/// <param name="Code">Stable name, <c>area.reason</c>; clients act on it, never on the text.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Title">What kind of thing went wrong; the same for every occurrence.</param>
/// <param name="Advice">What the caller can do about it; used when an occurrence has nothing more precise to say.</param>
public sealed record Error(string Code, int Status, string Title, string Advice)
{
    /// <summary>The failure as an exception, for the places where no answer can be returned directly.</summary>
    public FaultException Because(string detail) => new(this, detail, []);

    /// <summary>The failure as an exception with every fault of a request.</summary>
    public FaultException Because(IReadOnlyList<FieldProblem> problems) => new(this, Advice, problems);
}

/// <summary>Tells what an exception of some part of the program means to a caller; null when it is not one of those it knows.</summary>
public sealed record ErrorMeaning(Func<Exception, Error?> Of);

/// <summary>One fault in one part of a request.</summary>
/// <param name="Field">Name of the field, option or header.</param>
/// <param name="Code">Stable code.</param>
/// <param name="Detail">A sentence that says what would be right.</param>
public sealed record FieldProblem(string Field, string Code, string Detail);

/// <summary>Carries an <see cref="Errors.Error"/> to the edge, where it becomes problem details.</summary>
public sealed class FaultException(Error error, string detail, IReadOnlyList<FieldProblem> problems) : Exception(detail)
{
    /// <summary>The kind of failure.</summary>
    public Error Error { get; } = error;

    /// <summary>The faults of a request, if the failure is about one.</summary>
    public IReadOnlyList<FieldProblem> Problems { get; } = problems;

    /// <summary>When trying again may help; null where nobody knows.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary><see cref="RetryAfter"/> as the header of that name has it: whole seconds, at least one.</summary>
    public string? RetryAfterSeconds => RetryAfter is { } wait ? Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
}
