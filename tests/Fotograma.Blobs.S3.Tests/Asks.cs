using Microsoft.AspNetCore.Http;

namespace Fotograma.Blobs.S3.Tests;

/// <summary>What a request asks of the store.</summary>
internal static class Asks
{
    public static bool Put(HttpRequest request) => HttpMethods.IsPut(request.Method) && !request.Query.ContainsKey("partNumber");

    public static bool Part(HttpRequest request) => HttpMethods.IsPut(request.Method) && request.Query.ContainsKey("partNumber");

    public static bool Begin(HttpRequest request) => HttpMethods.IsPost(request.Method) && request.Query.ContainsKey("uploads");

    public static bool Complete(HttpRequest request) => HttpMethods.IsPost(request.Method) && request.Query.ContainsKey("uploadId");

    public static bool Abort(HttpRequest request) => HttpMethods.IsDelete(request.Method) && request.Query.ContainsKey("uploadId");

    public static bool Head(HttpRequest request) => HttpMethods.IsHead(request.Method);

    public static bool Get(HttpRequest request) => HttpMethods.IsGet(request.Method) && !request.Query.ContainsKey("list-type");

    public static bool List(HttpRequest request) => HttpMethods.IsGet(request.Method) && request.Query.ContainsKey("list-type");

    public static bool DeleteMany(HttpRequest request) => HttpMethods.IsPost(request.Method) && request.Query.ContainsKey("delete");

    public static bool Anything(HttpRequest request) => true;
}
