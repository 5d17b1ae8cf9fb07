using Fotograma.Auth.Accounts;
using Fotograma.Auth.Passwords;
using Fotograma.Kernel.Errors;

namespace Fotograma.Auth.Registration;

/// <summary>A wish for an account as it comes over the wire.</summary>
internal sealed record RegistrationBody(
    string? Email, string? Username = null, string? Password = null, string? Name = null, string? Language = null, bool Session = false);

/// <summary>A wish for an account that has no fault.</summary>
internal sealed record NewAccount(string Email, string? Username, string Password, string Name, string Language)
{
    /// <summary>Reads the wish.</summary>
    /// <exception cref="FaultException">With every fault of it.</exception>
    public static NewAccount Parse(RegistrationBody body)
    {
        var problems = new List<FieldProblem>();
        var email = Required(EmailAddress.Parse(body.Email), AccountFaults.Email, problems);
        var username = Optional(body.Username, Accounts.Username.Parse, AccountFaults.Username, problems);
        var name = Optional(body.Name, PersonName.Parse, AccountFaults.Name, problems);
        var language = Optional(body.Language, Accounts.Language.Parse, AccountFaults.Language, problems);
        if (PasswordRules.FaultOf(body.Password, email, username) is { } fault) problems.Add(fault);
        if (problems.Count > 0) throw ErrorCatalogue.RequestInvalid.Because(problems);
        return new NewAccount(email!, username, body.Password!, name ?? username ?? email![..email!.IndexOf('@', StringComparison.Ordinal)], language ?? Accounts.Language.Default);
    }

    private static string? Required(string? parsed, FieldProblem fault, List<FieldProblem> problems)
    {
        if (parsed is null) problems.Add(fault);
        return parsed;
    }

    private static string? Optional(string? text, Func<string, string?> parse, FieldProblem fault, List<FieldProblem> problems) =>
        string.IsNullOrWhiteSpace(text) ? null : Required(parse(text), fault, problems);
}
