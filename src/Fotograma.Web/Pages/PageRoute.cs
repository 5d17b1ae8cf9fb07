using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Fotograma.Web.Pages;

/// <summary>
/// Answers every address that no other module knows: with the file of that name, or, for a person's browser, with the page that finds its own way from the
/// address. Addresses of programs stay what they are: unknown.
/// </summary>
internal static class PageRoute
{
    private const string Forever = "public, max-age=31536000, immutable";
    private const string AskFirst = "no-cache";
    private const string NotBuilt = """
        Fotograma is running, but its user interface is not built.
        Build it with:  ./dev build
        and copy ui/dist to the folder "ui" beside the executable, or point the setting Web:Root to it.
        The API answers under /api/v1.

        """;

    private static readonly string[] ProgramsPrefixes = ["api", "auth", "health", "metrics", "openapi", "notify", "video", ".well-known"];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/{**path}", [HttpMethods.Get, HttpMethods.Head], Serve)
        .WithOrder(int.MaxValue).AllowAnonymous().ExcludeFromDescription();

    private static IResult Serve(HttpContext context, BuiltUi ui, string? path)
    {
        var wanted = path ?? "";
        if (ui.Find(wanted) is { } file) return Answer(context, file, wanted.StartsWith("assets/", StringComparison.Ordinal) ? Forever : AskFirst);
        if (!IsForPerson(context.Request, wanted)) return ErrorCatalogue.RouteNotFound.Problem();
        if (ui.Index is { } index) return Answer(context, index, AskFirst);
        return wanted.Length == 0 ? TypedResults.Text(NotBuilt) : ErrorCatalogue.RouteNotFound.Problem();
    }

    // A missing script must not be answered with a page; programs that do not say what they want get a page only where one could be.
    private static bool IsForPerson(HttpRequest request, string path)
    {
        var first = path.Split('/', 2)[0];
        if (ProgramsPrefixes.Contains(first, StringComparer.OrdinalIgnoreCase) || path.StartsWith("assets/", StringComparison.Ordinal)) return false;
        var accept = request.Headers.Accept.ToString();
        return accept.Contains("text/html", StringComparison.OrdinalIgnoreCase)
            || ((accept.Length == 0 || accept.Contains("*/*", StringComparison.Ordinal)) && !Path.GetFileName(path).Contains('.', StringComparison.Ordinal));
    }

    private static FileContentHttpResult Answer(HttpContext context, UiFile file, string caching)
    {
        var accepted = context.Request.GetTypedHeaders().AcceptEncoding;
        var (bytes, encoding) = file.In(name => accepted.Any(choice => choice.Value.Equals(name, StringComparison.OrdinalIgnoreCase) && choice.Quality is not 0));
        var headers = context.Response.Headers;
        headers.CacheControl = caching;
        headers.Vary = HeaderNames.AcceptEncoding;
        if (encoding is not null) headers.ContentEncoding = encoding;
        SecurityHeaders.AllowPage(context.Response);
        return TypedResults.Bytes(bytes, file.ContentType, entityTag: new EntityTagHeaderValue($"\"{file.Hash}{(encoding is null ? "" : $"-{encoding}")}\""));
    }
}
